"""WHO: a campaign file becomes a Campaign, or a list of all that is wrong with it, with file, line and key."""

from scheduler.campaigns.campaign import Campaign, InlineDay, Slot, Support
from scheduler.campaigns.reading import load_campaign, load_campaigns
from scheduler.campaigns.schema import json_schema
from scheduler.campaigns.when import When, at

__all__ = [
    "Campaign",
    "InlineDay",
    "Slot",
    "Support",
    "When",
    "at",
    "json_schema",
    "load_campaign",
    "load_campaigns",
]
