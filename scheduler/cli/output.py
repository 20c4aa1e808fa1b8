"""The edge where lines are printed: results on stdout, complaints on stderr, and no secret on either."""

import json
import os
import re
import shutil
import sys
from collections.abc import Iterable, Sequence
from typing import Any, TextIO

import click

# Control characters and turns of the reading direction: an article must not steer a terminal.
_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]")


def plain(text: str) -> str:
    """Makes visible what could steer a terminal; line ends and tabs stay."""
    return _STEERING.sub("\N{REPLACEMENT CHARACTER}", text)


def say(lines: Iterable[str] | str) -> None:
    """Prints lines on stdout."""
    for line in [lines] if isinstance(lines, str) else lines:
        click.echo(line)


def say_json(value: Any) -> None:
    """Prints a value as JSON, letters as they are where stdout can take them."""
    is_unicode = (getattr(sys.stdout, "encoding", None) or "").casefold().replace("-", "") in ("utf8", "utf16")
    click.echo(json.dumps(value, ensure_ascii=not is_unicode, indent=2))


def complain(text: str) -> None:
    """Prints on stderr, without secrets."""
    from scheduler.config import redact

    for line in plain(redact(text)).split("\n"):
        indent = len(line) - len(line.lstrip())
        is_answer = line.startswith("-> ", indent)
        # What is indented otherwise is a list, a command to copy or a traceback.
        for each in fold(line, indent + 3 if is_answer else 2, sys.stderr) if is_answer or not indent else [line]:
            click.echo(each, err=True)


def silence() -> None:
    """Sends what is still to be printed nowhere: the reader of the pipe has gone."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())


def width() -> int:
    """Returns how many columns the terminal has; 80 where there is none."""
    return shutil.get_terminal_size((80, 24)).columns


def colour() -> bool:
    """Whether stdout is a terminal that takes colours."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def fold(line: str, indent: int, stream: TextIO | None = None) -> Iterable[str]:
    """Yields a line, folded between words where a terminal would break it, the rest indented; a pipe gets it whole."""
    import textwrap

    if not (stream or sys.stdout).isatty():
        return [line]
    return (
        [""]
        if not line
        else textwrap.wrap(
            line, width(), subsequent_indent=" " * indent, break_long_words=False, break_on_hyphens=False
        )
    )


def answer(text: str, indent: int = 2) -> Iterable[str]:
    """Yields what to do next, below the line that it answers: "  -> …", its own lines under its first word."""
    return fold(f"{' ' * indent}-> {plain(text)}", indent + 3)


def named(posts: Iterable[str], indent: int = 2) -> Iterable[str]:
    """Yields the posts that a line is about, below it, one a line."""
    for post in posts:
        yield from fold(f"{' ' * indent}{plain(post)}", indent + 2)


def table(headings: Sequence[str], rows: Sequence[Sequence[str]], room: int) -> Iterable[str]:
    """Yields the lines of a table; its last column is cut where the line would be wider than `room` columns."""
    from scheduler.preview.terminal import columns

    every = [headings, *rows]
    widths = [max(columns(plain(row[index])) for row in every) for index in range(len(headings) - 1)]
    for row in every:
        cells = [plain(cell) + " " * (wide - columns(plain(cell))) for cell, wide in zip(row, widths, strict=False)]
        start = "  ".join(cells) + "  "
        yield (start + cut(row[-1], max(room - columns(start), 12))).rstrip()


def cut(text: str, room: int) -> str:
    """Returns the first line of a text, cut with an ellipsis where it is wider than `room` columns."""
    from scheduler.preview.terminal import clusters, columns

    line = " ".join(plain(text).split())
    if columns(line) <= room:
        return line
    kept: list[str] = []
    for cluster in clusters(line):
        if columns("".join(kept) + cluster) > room - 1:
            break
        kept.append(cluster)
    return "".join(kept).rstrip() + "…"
