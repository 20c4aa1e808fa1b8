"""A campaign file becomes a Campaign, or a list of all that is wrong with it, with line and key."""

import re
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from scheduler.articles import DateOrder, Wanted
from scheduler.campaigns import Each, InlineDay, Slot, Support, When, load_campaign
from scheduler.errors import CampaignError
from tests.builders.campaigns import ARTICLES, LEAST, SLOT, campaign, slot
from tests.builders.tomlfile import write

FULL = """
years = [2027, 2028]
hashtags = ["OpenDay{yy}", "#Welcome"]
late = "30m"
expires = "+2d 18:00"
topics = ["safety", "open-day"]
support = [{ name = "Helpline", phone = "0800 000 000" }, { name = "Advice", url = "https://advice.example" }]
time_zone = "Europe/Dublin"
language = "cy"
topic = "our open doors"
content_warning = "Mentions violence"

[articles]
release = "articles/release.md"
partner = "https://partner.example/news"

[[slot]]
id = "before"
when = "-7d 10:00"
template = "announcement"
excerpt = "lead"
article = "partner"
accounts = ["team-bluesky"]
late = "send"
expires = "-7d 17:00"
topics = ["crime", "safety"]
hashtags = []

[[slot]]
id = "quotes"
when = "11:00"
template = "quote"
excerpt = "quotes"
every = "90m"
until = "17:00"
"""


def test_every_key_arrives(tmp_path: Path):
    loaded = campaign(tmp_path, FULL, slots="")

    assert (loaded.id, loaded.title, loaded.day, loaded.file) == (
        "open-day",
        "Open Day",
        "white-ribbon-day",
        "open-day.toml",
    )
    assert (loaded.accounts, loaded.years, loaded.late) == (("team-x",), (2027, 2028), timedelta(minutes=30))
    assert (loaded.expires, loaded.topics) == (When(2, time(18)), ("safety", "open-day"))
    assert loaded.hashtags == ("OpenDay{yy}", "Welcome")
    assert loaded.support == (
        Support(name="Helpline", phone="0800 000 000"),
        Support(name="Advice", url="https://advice.example"),
    )
    assert (loaded.time_zone, loaded.language) == ("Europe/Dublin", "cy")
    assert (loaded.topic, loaded.content_warning) == ("our open doors", "Mentions violence")
    assert list(loaded.articles.items()) == [
        ("release", "articles/release.md"),
        ("partner", "https://partner.example/news"),
    ]
    assert loaded.slots == (
        Slot(
            id="before",
            when=When(-7, time(10)),
            template="announcement",
            excerpt="lead",
            article="partner",
            accounts=("team-bluesky",),
            late="send",
            expires=When(-7, time(17)),
            topics=("crime", "safety"),
            hashtags=(),
        ),
        Slot(
            id="quotes",
            when=When(0, time(11)),
            template="quote",
            excerpt="quotes",
            every=timedelta(minutes=90),
            until=time(17),
        ),
    )


def test_the_least_campaign_has_the_documented_defaults(tmp_path: Path):
    loaded = campaign(tmp_path)

    assert (loaded.years, loaded.hashtags, loaded.support, loaded.articles) == ((), (), (), {})
    assert (loaded.late, loaded.expires, loaded.topics) == (timedelta(hours=2), None, ())
    assert (loaded.time_zone, loaded.language, loaded.topic, loaded.content_warning) == (None, None, None, None)


def test_a_slot_without_its_own_takes_the_campaigns(tmp_path: Path):
    loaded = campaign(tmp_path, FULL, slots="")
    before, quotes = loaded.slots

    assert (loaded.accounts_of(before), loaded.accounts_of(quotes)) == (("team-bluesky",), ("team-x",))
    assert (loaded.hashtags_of(before), loaded.hashtags_of(quotes)) == ((), ("OpenDay{yy}", "Welcome"))
    assert (loaded.late_of(before), loaded.late_of(quotes)) == ("send", timedelta(minutes=30))
    assert (loaded.expires_of(before), loaded.expires_of(quotes)) == (When(-7, time(17)), When(2, time(18)))
    assert loaded.topics_of(before) == ("safety", "open-day", "crime")
    assert loaded.topics_of(quotes) == ("safety", "open-day")
    assert (loaded.article_of(before), loaded.article_of(quotes)) == ("partner", "release")


