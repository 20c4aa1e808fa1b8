"""WHO: a campaign file becomes a Campaign, or a list of all that is wrong with it, with file, line and key."""

from scheduler.campaigns.campaign import Campaign, InlineDay, Slot, SourceTable, Support
from scheduler.campaigns.checking import unknown_names
from scheduler.campaigns.forms import Lateness
from scheduler.campaigns.occurrence import day_of, next_occurrence, occurrence_in, years_between
from scheduler.campaigns.reading import load_campaign, load_campaigns, load_known_part, load_names
from scheduler.campaigns.schema import json_schema
from scheduler.campaigns.when import When, at

__all__ = [
    "Campaign",
    "InlineDay",
    "Lateness",
    "Slot",
    "SourceTable",
    "Support",
    "When",
    "at",
    "day_of",
    "json_schema",
    "load_campaign",
    "load_campaigns",
    "load_known_part",
    "load_names",
    "next_occurrence",
    "occurrence_in",
    "unknown_names",
    "years_between",
]
