"""Days are found by words, best first, also where these are mistyped; and nothing is found that was not asked for."""

import time
from collections.abc import Iterable

import pytest

from scheduler.awareness import AwarenessDay, Calendar, load_calendar
from scheduler.awareness.search import search
from tests.builders.awareness import make_day

SLAVERY = make_day(
    id="anti-slavery-day",
    name="Anti-Slavery Day",
    names={"cy": "Diwrnod Gwrth-gaethwasiaeth"},
    hashtags=("AntiSlaveryDay{yy}",),
    organiser="Human Trafficking Foundation",
    topics=("exploitation", "crime"),
)
CSE = make_day(
    id="child-exploitation-awareness-day",
    name="Child Exploitation Awareness Day",
    aliases=("CEA Day", "CSE Day"),
    former_names=("National CSE Awareness Day",),
    hashtags=("HelpingHands",),
    organiser="NWG Network",
    topics=("children", "safety"),
)
VOLUNTEERS = make_day(id="volunteers-week", name="Volunteers' Week", organiser="NCVO", themes={2025: "Thank You"})
STUDENTS = make_day(id="student-volunteering-week", name="Student Volunteering Week")
MIND = make_day(id="mental-health-awareness-week", name="Mental Health Awareness Week", topics=("health",))
CHILDREN = make_day(id="childrens-mental-health-week", name="Children's Mental Health Week", topics=("health",))
INTERNET = make_day(id="safer-internet-day", name="Safer Internet Day", topics=("safety", "online"))
DAVID = make_day(id="st-davids-day", name="St David's Day", names={"cy": "Dydd Gŵyl Dewi"}, topics=("wales",))
HEART = make_day(id="heart-month", name="Heart Month", topics=("health",))
DAYS = (SLAVERY, CSE, VOLUNTEERS, STUDENTS, MIND, CHILDREN, INTERNET, DAVID, HEART)


def ids(text: str, days: Iterable[AwarenessDay] = DAYS) -> list[str]:
    return [day.id for day in search(days, text).days]


@pytest.mark.parametrize(
    ("text", "first", "by"),
    [
        ("anti-slavery-day", SLAVERY, "id"),
        ("Anti-Slavery Day", SLAVERY, "name"),
        ("cse day", CSE, "alias"),
        ("National CSE Awareness Day", CSE, "former name"),
        ("cse", CSE, "word of an alias"),
        ("gwrth gaethwasiaeth", SLAVERY, "Welsh name"),
        ("gwyl ddewi", DAVID, "Welsh name, mistyped and without its accent"),
        ("gwyl dewi", DAVID, "Welsh name without its accent"),
        ("nwg", CSE, "organiser"),
        ("trafficking", SLAVERY, "word of the organiser"),
        ("online", INTERNET, "topic"),
        ("#HelpingHands", CSE, "hashtag"),
        ("thank you", VOLUNTEERS, "theme"),
        ("antislavery", SLAVERY, "words run together"),
        ("ANTI  SLAVERY", SLAVERY, "case and spaces"),
        ("st davids", DAVID, "without its apostrophe"),
        ("st david’s day", DAVID, "a curly apostrophe"),
        ("volunt", VOLUNTEERS, "beginning of a word"),
        ("slavery anti", SLAVERY, "another order"),
        ("internet week", INTERNET, "day and week are often taken for each other"),
        ("nwg children", CSE, "organiser and topic"),
        ("internet safety", INTERNET, "name and topic"),
        ("xploitation", CSE, "inside a word"),
    ],
)
def test_a_day_is_found_by(text: str, first: object, by: str):
    found = search(DAYS, text)

    assert found.days[0] is first, by
    assert found.is_near == ("mistyped" in by)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("anti slavry", ["anti-slavery-day"]),
        ("antislavry", ["anti-slavery-day"]),
        ("voluntears week", ["volunteers-week"]),
        ("menatl health", ["mental-health-awareness-week", "childrens-mental-health-week"]),
        ("childrens menatl helth", ["childrens-mental-health-week"]),
        ("chidl explotation", ["child-exploitation-awareness-day"]),
        ("safer intrenet dya", ["safer-internet-day"]),
        ("natinal cse awarness day", ["child-exploitation-awareness-day"]),
        ("safer internet wales", ["safer-internet-day"]),
    ],
)
def test_typos_are_forgiven_and_said_to_be_typos(text: str, found: list[str]):
    assert sorted(ids(text)) == sorted(found)
    assert search(DAYS, text).is_near


@pytest.mark.parametrize("text", ["", "   ", "!?", "pancakes", "zz", "xse", "harvest festival", "children pancakes"])
def test_nothing_is_found_where_nothing_is_like_it(text: str):
    assert search(DAYS, text).days == ()


def test_the_name_comes_before_the_topic():
    days = [
        make_day(id="topical", name="A Topical Day", topics=("health",)),
        make_day(id="health-day", name="Health Day"),
        make_day(id="world-health-day", name="World Health Day"),
        make_day(id="former", name="Other Day", former_names=("Health Day of Old",)),
    ]

    assert ids("health", days) == ["health-day", "world-health-day", "former", "topical"]
    assert ids("world health day", days)[0] == "world-health-day"


def test_what_has_the_word_hides_what_has_it_inside_of_others():
    art = make_day(id="art-day", name="Art Day")

    assert ids("art") == ["heart-month"]
    assert ids("art", [*DAYS, art]) == ["art-day"]


def test_many_stand_for_one():
    assert ids("volunteers") == ["volunteers-week", "student-volunteering-week"]


@pytest.fixture(scope="module")
def shipped() -> Calendar:
    return load_calendar()


@pytest.mark.parametrize(
    ("text", "first", "most"),
    [
        ("safer internet", "safer-internet-day", 1),
        ("anti slavry", "anti-slavery-day", 1),
        ("voluntears week", "volunteers-week", 3),
        ("cse", "child-exploitation-awareness-day", 1),
        ("white ribbon", "white-ribbon-day", 2),
        ("white riban", "white-ribbon-day", 2),
        ("hate crime", "national-hate-crime-awareness-week", 2),
        ("natinal hate crime wek", "national-hate-crime-awareness-week", 2),
        ("holocuast memorial", "holocaust-memorial-day", 2),
    ],
)
def test_in_the_calendar_that_ships_few_days_are_found_and_the_right_one_first(
    shipped: Calendar, text: str, first: str, most: int
):
    found = ids(text, shipped.days)

    assert found[0] == first
    assert len(found) <= most


def test_every_name_that_ships_finds_its_day_first(shipped: Calendar):
    missed = [name for day in shipped.days for name in day.every_name if search(shipped.days, name).days[0] is not day]

    assert missed == []


def test_a_search_takes_a_moment(shipped: Calendar):
    began = time.process_time()

    search(shipped.days, "intrenational day agianst trafiking of persns")

    assert time.process_time() - began < 0.3