@pytest.mark.parametrize("late", ["send", "hold"])
def test_late_may_be_a_word(tmp_path: Path, late: str):
    loaded = campaign(tmp_path, f'late = "{late}"')

    assert loaded.late_of(loaded.slots[0]) == late


@pytest.mark.parametrize(
    ("when", "expires"),
    [("09:00", "09:01"), ("09:00", "+1d 08:00"), ("-7d 10:00", "-7d 17:00"), ("-1d 23:00", "00:00")],
)
def test_what_expires_after_its_hour_is_taken(tmp_path: Path, when: str, expires: str):
    keys = f'[[slot]]\nid = "a"\nwhen = "{when}"\ntext = "x"\nexpires = "{expires}"'

    (loaded,) = campaign(tmp_path, slots=keys).slots

    assert str(loaded.expires) == expires


def test_a_slot_after_the_end_of_its_campaign_is_explained_unless_it_has_an_end_of_its_own(tmp_path: Path):
    after = '[[slot]]\nid = "thanks"\nwhen = "+1d 12:00"\ntext = "x"\n'

    with pytest.raises(CampaignError) as error:
        campaign(tmp_path, 'expires = "17:00"\n', slots=SLOT + after)

    (problem,) = error.value.problems
    assert str(problem).startswith(
        "open-day.toml:13: slot 2.when: `when`, +1d 12:00, is not before the campaign's `expires`, 17:00"
    )
    assert campaign(tmp_path, 'expires = "17:00"\n', slots=f'{SLOT}{after}expires = "+1d 18:00"').slots


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ('{ name = "Open Day", date = "18 march" }', "18 march"),
        ('{ name = "Open Day", date = "2027-03-18" }', "2027-03-18"),
        ('{ name = "Open Day", date = 2027-03-18 }', "2027-03-18"),
    ],
)
def test_a_day_of_ones_own_stands_in_the_campaign(tmp_path: Path, written: str, expected: str):
    loaded = campaign(tmp_path, least=LEAST.replace('"white-ribbon-day"', written))

    assert loaded.day == InlineDay(name="Open Day", date=expected)


def test_an_hour_without_quotation_marks_is_understood(tmp_path: Path):
    loaded = campaign(tmp_path, slots='[[slot]]\nid = "a"\nwhen = 09:00:00\ntext = "x"')

    assert loaded.slots[0].when == When(0, time(9))


