"""A year planner on one page: awareness days, campaigns, clashes and gaps, as lines, as an HTML page and as JSON."""

from scheduler.preview.year.as_json import year_json
from scheduler.preview.year.holidays import Holidays, holidays_of
from scheduler.preview.year.outgoing import Outgoing, outgoing_in
from scheduler.preview.year.page import year_page
from scheduler.preview.year.planner import Surroundings, YearPlanner, planner_of
from scheduler.preview.year.terminal import year_lines

__all__ = [
    "Holidays",
    "Outgoing",
    "Surroundings",
    "YearPlanner",
    "holidays_of",
    "outgoing_in",
    "planner_of",
    "year_json",
    "year_lines",
    "year_page",
]
