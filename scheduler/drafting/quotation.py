"""Quotation marks as British typography has them: double outside, single inside, reopened for each paragraph."""

import re
from collections.abc import Sequence

_STRAIGHT_PAIR = re.compile(r'(?<!\w)"([^"\n]*)"')  # not the inches of a 10" pipe


def quoted(paragraphs: Sequence[str]) -> str:
    """Puts curly marks around a quote; only its last paragraph closes them. The marks inside it become single."""
    opened = "\n\n".join(f"“{nested(paragraph)}" for paragraph in paragraphs)
    return f"{opened}”"


def nested(paragraph: str) -> str:
    """Turns double marks into single ones, and leaves every other character alone."""
    curly = paragraph.replace("“", "‘").replace("”", "’")
    return _STRAIGHT_PAIR.sub(r"‘\1’", curly)