def test_text_is_kept_exactly(tmp_path: Path):
    loaded = campaign(tmp_path, slots=slot('text = """\n  “Thank you” — {{ link }}\n\n👩‍👩‍👧 \n"""'))

    assert loaded.slots[0].text == "  “Thank you” — {{ link }}\n\n👩‍👩‍👧 \n"


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ("titel = 'x'", '5: unknown key "titel"; did you mean "title"?'),
        ("slots = []", '5: unknown key "slots"; did you mean "slot"?'),
        ("file = 'x'", '5: unknown key "file"'),
        ("years = 2027", "5: years: expected a list of years, found a number"),
        ("years = ['2027']", "5: years 1: expected a whole number, found text"),
        ("years = [27]", "5: years 1: expected 1900 or more"),
        ("years = [2027, 2027]", "5: years: stands twice: 2027"),
        ("hashtags = 'x'", "5: hashtags: expected a list of hashtags, found text"),
        ("hashtags = ['Two words']", "5: hashtags 1: expected letters and digits, and {yy} or {yyyy} for the year"),
        ("hashtags = ['A{year}']", "5: hashtags 1: expected letters and digits, and {yy}"),
        ("hashtags = ['A', '#A']", "5: hashtags: stands twice: A"),
        ("hashtags = ['2027']", '5: hashtags 1: platforms make no hashtag of digits alone: "2027"'),
        ("topic = ['safety']", "5: topic: expected text for templates"),
        ("late = 2", '5: late: expected a length of time such as "90m" or "2h", found a number'),
        ("late = 'never'", '5: late: expected a length of time such as "90m", "2h" or "1d", found "never"'),
        ("support = 'x'", "5: support: expected a list of tables, found text"),
        ("support = [{ name = 'x' }]", "5: support 1: needs a phone, a url, or both"),
        ("support = [{ phone = '101' }]", "5: support 1.name: is missing: who helps"),
        ("support = [{ name = 'x', url = 'x.example' }]", "5: support 1.url: expected a web address such as"),
        (
            "support = [{ name = 'x', fone = '1', phone = '1' }]",
            '5: support 1: unknown key "fone"; did you mean "phone"?',
        ),
        ("elected = 'Ann Low'", "5: elected: expected a list of names, found text"),
        ("elected = ['Ann Low', 'Ann Low']", "5: elected: stands twice: Ann Low"),
        (
            "pre_election = 'spring'",
            '5: pre_election: expected two dates such as "2027-03-22..2027-05-06", found "spring"',
        ),
        ("pre_election = '2027-03-22..2027-02-30'", '5: pre_election: there is no day "2027-02-30"'),
        ("pre_election = '2027-03-22..2027-03-01'", "5: pre_election: ends before it begins"),
        ("pre_election = 2027", "5: pre_election: expected two dates such as"),
        (
            "if_weekend = 'sunday after'",
            '5: if_weekend: expected "friday before", "monday after" or "keep", found "sunday after"',
        ),
        ("if_weekend = true", '5: if_weekend: expected "friday before", "monday after" or "keep", found true'),
        (
            "avoid_bank_holidays = 'Scotlnd'",
            '5: avoid_bank_holidays: no nation whose bank holidays are known: "Scotlnd"; did you mean "Scotland"?',
        ),
        (
            "avoid_bank_holidays = ['Wales', 'UK']",
            '5: avoid_bank_holidays 2: no nation whose bank holidays are known: "UK"; expected England, Wales',
        ),
        ("avoid_bank_holidays = ['Wales', 'wales']", "5: avoid_bank_holidays: stands twice: Wales"),
        (
            "avoid_bank_holidays = true",
            "5: avoid_bank_holidays: expected a nation, or a list of them, found true or false",
        ),
        ("time_zone = 'Europe/Lonon'", '5: time_zone: unknown time zone "Europe/Lonon"; did you mean "Europe/London"?'),
        ("language = '?'", '5: language: expected a language such as "en-GB" or "cy", found "?"'),
        ("topic = ' '", "5: topic: is empty"),
        ("[articles]\nThe_Release = 'x'", "6: articles.The_Release: expected small letters, digits and hyphens"),
        ("[articles]\nrelease = 3", "6: articles.release: expected text (a file or web address), or a table such as"),
        ("[articles]\nrelease = {}", "6: articles.release: needs a source (a file or web address) or a feed"),
        ("[articles]\nr = { source = 'a', feed = 'b' }", "6: articles.r.feed: has a source and a feed; expected one"),
        ("[articles]\nr = { source = 'a', newest = 2 }", "6: articles.r.newest: picks an entry of a feed, and this"),
        ("[articles]\nr = { feed = 'a', newest = 0 }", "6: articles.r.newest: "),
        (
            "[articles]\nr = { feed = 'a', mathing = 'b' }",
            '6: articles.r: unknown key "mathing"; did you mean "matching"?',
        ),
        ("[articles]\nr = { feed = 'a', follow = 'yes' }", "6: articles.r.follow: expected "),
        ("dates = 'us'", '5: dates: expected "british" or "american", found "us"'),
        ("dates = 3", '5: dates: expected "british" or "american", found a number'),
        ("articles = ['a.md']", "5: articles: expected a table of short names and articles, [articles], found a list"),
    ],
)
def test_a_mistake_in_a_campaign_is_explained_with_its_line(tmp_path: Path, keys: str, expected: str):
    with pytest.raises(CampaignError) as error:
        campaign(tmp_path, keys)

    assert str(error.value).startswith(f"open-day.toml:{expected}")
    assert len(error.value.problems) == 1


