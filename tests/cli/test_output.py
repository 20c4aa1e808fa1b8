"""What is printed at the edge: tables, counts, JSON, and nothing that steers a terminal."""

import io
import json

import pytest

from scheduler.cli.output import cut, plain, say_json, table
from scheduler.posts.wording import count


def test_a_table_has_its_columns_under_their_headings() -> None:
    lines = list(table(("Post", "Slot"), [("1", "on-the-day"), ("12", "quotes")], 80))

    assert lines == ["Post  Slot", "1     on-the-day", "12    quotes"]


def test_the_last_column_gives_way_to_the_width() -> None:
    lines = list(table(("Post", "Text"), [("1", "The harbour opens its gates to everyone")], 30))

    assert lines[1] == "1     The harbour opens its g…"
    assert len(lines[1]) == 30


def test_wide_characters_are_counted_as_the_terminal_shows_them() -> None:
    assert cut("港へようこそ", 8) == "港へよ…"


def test_a_text_of_several_lines_becomes_one() -> None:
    assert cut("Come\n\nand see", 40) == "Come and see"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("\x1b[2J", "escape sequences clear the screen"),
        ("\x9b31m", "the one-byte form of the same"),
        ("\u202egnp.exe", "a turn of the reading direction shows another order"),
        ("\r", "overwrites the line"),
    ],
)
def test_what_could_steer_a_terminal_is_made_visible(text: str, why: str) -> None:
    assert "\N{REPLACEMENT CHARACTER}" in plain(text), why


def test_line_ends_and_tabs_stay() -> None:
    assert plain("one\n\ttwo") == "one\n\ttwo"


@pytest.mark.parametrize(("number", "words"), [(0, "0 posts"), (1, "1 post"), (2, "2 posts")])
def test_things_are_counted_as_people_do(number: int, words: str) -> None:
    assert count(number, "post") == words


@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "latin-1"])
def test_json_carries_every_letter_whatever_stdout_can_take(encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "“Croeso” 🎈"
    stdout = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    monkeypatch.setattr("sys.stdout", stdout)

    say_json({"text": text})

    stdout.flush()
    assert json.loads(stdout.buffer.getvalue().decode(encoding)) == {"text": text}
