"""LOOKING: what would be posted, as lines for a terminal, as one HTML page, as JSON, and as a calendar file."""

from scheduler.preview.as_json import post_json, preview_json
from scheduler.preview.card import Card, CardPart, card_of
from scheduler.preview.html import html_page
from scheduler.preview.ics import schedule_file
from scheduler.preview.terminal import card_lines, summary_line

__all__ = [
    "Card",
    "CardPart",
    "card_lines",
    "card_of",
    "html_page",
    "post_json",
    "preview_json",
    "schedule_file",
    "summary_line",
]