@pytest.mark.parametrize(
    ("least", "expected"),
    [
        (LEAST.replace('id = "open-day"\n', ""), "open-day.toml: id: is missing: names the campaign in the book"),
        (LEAST.replace('"open-day"', '"Open Day"'), "open-day.toml:1: id: expected small letters, digits and hyphens"),
        (LEAST.replace('"white-ribbon-day"', "3"), "open-day.toml:3: day: expected the id or name of an awareness day"),
        (LEAST.replace('"white-ribbon-day"', '{ name = "x" }'), 'open-day.toml:3: day: needs a date ("18 march"'),
        (
            LEAST.replace('"white-ribbon-day"', '{ name = "x", date = "31 june" }'),
            "open-day.toml:3: day.date: June has no day 31; its last is 30",
        ),
        (
            LEAST.replace('"white-ribbon-day"', '{ name = "x", date = "2027-02-29" }'),
            'open-day.toml:3: day.date: there is no day "2027-02-29"',
        ),
        (
            LEAST.replace('"white-ribbon-day"', '{ name = "x", date = "next week" }'),
            'open-day.toml:3: day.date: expected a date such as "18 march" or "2027-03-18", found "next week"',
        ),
        (
            LEAST.replace('"white-ribbon-day"', '{ nam = "x", date = "1 may", name = "y" }'),
            'open-day.toml:3: day: unknown key "nam"; did you mean "name"?',
        ),
        (
            LEAST.replace('["team-x"]', '"team-x"'),
            "open-day.toml:4: accounts: expected a list of account names, found text",
        ),
        (LEAST.replace('["team-x"]', "[]"), "open-day.toml:4: accounts: is empty; expected one at least"),
        (LEAST.replace('["team-x"]', '["team x"]'), "open-day.toml:4: accounts 1: expected small letters, digits"),
        (LEAST.replace('["team-x"]', '["a", "a"]'), "open-day.toml:4: accounts: stands twice: a"),
    ],
)
def test_a_mistake_in_the_first_keys_is_explained(tmp_path: Path, least: str, expected: str):
    with pytest.raises(CampaignError) as error:
        campaign(tmp_path, least=least)

    assert str(error.value).startswith(expected)
    assert len(error.value.problems) == 1


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ("", "9: slot 1: needs a template or a text"),
        ("text = 'x'\ntemplate = 'quote'", "12: slot 1.text: has a template and a text; expected one of them"),
        ("text = ''", "12: slot 1.text: is empty"),
        ("template = '../quote'", "12: slot 1.template: expected the name of a folder in templates/"),
        ("text = 'x'\nexcerpt = 'leed'", '13: slot 1.excerpt: expected "lead", "quotes", "quote 2"'),
        ("text = 'x'\nexcerpt = 'quote 0'", '13: slot 1.excerpt: expected "lead", "quotes", "quote 2"'),
        ("text = 'x'\narticle = 'relase'", '13: slot 1.article: unknown article "relase"; did you mean "release"?'),
        ("text = 'x'\narticle = 'zzz'", '13: slot 1.article: unknown article "zzz"; [articles] has release, partner'),
        (
            "text = 'x'\nevery = '90m'",
            '13: slot 1.every: needs an excerpt that yields several: excerpt = "quotes", "keys", "facts" or "calls to action"',
        ),
        ("text = 'x'\nevery = '90m'\nexcerpt = 'lead'", "13: slot 1.every: needs an excerpt that yields several"),
        (
            "text = 'x'\nexcerpt = 'quotes'",
            '13: slot 1.excerpt: "quotes" makes several posts; say how far apart, as in every = "90m"',
        ),
        ("text = 'x'\nuntil = '17:00'", "13: slot 1.until: ends the several posts that `every` makes"),
        (
            "text = 'x'\nexcerpt = 'keys'\nevery = '1h'\nuntil = '08:00'",
            "15: slot 1.until: 08:00 is not after the hour of `when`, 09:00",
        ),
        (
            "text = 'x'\nexcerpt = 'keys'\nevery = '1h'\nuntil = '09:00'",
            "15: slot 1.until: 09:00 is not after the hour of `when`, 09:00",
        ),
        (
            "text = 'x'\nexcerpt = 'keys'\nevery = '1h'\nuntil = '5pm'",
            '15: slot 1.until: expected an hour from "00:00" to "23:59"',
        ),
        (
            "text = 'x'\nexcerpt = 'keys'\nevery = 90",
            '14: slot 1.every: expected a length of time such as "90m" or "2h", found a number',
        ),
        ("text = 'x'\nif_weekend = 'friday'", '13: slot 1.if_weekend: expected "friday before", "monday after"'),
        ("text = 'x'\nlate = 'soon'", "13: slot 1.late: expected a length of time"),
        (
            "text = 'x'\nlate = 'held'",
            '13: slot 1.late: expected a length of time such as "90m", "2h" or "1d", found "held"; or write "send" or "hold"',
        ),
        (
            "text = 'x'\nexpires = '09:00'",
            "13: slot 1.expires: 09:00 is not after `when`, 09:00: the post could never go out",
        ),
        ("text = 'x'\nexpires = 08:59:00", "13: slot 1.expires: 08:59 is not after `when`, 09:00"),
        ("text = 'x'\nexpires = '-1d 10:00'", "13: slot 1.expires: -1d 10:00 is not after `when`, 09:00"),
        ("text = 'x'\nexpires = '5pm'", '13: slot 1.expires: expected an hour such as "09:00"'),
        ("text = 'x'\ntopics = 'safety'", "13: slot 1.topics: expected a list of topics, found text"),
        ("text = 'x'\ntopics = ['Road Safety']", "13: slot 1.topics 1: expected small letters, digits and hyphens"),
        ("text = 'x'\ntopics = ['a', 'a']", "13: slot 1.topics: stands twice: a"),
        ("text = 'x'\naccounts = []", "13: slot 1.accounts: is empty; expected one at least"),
        ("text = 'x'\nacounts = ['a']", '13: slot 1: unknown key "acounts"; did you mean "accounts"?'),
        ("text = 'x'\nhashtags = ['a b']", "13: slot 1.hashtags 1: expected letters and digits"),
    ],
)
def test_a_mistake_in_a_slot_is_explained_with_its_line(tmp_path: Path, keys: str, expected: str):
    with pytest.raises(CampaignError) as error:
        campaign(tmp_path, ARTICLES, slots=slot(keys))

    assert str(error.value).startswith(f"open-day.toml:{expected}")
    assert len(error.value.problems) == 1


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ('"9:00"', '8: slot 1.when: expected an hour such as "09:00", "-7d 10:00" or "+1d 12:00", found "9:00"'),
        ('"25:00"', '8: slot 1.when: expected an hour from "00:00" to "23:59", found "25:00"'),
        ("9", '8: slot 1.when: expected an hour such as "09:00" or "-7d 10:00", found a number'),
    ],
)
def test_an_hour_that_cannot_be_is_explained(tmp_path: Path, when: str, expected: str):
    with pytest.raises(CampaignError) as error:
        campaign(
            tmp_path, slots=f'\n[[slot]]\nid = "a"\nwhen = {when}\ntext = "x"'.replace("\n[[slot]]", "[[slot]]", 1)
        )

    assert str(error.value).startswith(f"open-day.toml:{expected}")


