"""WHO: a campaign file becomes a Campaign, or a list of all that is wrong with it, with file, line and key."""

from scheduler.campaigns.campaign import Campaign, Slot, SourceTable, Support
from scheduler.campaigns.checking import unknown_names
from scheduler.campaigns.forms import Lateness
from scheduler.campaigns.occurrence import day_of, doubt_about, next_occurrence, occurrence_in, years_between
from scheduler.campaigns.own_day import InlineDay
from scheduler.campaigns.reading import load_campaign, load_campaigns, load_known_part, load_names, load_readable
from scheduler.campaigns.schema import json_schema
from scheduler.campaigns.timetable import SlotDay, SlotDays, days_of, offset_of
from scheduler.campaigns.when import Each, When, at

__all__ = [
    "Campaign",
    "Each",
    "InlineDay",
    "Lateness",
    "Slot",
    "SlotDay",
    "SlotDays",
    "SourceTable",
    "Support",
    "When",
    "at",
    "day_of",
    "days_of",
    "doubt_about",
    "json_schema",
    "load_campaign",
    "load_campaigns",
    "load_known_part",
    "load_names",
    "load_readable",
    "next_occurrence",
    "occurrence_in",
    "offset_of",
    "unknown_names",
    "years_between",
]
