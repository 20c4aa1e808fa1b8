"""Each platform counts in its own way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.platforms.counting import byte_length, grapheme_length, mastodon_length, spoken_text, weighted_length
from tests.builders.platforms import make_adapter, make_message

FAMILY = "👨‍👩‍👧‍👦"
LONG_LINK = "https://force.example/news/2027/march/child-exploitation-awareness-day"

COUNTS = [
    # text, X, Mastodon, graphemes, bytes, why
    ("", 0, 0, 0, 0, "nothing"),
    ("Report it.", 10, 10, 10, 10, "ASCII is the same everywhere"),
    ("caf\u00e9", 4, 4, 4, 5, "one letter, two bytes"),
    ("cafe\u0301", 4, 4, 4, 6, "a combining accent belongs to its letter; X composes it first"),
    ("“Tell us” – now", 15, 15, 15, 21, "curly quotes and dashes are light on X"),
    ("now…", 5, 4, 4, 6, "an ellipsis is outside X's light ranges"),
    ("£5 €5", 6, 5, 5, 8, "so is the euro sign, the pound is not"),
    ("児童", 4, 2, 2, 6, "CJK weighs 2 on X"),
    ("👍", 2, 1, 1, 4, "an emoji weighs 2 on X"),
    ("👍🏽", 2, 1, 1, 8, "with its skin tone too"),
    (FAMILY, 2, 1, 1, 25, "joined emoji are one"),
    ("🇬🇧🇮🇪", 4, 2, 2, 16, "two flags"),
    ("🏴󠁧󠁢󠁳󠁣󠁴󠁿", 2, 1, 1, 28, "the flag of Scotland is a tag sequence"),
    ("1️⃣", 2, 1, 1, 7, "a keycap"),
    ("❤️", 2, 1, 1, 6, "a selector makes it an emoji, and adds no weight"),
    ("©", 1, 1, 1, 2, "text by default"),
    ("©️", 2, 1, 1, 5, "an emoji by its selector"),
    ("☎︎", 4, 1, 1, 6, "text by its selector: no emoji, so both code points weigh"),
    ("🚗🏽", 4, 1, 1, 8, "a car has no skin tone: X sees two emoji"),
    ("a\nb", 3, 3, 3, 3, "a line end is a character"),
    ("a\r\nb", 4, 3, 3, 4, "CR LF is one cluster"),
    (LONG_LINK, 23, 23, 70, 70, "a link is 23, however long"),
    ("https://a.example", 23, 23, 17, 17, "and however short"),
    (f"Read {LONG_LINK}.", 29, 29, 76, 76, "the full stop is not the link's"),
    (f"({LONG_LINK})", 25, 25, 72, 72, "nor are the brackets"),
    ("Visit gov.scot", 29, 14, 14, 14, "X links bare domains, Mastodon does not"),
    ("desk@gov.scot", 13, 13, 13, 13, "an e-mail address is no link"),
    ("@force@social.example hi", 24, 9, 24, 24, "Mastodon counts a mention without its server"),
    ("a@force@social.example", 22, 22, 22, 22, "which has to stand alone"),
    ("#CEADay27", 9, 9, 9, 9, "a hashtag is its letters"),
]


@pytest.mark.parametrize(("text", "x", "mastodon", "graphemes", "utf8", "reason"), COUNTS)
def test_each_platform_counts_in_its_own_way(text, x, mastodon, graphemes, utf8, reason):
    counted = (weighted_length(text), mastodon_length(text), grapheme_length(text), byte_length(text))

    assert counted == (x, mastodon, graphemes, utf8), reason


def test_what_stands_around_a_link_does_not_grow_together():
    text = "e https://a.example/ \u0301"

    assert weighted_length(text) == 1 + 1 + 23 + 1 + 1


@given(st.text())
def test_any_text_can_be_counted(text):
    assert 0 <= grapheme_length(text) <= len(text) <= byte_length(text)
    assert mastodon_length(text) >= 0
    assert weighted_length(text) >= 0


@given(st.text(alphabet="ab é“児👍\n", max_size=50))
def test_without_links_or_mentions_mastodon_counts_graphemes(text):
    assert mastodon_length(text) == grapheme_length(text)


def test_a_content_warning_opens_the_first_part_where_there_is_no_field_for_it():
    message = make_message("First.", "Second.", content_warning="abuse")

    assert [spoken_text(message, part) for part in (0, 1)] == ["CW: abuse\n\nFirst.", "Second."]


LIMITS = [
    ("x", {}, {}, [(280, "characters")]),
    ("mastodon", {}, {}, [(500, "characters")]),
    ("bluesky", None, {}, [(300, "characters"), (3000, "bytes")]),
    ("outbox", {}, {}, [(5000, "characters")]),
    ("outbox", {"like": "x"}, {}, [(280, "characters")]),
    ("outbox", {"like": "bluesky"}, {}, [(300, "characters"), (3000, "bytes")]),
    ("x", {}, {"max_characters": 25000}, [(25000, "characters")]),
    ("mastodon", {}, {"max_characters": 11000}, [(11000, "characters")]),
    ("bluesky", None, {"max_characters": 200, "max_bytes": 900}, [(200, "characters"), (900, "bytes")]),
    ("outbox", {"like": "mastodon"}, {"max_characters": 1000}, [(1000, "characters")]),
]


@pytest.mark.parametrize(("platform", "settings", "limits", "expected"), LIMITS)
def test_limits_are_the_platform_s_unless_the_account_has_its_own(tmp_path, platform, settings, limits, expected):
    adapter = make_adapter(platform, tmp_path, settings=settings, limits=limits)

    lengths = adapter.lengths(make_message(), 0)

    assert [(length.limit, length.unit) for length in lengths] == expected


AT_THE_LIMIT = [
    ("x", "a" * 280, "b", "280 letters"),
    ("x", "児" * 140, "b", "140 CJK characters"),
    ("x", FAMILY * 140, "b", "140 families"),
    ("mastodon", "a" * 476 + " " + LONG_LINK, "b", "a link is 23 of the 500"),
    ("bluesky", "a" * 300, "b", "300 graphemes"),
    ("bluesky", FAMILY * 120, "b", "120 families are 3000 bytes"),
]


@pytest.mark.parametrize(("platform", "fits", "more", "reason"), AT_THE_LIMIT)
def test_the_limit_itself_fits_and_one_more_does_not(tmp_path, platform, fits, more, reason):
    adapter = make_adapter(platform, tmp_path)

    assert all(length.fits for length in adapter.lengths(make_message(fits), 0)), reason
    assert not all(length.fits for length in adapter.lengths(make_message(more + fits), 0)), reason


def test_a_server_may_reserve_more_for_a_link(tmp_path):
    adapter = make_adapter("mastodon", tmp_path, limits={"characters_reserved_per_url": 32})

    assert adapter.lengths(make_message(LONG_LINK), 0)[0].used == 32


@pytest.mark.parametrize(("platform", "used"), [("mastodon", 5 + 6), ("x", 6 + 9 + 2), ("bluesky", 6 + 9 + 2)])
def test_a_content_warning_counts(tmp_path, platform, used):
    adapter = make_adapter(platform, tmp_path)

    length = adapter.lengths(make_message("Hello.", content_warning="abuse"), 0)[0]

    assert length.used == used