@pytest.mark.parametrize(
    ("when", "keys", "expected"),
    [
        ("each 09:00", "", '8: slot 1.when: expected "each day 09:00", "each weekday 09:00" or weekdays'),
        ("each wekday 09:00", "", '8: slot 1.when: unknown weekday "wekday"; did you mean "weekday"?'),
        ("each monday and 09:00", "", '8: slot 1.when: unknown weekday "monday and"'),
        ("each day 9:00", "", '8: slot 1.when: expected "each day 09:00"'),
        ("each day 25:00", "", '8: slot 1.when: expected an hour from "00:00" to "23:59", found "25:00"'),
        ("each day 09:00", 'every = "1h"', "10: slot 1.every: "),
        ("each day 09:00", 'until = "17:00"', "10: slot 1.until: ends the several posts that `every` makes"),
        (
            "each day 09:00",
            'if_weekend = "keep"',
            '10: slot 1.if_weekend: moves a slot of one day, and this one goes out on each; write "each weekday"',
        ),
        ("each day 09:00", 'expires = "08:00"', "10: slot 1.expires: 08:00 is not after `when`, 09:00"),
    ],
)
def test_a_slot_of_each_day_that_cannot_be_is_explained(tmp_path: Path, when: str, keys: str, expected: str):
    with pytest.raises(CampaignError) as error:
        campaign(
            tmp_path, slots=f'[[slot]]\nid = "a"\nwhen = "{when}"\ntext = "x"\n{keys}'.replace("[[", "\n[[", 1)[1:]
        )

    assert str(error.value).startswith(f"open-day.toml:{expected}")
    assert len(error.value.problems) == 1 + ("every" in keys)


