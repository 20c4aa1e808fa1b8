"""The year planner: what each month has, what clashes, what is missing, and three views of it."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from scheduler.awareness import Calendar, EnteredDate
from scheduler.preview.terminal import columns
from scheduler.preview.year import Holidays, YearPlanner, holidays_of, outgoing_in, year_json, year_lines, year_page
from scheduler.preview.year.findings import Finding, Topic
from scheduler.preview.year.planner import clock_changes
from tests.builders.awareness import make_day
from tests.builders.drafting import make_campaign, make_slot
from tests.builders.year import LONDON, goes_out, make_planner
from tests.preview.test_html import ATTACK, Page, luminance

RIBBON = make_day("25 november", id="ribbon", name="Ribbon Day", sensitive=True)
BULLYING = make_day("monday 10-16 november", id="bullying", name="Kindness Week", days=5, organiser="Kind Trust")
INTERNET = make_day(id="internet", name="Safer Net Day", organiser="Net Trust", url="https://net.example")


def found(planner: YearPlanner, topic: Topic) -> list[Finding]:
    return [each for each in planner.findings if each.topic is topic]


def said(planner: YearPlanner, topic: Topic) -> list[str]:
    return [each.said for each in found(planner, topic)]


# What a month has


def test_a_month_has_the_days_that_fall_into_it_also_those_that_began_earlier() -> None:
    sixteen = make_day("25 november", id="sixteen", name="16 Days", days=16)

    months = make_planner(days=[RIBBON, sixteen]).months

    assert [[each.day.id for each in month.days] for month in months[9:]] == [[], ["sixteen", "ribbon"], ["sixteen"]]


def test_what_began_late_last_year_is_shown_in_january() -> None:
    over_new_year = make_day("27 december", id="over", name="Over New Year", days=10)

    (last_year,) = make_planner(days=[over_new_year]).months[0].days

    assert (last_year.year, last_year.end) == (2026, date(2027, 1, 5))


def test_only_days_of_campaigns_and_those_asked_for_are_shown() -> None:
    campaign = make_campaign(day="ribbon")

    planner = make_planner(days=[RIBBON, BULLYING, INTERNET], campaigns=[campaign], shown=frozenset({"internet"}))

    assert [each.day.id for month in planner.months for each in month.days] == ["ribbon"]
    assert [each.day.id for each in planner.unannounced] == ["internet"]
    assert planner.used_by == {"ribbon": ("harbour",)}


def test_posts_are_counted_by_status_for_each_month_and_campaign() -> None:
    planner = make_planner(
        goes_out("2027-03-11 09:00", state="draft"),
        goes_out("2027-03-18 09:00", account="press-b"),
        goes_out("2027-04-01 09:00", state="missed"),
    )

    (march,), (april,) = planner.months[2].plans, planner.months[3].plans
    assert (march.first, march.last, march.posts) == (date(2027, 3, 11), date(2027, 3, 18), {"draft": 1, "approved": 1})
    assert april.posts == {"missed": 1}
    assert planner.plans[0].accounts == ("press-b", "press-x")
    assert planner.posts_on == {date(2027, 3, 11): 1, date(2027, 3, 18): 1}


def test_a_year_begins_and_ends_where_the_campaign_is() -> None:
    new_york = ZoneInfo("America/New_York")
    local = datetime(2027, 12, 31, 22, 0, tzinfo=new_york)  # 2028 already in London
    late = goes_out("2027-12-31 22:00", at=local.astimezone(UTC), local=local)

    assert make_planner(late).posts_on == {date(2027, 12, 31): 1}
    assert make_planner(late, year=2028).posts_on == {}


@pytest.mark.parametrize(
    ("zone", "changes"),
    [
        ("Europe/London", [(date(2027, 3, 28), 60), (date(2027, 10, 31), -60)]),
        ("Australia/Lord_Howe", [(date(2027, 4, 4), -30), (date(2027, 10, 3), 30)]),
        ("Asia/Tokyo", []),
    ],
)
def test_clock_changes_are_those_of_the_zone(zone: str, changes: list[tuple[date, int]]) -> None:
    assert [(each.day, each.minutes) for each in clock_changes(2027, ZoneInfo(zone))] == changes


def test_bank_holidays_are_of_the_nations_asked_for_or_avoided_or_of_the_whole_uk() -> None:
    avoids = make_campaign(avoid_bank_holidays="Scotland")

    asked = holidays_of(2027, ["wales"], [avoids], "Europe/London")
    avoided = holidays_of(2027, [], [avoids], "Europe/London")
    whole = holidays_of(2027, [], [], "Europe/London")

    assert (asked.nations, avoided.nations, len(whole.nations)) == (("Wales",), ("Scotland",), 4)
    assert date(2027, 11, 30) in avoided.names
    assert date(2027, 11, 30) not in asked.names
    assert whole.names[date(2027, 3, 26)] == "Good Friday"
    assert whole.names[date(2027, 3, 29)] == "Easter Monday (England, Wales and Northern Ireland)"
    assert holidays_of(2027, [], [], "Asia/Tokyo") == Holidays()


# What campaigns would add


def expected(
    campaign_keys: Mapping[str, object], *slots: dict[str, Any], year: int = 2027
) -> list[tuple[str, str, str]]:
    campaign = make_campaign(*slots, **{"day": "ribbon", **campaign_keys})
    now = datetime(2027, 11, 25, 9, 30, tzinfo=UTC)
    outgoing = outgoing_in(year, [campaign], Calendar([RIBBON, INTERNET]), lambda _: LONDON, None, now)
    return [(f"{each.local:%Y-%m-%d %H:%M}", each.account, each.state) for each in outgoing]


def test_slots_that_are_not_planned_are_dated_for_each_account_without_reading_an_article() -> None:
    slots = make_slot(when="-7d 10:00"), make_slot(id="later", when="+1d 12:00", accounts=["a", "b"])

    assert expected({"articles": {"gone": "nowhere.md"}}, *slots) == [
        ("2027-11-18 10:00", "press", "not planned, passed"),
        ("2027-11-26 12:00", "a", "not planned"),
        ("2027-11-26 12:00", "b", "not planned"),
    ]


def test_slots_move_off_weekends_and_span_weeks_as_planning_does_it() -> None:
    day = {"name": "Harbour Week", "rule": "monday 22-28 november", "days": 7}

    moved = expected({"if_weekend": "friday before"}, make_slot(when="+2d 09:00"))
    each = expected({"day": day}, make_slot(when="each weekday 09:00"))

    assert [when for when, _, _ in moved] == ["2027-11-26 09:00"]
    assert [when for when, _, _ in each] == [f"2027-11-{number} 09:00" for number in range(22, 27)]


def test_a_slot_before_new_year_is_shown_in_the_old_year() -> None:
    keys = {"day": {"name": "New Year", "date": "1 january"}}

    assert [when for when, _, _ in expected(keys, make_slot(when="-7d 10:00"))] == ["2027-12-25 10:00"]


@pytest.mark.parametrize("keys", [{"years": [2026]}, {"day": "internet"}, {"day": "nobody-knows"}])
def test_a_campaign_of_other_years_or_without_a_date_adds_nothing(keys: dict[str, object]) -> None:
    assert expected(keys) == []


# Clashes


def test_two_campaigns_on_one_account_within_an_hour_clash() -> None:
    planner = make_planner(goes_out("2027-03-18 09:00"), goes_out("2027-03-18 09:59", "rope"))

    assert said(planner, Topic.CLASHES) == ["Thu 18 Mar, 09:00 to 09:59: Harbour and Rope on press-x"]


@pytest.mark.parametrize(
    "other",
    [
        {"when": "2027-03-18 10:00", "campaign": "rope"},  # a whole hour later
        {"when": "2027-03-18 09:00", "campaign": "rope", "account": "press-b"},  # on another account
        {"when": "2027-03-18 09:00", "campaign": "rope", "state": "rejected"},  # does not go out
        {"when": "2027-03-18 09:00", "campaign": "rope", "state": "cancelled"},
        {"when": "2027-03-18 09:00", "campaign": "rope", "state": "missed"},
        {"when": "2027-03-18 09:20"},  # of the same campaign
    ],
)
def test_what_does_not_clash(other: dict[str, str]) -> None:
    assert not found(make_planner(goes_out("2027-03-18 09:00"), goes_out(**other)), Topic.CLASHES)


def test_a_clash_counts_real_minutes_where_the_clocks_go_back() -> None:
    before = goes_out("2027-10-31 01:30")
    local = datetime(2027, 10, 31, 1, 40, fold=1, tzinfo=LONDON)
    after = goes_out("2027-10-31 01:40", "rope", local=local, at=local.astimezone(UTC))

    assert not found(make_planner(before, after), Topic.CLASHES)


def test_a_clash_on_several_accounts_is_one_and_one_that_is_past_is_over() -> None:
    posts = [goes_out(campaign=campaign, account=account) for campaign in ("a", "b", "c") for account in ("x", "y")]

    (clash,) = found(make_planner(*posts, today=date(2027, 3, 19)), Topic.CLASHES)

    assert clash.said == "Thu 18 Mar, 09:00: A, B and C on x, y"
    assert (clash.campaigns, clash.accounts, clash.over) == (("a", "b", "c"), ("x", "y"), True)
    assert not found(make_planner(*posts, today=date(2027, 3, 18)), Topic.CLASHES)[0].over


def test_two_campaigns_of_one_title_are_told_apart() -> None:
    posts = goes_out(title="Open Day"), goes_out(campaign="rope", title="Open Day")

    assert said(make_planner(*posts), Topic.CLASHES) == ["Thu 18 Mar, 09:00: harbour and rope on press-x"]


def test_slots_of_one_campaign_within_ten_minutes_are_close() -> None:
    close = make_planner(goes_out("2027-03-18 09:00"), goes_out("2027-03-18 09:09", slot="quotes"))
    apart = make_planner(goes_out("2027-03-18 09:00"), goes_out("2027-03-18 09:10", slot="quotes"))
    of_one_slot = make_planner(goes_out("2027-03-18 09:00"), goes_out("2027-03-18 09:05"))

    assert said(close, Topic.CLOSE) == ["Thu 18 Mar, 09:00 to 09:09: Harbour, news and quotes on press-x"]
    assert not found(apart, Topic.CLOSE)
    assert not found(of_one_slot, Topic.CLOSE)


def test_a_post_on_a_sensitive_day_of_something_else_is_said() -> None:
    campaigns = [make_campaign(id="ribbons", day="ribbon"), make_campaign(id="rope", day="bullying")]
    posts = (
        goes_out("2027-11-25 09:00", "ribbons"),
        goes_out("2027-11-25 15:00", "rope"),
        goes_out("2027-11-26 09:00", "rope"),
    )

    planner = make_planner(*posts, days=[RIBBON, BULLYING], campaigns=campaigns)

    assert said(planner, Topic.SENSITIVE) == ["Thu 25 Nov is Ribbon Day: Rope on press-x"]


# Dates that are not known, or not sure


def test_a_day_not_announced_yet_says_which_campaigns_wait_and_what_to_do() -> None:
    campaigns = [make_campaign(id=each, title=each.title(), day="internet") for each in ("nets", "rope")]

    planner = make_planner(days=[INTERNET], campaigns=campaigns)

    (waiting,) = found(planner, Topic.NOT_ANNOUNCED)
    assert waiting.said == "Safer Net Day, for Nets and Rope"
    assert waiting.answer == (
        "once Net Trust (https://net.example) says when it is, write into days.toml: "
        '[[day]] id = "internet" and dates.2027 = "2027-MM-DD"'
    )
    assert not planner.plans


def test_a_day_not_announced_yet_says_when_it_was_last() -> None:
    dates = {year: EnteredDate(date(year, 2, 10), date(year, 2, 10)) for year in (2025, 2026)}
    known = make_day(id="internet", name="Safer Net Day", dates=dates)

    planner = make_planner(days=[known], campaigns=[make_campaign(day="internet")])

    assert said(planner, Topic.NOT_ANNOUNCED) == ["Safer Net Day, for Harbour Open Day; in 2026 it was Tue 10 Feb"]


def test_dates_to_confirm_are_in_the_order_of_the_year() -> None:
    early = make_day("monday 10-16 march", id="early", name="Early Week")
    campaigns = [make_campaign(id=each, day=each) for each in ("bullying", "early")]

    planner = make_planner(days=[BULLYING, early], campaigns=campaigns)

    assert [each.day for each in found(planner, Topic.TO_CONFIRM)] == ["early", "bullying"]


def test_an_own_day_is_dated_in_its_campaign() -> None:
    own = {"name": "Our Week", "dates": {"2026": "2026-05-04..2026-05-08"}}
    campaign = make_campaign(day=own)

    (waiting,) = found(make_planner(campaigns=[campaign]), Topic.NOT_ANNOUNCED)

    assert waiting.answer.endswith('into the table of `day` in campaigns/harbour.toml: dates.2027 = "2027-MM-DD"')


def test_a_computed_date_is_to_be_confirmed_and_a_confirmed_one_is_not() -> None:
    campaign = make_campaign(day="bullying")
    dates = {2027: EnteredDate(date(2027, 11, 15), date(2027, 11, 19))}
    confirmed = make_day("monday 10-16 november", id="bullying", name="Kindness Week", days=5, dates=dates)

    (to_confirm,) = found(make_planner(days=[BULLYING], campaigns=[campaign]), Topic.TO_CONFIRM)

    assert to_confirm.said.startswith("Mon 15 to Fri 19 Nov: Kindness Week, for Harbour Open Day; computed (")
    assert to_confirm.answer == (
        'ask Kind Trust, then write into days.toml: [[day]] id = "bullying" and dates.2027 = "2027-11-15..2027-11-19"'
    )
    assert not found(make_planner(days=[confirmed], campaigns=[campaign]), Topic.TO_CONFIRM)


@pytest.mark.parametrize(
    ("years", "expected_words"),
    [
        ([2025, 2026], "its years end with 2026"),
        ([2026, 2028], "it is made for 2026, 2028, and not for 2027"),
        ([2028], None),
        ([2027], None),
        ([], None),
    ],
)
def test_a_campaign_whose_years_end_before_is_said(years: list[int], expected_words: str | None) -> None:
    planner = make_planner(days=[RIBBON], campaigns=[make_campaign(day="ribbon", years=years)])

    wanted = [f"Harbour Open Day: {expected_words}"] if expected_words else []
    assert said(planner, Topic.OTHER_YEARS) == wanted


@pytest.mark.parametrize(
    ("day", "why"),
    [
        ({"name": "Open Day", "date": "2026-05-09"}, "was last held in 2026; there is none in 2027"),
        ("cancelled", '"Cancelled Day" did not take place in 2027'),
        ("nobody-knows", 'unknown awareness day "nobody-knows"'),
    ],
)
def test_a_campaign_that_cannot_be_dated_says_why(day: object, why: str) -> None:
    cancelled = make_day("9 may", id="cancelled", name="Cancelled Day", dates={2027: None})

    planner = make_planner(days=[cancelled], campaigns=[make_campaign(day=day)])

    (reason,) = said(planner, Topic.NOT_DATED)
    assert why in reason


# Gaps


def test_a_gap_is_four_whole_weeks_or_longer_and_named_for_all_accounts_that_share_it() -> None:
    # Mondays and Sundays, so that the weeks between are whole; the year begins on a Friday.
    weekly = [goes_out(f"{date(2027, 1, 1) + timedelta(days=7 * week):%Y-%m-%d} 09:00") for week in range(53)]
    quiet = {date(2027, 6, 4) + timedelta(days=7 * week) for week in range(4)}
    short = {date(2027, 9, 3) + timedelta(days=7 * week) for week in range(3)}
    posts = [each for each in weekly if each.day not in quiet | short]

    planner = make_planner(*posts, accounts=("press-x", "press-b", "press-c"))

    assert said(planner, Topic.GAPS) == [
        "1 Jan to 31 Dec (53 weeks): nothing on press-b, press-c",
        "31 May to 27 Jun (4 weeks): nothing on press-x",
    ]
    assert [
        each.over for each in found(make_planner(*posts, accounts=("press-x",), today=date(2027, 6, 28)), Topic.GAPS)
    ] == [True]


def test_what_does_not_go_out_fills_no_gap() -> None:
    planner = make_planner(goes_out(state="rejected"), accounts=("press-x",))

    assert said(planner, Topic.GAPS) == ["1 Jan to 31 Dec (53 weeks): nothing on press-x"]
    assert planner.accounts[0].months == (0,) * 12


def test_months_without_a_campaign_are_named() -> None:
    posts = [goes_out(f"2027-{month:02}-10 09:00") for month in (2, 3, 7, 12)]

    assert said(make_planner(*posts), Topic.EMPTY_MONTHS) == ["January, April to June, August to November"]


def test_posts_are_counted_for_each_account_and_month_also_of_accounts_that_are_gone() -> None:
    planner = make_planner(goes_out(), goes_out(account="old"), goes_out("2027-12-01 09:00"), accounts=("press-x",))

    assert [(each.name, each.months[2], each.months[11]) for each in planner.accounts] == [
        ("press-x", 1, 1),
        ("old", 1, 0),
    ]


# The terminal


def full_planner(**around: Any) -> YearPlanner:
    campaigns = [
        make_campaign(id="ribbons", title="Ribbons", day="ribbon"),
        make_campaign(id="kind", title="Kindness", day="bullying"),
        make_campaign(id="nets", title="Nets", day="internet"),
        make_campaign(id="old", title="Old One", day="ribbon", years=[2026]),
        make_campaign(id="lost", title="Lost", day={"name": "Lost Day", "date": "2026-05-09"}),
    ]
    posts = [
        goes_out("2027-11-25 09:00", "ribbons", title="Ribbons"),
        goes_out("2027-11-25 09:30", "kind", title="Kindness", state="not planned", at_least=True),
        goes_out("2027-11-15 09:00", "kind", title="Kindness", state="draft"),
        goes_out("2027-11-15 09:05", "kind", title="Kindness", slot="later"),
    ]
    holidays = Holidays(("Wales",), {date(2027, 12, 27): "Christmas Day (substitute day)"})
    keys: dict[str, Any] = {
        "accounts": ("press-x",),
        "organisation": "Harbour Trust",
        "holidays": holidays,
        "days": [RIBBON, BULLYING, INTERNET],
    }
    return make_planner(*posts, campaigns=campaigns, **(keys | around))


def test_the_terminal_shows_months_accounts_and_what_wants_a_look() -> None:
    lines = list(year_lines(full_planner(), 80))

    assert lines[:2] == ["Year planner 2027, Harbour Trust", "2 campaigns, 4 posts, 1 clash, 1 day not announced yet"]
    start = lines.index("November")
    assert lines[start : start + 5] == [
        "November",
        "~ 15 - 19 Nov      Kindness Week (date computed)",
        "> 15 - 25 Nov      Kindness: at least 1 draft, 1 approved, 1 not planned",
        "* Thu 25 Nov       Ribbon Day (sensitive)",
        "> Thu 25 Nov       Ribbons: 1 approved",
    ]
    assert "- Mon 27 Dec       bank holiday: Christmas Day (substitute day)" in lines
    assert "- Sun 28 Mar       clocks go forward 1 hour" in lines
    assert ["press-x", *"··········4·"] in [line.split() for line in lines]
    for topic in (
        "Clashes",
        "Close together",
        "On a sensitive day",
        "Not announced yet",
        "Computed",
        "Campaigns without",
    ):
        assert any(line.startswith(topic) for line in lines), topic
    assert "  Old One: its years end with 2026" in lines


@pytest.mark.parametrize("width", [60, 80, 120])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    wide = make_day("5 may", id="wide", name="日本語の日 " * 30)
    long_names = {
        "accounts": ("press-x", "a" * 90),
        "organisation": "The Trust of " * 20,
        "days": [RIBBON, BULLYING, INTERNET, wide],
    }

    for colour in (False, True):
        for line in year_lines(full_planner(**long_names), width, colour):
            assert columns(re.sub(r"\x1b\[\d+m", "", line)) <= width, line


def test_colours_add_nothing_that_words_do_not_say_and_nothing_steers_the_terminal() -> None:
    hostile = full_planner(organisation="Harbour\x1b[2J\u202e", accounts=("press-x",))

    painted = "\n".join(year_lines(hostile, 80, colour=True))

    assert re.sub(r"\x1b\[\d+m", "", painted) == "\n".join(year_lines(hostile, 80))
    assert not re.search("\x1b(?!\\[[0-9]m)|\u202e", painted)


def test_of_very_many_findings_people_see_twenty_and_programs_all() -> None:
    posts = [
        goes_out(f"2027-{month:02}-{day:02} 09:00", campaign)
        for month in (1, 2)
        for day in range(1, 21)
        for campaign in "ab"
    ]
    planner = make_planner(*posts)

    assert sum("A and B on press-x" in line for line in year_lines(planner)) == 20
    assert "  … and 20 more: redletter year --json has them all" in list(year_lines(planner))
    assert year_page(planner).count("A and B on press-x") == 20
    assert len(year_json(planner)["clashes"]) == 40


def test_an_empty_year_is_a_year_too() -> None:
    planner = make_planner()

    assert list(year_lines(planner))[:2] == ["Year planner 2027", "0 campaigns, 0 posts, no clashes"]
    assert "Year planner 2027" in Page(year_page(planner)).text
    assert json.dumps(year_json(planner))


# JSON


def test_the_json_has_a_shape_that_stays() -> None:
    year = year_json(full_planner())

    assert list(year) == [
        "year", "days", "bank_holidays_of", "bank_holidays", "clock_changes", "campaigns", "accounts", "clashes", "close",
        "sensitive", "not_announced", "to_confirm", "not_dated", "other_years", "gaps", "empty_months", "problems",
    ]  # fmt: skip
    assert year["days"][-1] == {
        "id": "internet", "name": "Safer Net Day", "start": None, "end": None, "kind": "day", "status": "announced",
        "sensitive": False, "campaigns": ["nets"],
    }  # fmt: skip
    assert year["campaigns"][0] == {
        "id": "kind", "title": "Kindness", "first": "2027-11-15", "last": "2027-11-25", "accounts": ["press-x"],
        "posts": {"draft": 1, "approved": 1, "not planned": 1}, "at_least": True,
    }  # fmt: skip
    assert year["clashes"] == [
        {
            "said": "Thu 25 Nov, 09:00 to 09:30: Ribbons and Kindness on press-x", "answer": "", "first": "2027-11-25",
            "last": "2027-11-25", "campaigns": ["kind", "ribbons"], "accounts": ["press-x"], "day": None, "over": False,
        }
    ]  # fmt: skip
    assert year["bank_holidays"] == [{"date": "2027-12-27", "name": "Christmas Day (substitute day)"}]
    assert year["accounts"] == [{"name": "press-x", "posts": [0] * 10 + [4, 0]}]
    assert json.loads(json.dumps(year)) == year


# The page


def test_a_hostile_name_stays_text_everywhere_on_the_page() -> None:
    day = make_day(id="hostile", name=ATTACK, organiser=ATTACK, url=ATTACK)
    computed = make_day("monday 10-16 november", id="sure", name=ATTACK, sensitive=True)
    campaigns = [
        make_campaign(title=ATTACK, day="hostile"),
        make_campaign(id="b", title=ATTACK, day="sure", years=[2026]),
    ]
    posts = [
        goes_out("2027-11-15 09:00", each, title=ATTACK, account=ATTACK, state=ATTACK, slot=ATTACK) for each in "cd"
    ]
    holidays = Holidays((ATTACK,), {date(2027, 5, 3): ATTACK})

    planner = make_planner(
        *posts, days=[day, computed], campaigns=campaigns, organisation=ATTACK, holidays=holidays, problems=(ATTACK,)
    )
    page = Page(year_page(planner))

    assert page.open == []
    assert page.named("script") == page.named("img") == []
    assert page.text.count("<script>alert(1)</script>") >= 10
    assert not any(name.startswith("on") for _, attributes in page.tags for name in attributes)


def test_the_page_loads_nothing() -> None:
    raw = year_page(full_planner())

    for tag, attributes in Page(raw).tags:
        assert tag not in {"script", "link", "iframe", "object", "embed", "img"}
        assert not {"src", "srcset", "background", "action", "style"} & attributes.keys()
    assert "url(" not in raw
    assert "@import" not in raw
    assert "default-src 'none'" in raw


def test_each_month_is_a_table_with_headers_whose_days_say_in_words_what_they_are() -> None:
    page = Page(year_page(full_planner()))

    headers = page.named("th")
    assert len(page.named("caption")) == 12
    assert [each["abbr"] for each in headers[:7]] == [
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
        "Sunday",
    ]
    assert all(each.get("scope") in ("col", "row") for each in headers)
    assert "25: 2 posts; Ribbon Day" in page.text
    assert "15: 2 posts; Kindness Week, date computed" in page.text
    assert "27: Christmas Day (substitute day)" in page.text


def test_a_computed_date_looks_other_than_a_sure_one_and_says_so() -> None:
    raw = year_page(full_planner())

    assert '<td class="posts maybe-week">' in raw
    assert '<td class="posts day">' in raw
    assert "td.maybe-week > span { border-bottom: 2px dashed" in raw
    assert '<span>Kindness Week <span class="tag">computed</span></span>' in raw


def test_every_day_of_the_year_stands_in_its_column() -> None:
    raw = year_page(make_planner(year=2028))

    rows = re.findall(r"<tr>(<td.*?)</tr>", raw)
    cells = [re.findall(r"<td[^>]*>(?:<span>(\d+))?", row) for row in rows]
    assert all(len(row) == 7 for row in cells)
    shown = [(column, int(number)) for row in cells for column, number in enumerate(row) if number]
    days = [date(2028, 1, 1) + timedelta(days=number) for number in range(366)]
    assert shown == [(day.weekday(), day.day) for day in days]


def test_headings_go_down_one_level_at_a_time_and_ids_are_used_once() -> None:
    page = Page(year_page(full_planner(problems=("x",))))

    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h[1-6]", tag)]
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert len(ids) == len(set(ids))
    assert page.named("html")[0]["lang"] == "en-GB"
    assert all(link["href"] and link["href"][1:] in ids for link in page.named("a"))
    named = {attributes["aria-labelledby"] for _, attributes in page.tags if "aria-labelledby" in attributes}
    assert named <= set(ids)


@pytest.mark.parametrize("scheme", [0, 1, 2])
def test_words_stand_out_from_their_ground_on_screen_and_on_paper(scheme: int) -> None:
    """4.5 to 1 at least: https://www.w3.org/TR/WCAG22/#contrast-minimum"""
    styles = re.findall(r":root \{([^}]*)\}", year_page(make_planner()))
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6})", styles[scheme]))

    pairs = [(ink, ground) for ink in ("ink", "soft", "red") for ground in ("page", "sheet")]
    for ink, ground in [*pairs, ("sheet", "red"), ("ink", "bad-page")]:
        light, dark = sorted((luminance(colours[ink]), luminance(colours[ground])), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, f"{ink} on {ground}"


def print_size(planner: YearPlanner) -> float:
    (size,) = re.findall(r"html \{ font-size: ([\d.]+)vh; \}", year_page(planner))
    return float(size)


def test_letters_on_paper_are_as_small_as_one_page_needs_them_and_no_smaller_than_can_be_read() -> None:
    many = [
        make_day(f"{1 + number % 28} march", id=f"day-{number}", name="A day with a long name " * 2)
        for number in range(30)
    ]
    too_many = [make_day("9 may", id=f"day-{number}", name="A day with a long name " * 4) for number in range(300)]

    sizes = [print_size(make_planner(days=days)) for days in ([], many, too_many)]

    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] == 1.4
    assert 0.7 < sizes[1] < 1.4
    assert sizes[2] == 0.7


def test_the_time_of_making_is_given_from_outside() -> None:
    assert "on 1 Mar 2027 at 08:05 UTC" in year_page(make_planner(), datetime(2027, 3, 1, 8, 5, tzinfo=UTC))
    assert year_page(full_planner()) == year_page(full_planner())
