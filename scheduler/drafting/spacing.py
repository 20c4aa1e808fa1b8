"""Tidies what templates leave behind (spaces at line ends, empty lines) and never touches the words of an excerpt."""

import re
from collections.abc import Sequence

from scheduler.drafting.quotation import nested

_SPACES_AT_LINE_END = re.compile(r"[ \t]+(?=\n)")
_EMPTY_LINES = re.compile(r"\n{3,}")


def tidy(text: str, paragraphs: Sequence[str] = ()) -> str:
    """Trims line ends, makes three and more line breaks two, and trims the whole; `paragraphs` stay as they are."""
    verbatim = sorted(
        {form for paragraph in paragraphs for form in (paragraph, nested(paragraph))}, key=len, reverse=True
    )
    if not verbatim:
        return _tidy(text).strip()
    pieces = re.split(f"({'|'.join(map(re.escape, verbatim))})", text)
    # A split at a captured group gives what lies between at even places and what was found at odd ones.
    tidied = [piece if number % 2 else _tidy(piece) for number, piece in enumerate(pieces)]
    return "".join(tidied).strip()


def _tidy(text: str) -> str:
    return _EMPTY_LINES.sub("\n\n", _SPACES_AT_LINE_END.sub("", text))