def test_several_excerpts_may_go_out_one_a_day(tmp_path: Path):
    slots = slot('text = "x"\nexcerpt = "quotes"').replace("09:00", "each weekday 09:00")

    (loaded,) = campaign(tmp_path, ARTICLES, slots=slots).slots

    assert loaded.when == Each(frozenset(range(5)), time(9))


def test_a_nation_may_stand_alone_and_in_any_case(tmp_path: Path):
    assert campaign(tmp_path, 'avoid_bank_holidays = "northern ireland"').avoid_bank_holidays == ("Northern Ireland",)


def test_an_excerpt_needs_an_article(tmp_path: Path):
    with pytest.raises(
        CampaignError, match=r'slot 1\.excerpt: needs an article; add \[articles\] with release = "articles/FILE"'
    ):
        campaign(tmp_path, slots=slot('text = "x"\nexcerpt = "lead"'))


def test_two_slots_cannot_have_one_id(tmp_path: Path):
    with pytest.raises(CampaignError, match=r'^open-day\.toml:11: slot 2\.id: "on-the-day" is the id of slot 1 too'):
        campaign(tmp_path, slots=SLOT + SLOT)


def test_a_campaign_needs_a_slot(tmp_path: Path):
    with pytest.raises(CampaignError, match=r"^open-day\.toml: slot: is missing: the planned moments"):
        campaign(tmp_path, slots="")


@pytest.mark.parametrize(
    "selector", ["lead", "quotes", "quote 2", "quote by Stone", "quote by Dr Ann O’Neill", "keys", "key 1", "quote  12"]
)
def test_every_form_of_excerpt_is_accepted(tmp_path: Path, selector: str):
    every = 'every = "1h"' if selector.endswith("s") else ""

    loaded = campaign(tmp_path, ARTICLES, slots=slot(f'template = "quote"\nexcerpt = "{selector}"\n{every}'))

    assert loaded.slots[0].excerpt == " ".join(selector.split())


