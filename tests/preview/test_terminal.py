"""The preview in a terminal: cards that are straight at any width, whatever is in the text."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.articles.article import Span
from scheduler.drafting import Source
from scheduler.preview import Card, CardPart, card_lines, card_of, summary_line
from scheduler.preview.terminal import columns, wrapped
from tests.builders.drafting import make_draft


def card(text: str = "Come and see.", **fields: object) -> Card:
    return card_of(make_draft(text, **fields))


def test_a_card_shows_who_when_what_and_how_long() -> None:
    source = Source("articles/release.md", "0" * 64, "quote", (Span(10, 40), Span(42, 60)))

    lines = list(card_lines([card(warnings=("quote shortened to fit",), sources=(source,))], width=72))

    assert lines == [
        "Thursday 18 March 2027",
        "",
        "┌─ 09:00 GMT  press-x on X ────────────────────────────────────────────┐",
        "│ Come and see.                                                        │",
        "│                                                                      │",
        "│ ! Warning: quote shortened to fit                                    │",
        "│                                                                      │",
        "│ quote from articles/release.md, characters 10 to 40 and 42 to 60     │",
        "└─ news ──────────────────────────────────────── 13 of 280 characters ─┘",
        "",
    ]


def test_a_card_says_under_what_terms_it_goes_out() -> None:
    held = card(late="hold", expires_at=datetime(2027, 7, 1, 16, 0, tzinfo=UTC), topics=("crime", "safety"))

    lines = list(card_lines([held], width=80))

    assert "│ late: held for a word; expires Thu 1 Jul 17:00; topics: crime, safety        │" in lines
    assert not any("late" in line or "topics" in line for line in card_lines([card()]))


def test_days_and_hours_are_in_order_and_each_day_has_one_heading() -> None:
    cards = [
        card("third", scheduled_at=datetime(2027, 3, 19, 9, 0, tzinfo=UTC)),
        card("second", scheduled_at=datetime(2027, 3, 18, 12, 0, tzinfo=UTC)),
        card("first", scheduled_at=datetime(2027, 3, 18, 9, 0, tzinfo=UTC)),
    ]

    text = "\n".join(card_lines(cards))

    assert text.index("first") < text.index("second") < text.index("third")
    assert text.count("Thursday 18 March 2027") == 1
    assert text.count("Friday 19 March 2027") == 1


def test_the_day_is_the_local_one() -> None:
    late_evening = card(scheduled_at=datetime(2027, 6, 30, 23, 30, tzinfo=UTC))

    assert next(iter(card_lines([late_evening]))) == "Thursday 1 July 2027"


@pytest.mark.parametrize("width", [60, 80, 100, 120])
@pytest.mark.parametrize(
    "text",
    [
        "words " * 60,
        "https://harbour.example/" + "a" * 200,
        "漢字" * 80,
        "👩‍👩‍👧‍👦 family 🇬🇧 flag ❤️ heart " * 8,
        "cafe\u0301 " * 40,
        "a\tb\n\n\nc",
        "",
    ],
)
def test_no_line_is_wider_than_asked_and_the_edges_are_straight(text: str, width: int) -> None:
    lines = list(card_lines([card(text, warnings=(text,), slot="s" * 90, account="a" * 90)], width=width))

    assert {columns(line) for line in lines[2:-1]} == {width}


@pytest.mark.parametrize(("asked", "given_"), [(10, 60), (60, 60), (500, 120)])
def test_the_width_stays_readable(asked: int, given_: int) -> None:
    assert columns(list(card_lines([card()], width=asked))[2]) == given_


@pytest.mark.parametrize("bad", ["\x1b[2J", "\r", "\x07", "\x9b", "\u202e", "\u2066", "\ud800"])
def test_nothing_in_a_text_can_steer_the_terminal(bad: str) -> None:
    hostile = card(f"a{bad}b", warnings=(f"c{bad}d",), slot=f"e{bad}", account=f"f{bad}", content_warning=f"g{bad}")

    text = "\n".join(card_lines([hostile]))

    assert bad not in text
    assert "\N{REPLACEMENT CHARACTER}" in text


def test_colour_marks_only_what_words_say_as_well() -> None:
    warned = card(warnings=("look here",))

    plain, coloured = ("\n".join(card_lines([warned], colour=colour)) for colour in (False, True))

    assert "\x1b" not in plain
    assert re.sub(r"\x1b\[\d+m", "", coloured) == plain
    assert "! Warning: look here" in plain


def test_a_thread_shows_each_part_with_its_length() -> None:
    thread = card()
    thread = replace(thread, parts=(*thread.parts, CardPart("And more.", thread.parts[0].lengths)))

    text = "\n".join(card_lines([thread]))

    assert "├─ part 2" in text
    assert "And more." in text


def test_a_saved_post_shows_its_number_and_status() -> None:
    saved = replace(card(), post_id=12, status="approved", version=2)

    assert "post 12, approved" in "\n".join(card_lines([saved]))


def test_an_outbox_says_whom_it_stands_in_for() -> None:
    assert "press-x on Bluesky (outbox)" in "\n".join(card_lines([card(platform="outbox", looks_like="bluesky")]))


@pytest.mark.parametrize(
    ("cards", "expected"),
    [
        ([card()], "1 post, no warnings"),
        ([card(), card(warnings=("x",))], "2 posts, 1 with warnings"),
        ([], "0 posts, no warnings"),
    ],
)
def test_the_summary_counts(cards: list[Card], expected: str) -> None:
    assert summary_line(cards) == expected


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=120), st.integers(4, 40))
def test_wrapping_keeps_every_word_in_its_order_and_the_width(text: str, room: int) -> None:
    lines = list(wrapped(text, room))

    assert all(columns(line) <= room for line in lines)
    assert "".join("".join(lines).split()).replace("\N{REPLACEMENT CHARACTER}", "") == re.sub(
        "[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\N{REPLACEMENT CHARACTER}]", "", "".join(text.split())
    )


def test_an_embargo_is_shown_on_the_clock_of_the_campaign() -> None:
    under_embargo = card(embargo_until=datetime(2027, 7, 1, 8, 1, tzinfo=UTC))

    assert any("embargo until Thu 1 Jul 09:01" in line for line in card_lines([under_embargo]))