def test_all_problems_of_a_file_come_at_once_with_their_lines(tmp_path: Path):
    text = """id = "Open Day"
titel = "x"
day = 3
accounts = "team-x"
late = "soon"
[articles]
release = 5

[[slot]]
id = "a"
when = "noon"
text = "x"
template = "y"
every = "90m"

[[slot]]
id = "a"
when = "10:00"
article = "other"
colour = "red"
"""

    with pytest.raises(CampaignError) as error:
        campaign(tmp_path, least=text, slots="")

    found = [(problem.line, problem.key) for problem in error.value.problems]
    assert found == [
        (None, "title"),
        (1, "id"),
        (2, None),
        (3, "day"),
        (4, "accounts"),
        (5, "late"),
        (7, "articles.release"),
        (11, "slot 1.when"),
        (12, "slot 1.text"),
        (14, "slot 1.every"),
        (16, "slot 2"),
        (17, "slot 2.id"),
        (19, "slot 2.article"),
        (20, "slot 2"),
    ]


def test_a_problem_found_later_has_file_line_and_key_too(tmp_path: Path):
    loaded = campaign(tmp_path)

    problem = loaded.problem('unknown template "x"', "slot", 0, "text")

    assert str(problem) == 'open-day.toml:9: slot 1.text: unknown template "x"'


def test_a_file_from_a_word_processor_is_explained(tmp_path: Path):
    path = write(tmp_path, LEAST.replace('"Open Day"', "“Open Day”") + SLOT, "open-day.toml")

    with pytest.raises(CampaignError, match=r"^open-day\.toml:2: “ is a curly quotation mark from a word processor"):
        load_campaign(path, "open-day.toml")


def test_an_article_may_be_the_entry_of_a_feed(tmp_path: Path):
    loaded = campaign(
        tmp_path,
        "dates = 'american'\n[articles]\nplain = 'a.md'\n"
        "news = { feed = 'https://charity.example/news.xml', matching = 'awareness day', newest = 2, dates = 'british' }\n"
        "page = { source = 'b.html' }",
    )

    assert [loaded.source_of(name) for name in loaded.articles] == [
        "a.md",
        "https://charity.example/news.xml",
        "b.html",
    ]
    assert loaded.wanted_of("plain") == Wanted(DateOrder.AMERICAN)
    assert loaded.wanted_of("page") == Wanted(DateOrder.AMERICAN)
    assert loaded.wanted_of("news") == Wanted(feed=True, matching=("awareness day",), newest=2)


@pytest.mark.parametrize(
    ("written", "until"),
    [
        ('"2027-03-30 00:01"', "2027-03-29T23:01:00+00:00"),  # by the clocks of the campaign, which are on summer time
        ('"2027-03-30T00:01:00+00:00"', "2027-03-30T00:01:00+00:00"),
        ("2027-03-30T00:01:00Z", "2027-03-30T00:01:00+00:00"),
        ("2027-03-30 00:01:00", "2027-03-29T23:01:00+00:00"),
        ("2027-03-30", "2027-03-29T23:00:00+00:00"),
        ('"30 March 2027, 06:00"', "2027-03-30T05:00:00+00:00"),
        ('"-1d 18:00"', "2027-03-17T18:00:00+00:00"),
        ('"00:01"', "2027-03-18T00:01:00+00:00"),
        ("00:01:00", "2027-03-18T00:01:00+00:00"),
    ],
)
def test_an_embargo_is_a_moment_or_counted_from_the_day(tmp_path: Path, written: str, until: str):
    loaded = campaign(tmp_path, f"embargo = {written}\n")

    assert loaded.embargo_in(date(2027, 3, 18), ZoneInfo("Europe/London")) == datetime.fromisoformat(until)


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ('embargo = "soon"', '5: embargo: expected a moment such as "2027-03-18 00:01"'),
        ("embargo = 7", '5: embargo: expected a moment such as "2027-03-18 00:01", found a number'),
        ('if_unreachable = "wait"', '5: if_unreachable: expected "send" or "hold", found "wait"'),
    ],
)
def test_a_bad_embargo_is_an_error_with_its_line_and_key(tmp_path: Path, keys: str, said: str):
    with pytest.raises(CampaignError, match=re.escape(said)):
        campaign(tmp_path, f"{keys}\n")
