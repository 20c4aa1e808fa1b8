"""Reads one TOML file: its data, the line of each key, and clear words for what keeps it from being read."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scheduler.errors import InputError, Problem
from scheduler.tomlfile.keys import KeyPath, key_lines

LARGEST_FILE = 1_000_000  # bytes; a campaign of a hundred slots has thirty thousand

_STRAIGHT = dict.fromkeys("“”„‟«»″", '"') | dict.fromkeys("‘’‚‛′", "'")
_NO_BREAK_SPACES = "\u00a0\u202f\u2007"
# Where a value or a key begins: after these, a curly mark was meant to be a straight one.
_CURLY_OPENING = re.compile(rf"(?:^|[=\[{{,.])\s*([{''.join(_STRAIGHT)}])")
_LONG_TEXT = re.compile(r'"""(?:[^\\]|\\.)*?"""|\'\'\'.*?\'\'\'', re.DOTALL)


@dataclass(frozen=True, slots=True)
class TomlFile:
    """What a file holds.

    name: how messages call the file; data: as tomllib reads it; lines: where each key path stands.
    """

    path: Path
    name: str
    data: dict[str, Any]
    lines: Mapping[KeyPath, int] = field(default_factory=dict, repr=False)

    def line(self, *keys: str | int) -> int | None:
        """Returns the line of a key path, else of the nearest table or list around it; None for the whole file."""
        for length in range(len(keys), 0, -1):
            if keys[:length] in self.lines:
                return self.lines[keys[:length]]
        return None


def read_toml(path: Path, error: type[InputError], name: str | None = None) -> TomlFile:
    """Reads a file in UTF-8, with or without a byte order mark; raises `error` with every reason it can name."""
    name = name or str(path)
    text = _text(path, name, error)
    try:
        data = tomllib.loads(text)
        lines = key_lines(text.replace("\r\n", "\n"))
    except tomllib.TOMLDecodeError as cause:
        raise error(_syntax_problems(text, str(cause), name)) from cause
    except RecursionError as cause:
        raise error([Problem("lists or tables are nested too deeply", name)]) from cause
    except ValueError as cause:  # tomllib lets through what Python says of a number of 5,000 digits
        raise error([Problem(f"has a value that cannot be read: {cause}", name)]) from cause
    return TomlFile(path, name, data, lines)


def _text(path: Path, name: str, error: type[InputError]) -> str:
    if path.is_dir():
        raise error([Problem("is a folder; expected a TOML file", name)])
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except FileNotFoundError as cause:
        raise error([Problem("there is no such file", name)]) from cause
    except (OSError, ValueError) as cause:
        raise error([Problem(f"cannot be read: {getattr(cause, 'strerror', None) or cause}", name)]) from cause
    if len(content) > LARGEST_FILE:
        raise error([Problem("is larger than 1 MB; expected a file written by hand", name)])
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as cause:
        line = content.count(b"\n", 0, cause.start) + 1
        message = "is not UTF-8 text here; save the file again with the encoding UTF-8"
        raise error([Problem(message, name, line)]) from cause


def _syntax_problems(text: str, said: str, name: str) -> list[Problem]:
    """tomllib stops at its first error; marks from a word processor are looked for in the whole file."""
    lines = text.replace("\r\n", "\n").split("\n")
    line = _line_of(said, lines)
    curly = list(_curly_quotes(lines, name))
    if line in {problem.line for problem in curly}:
        return curly
    unfinished = list(_unfinished(lines[line - 1], name, line))
    if unfinished:
        return unfinished
    if any(space in lines[line - 1] for space in _NO_BREAK_SPACES) and "Illegal" not in said:
        message = "has a no-break space from a word processor or web page; write an ordinary space instead"
        return [Problem(message, name, line)]
    return [Problem(_plain(said, lines[line - 1]), name, line)]


def _line_of(said: str, lines: list[str]) -> int:
    stated = re.search(r"\(at line (\d+),", said)
    if stated:
        return min(int(stated.group(1)), len(lines))
    written = [number for number, line in enumerate(lines, 1) if line.strip()]
    return written[-1] if written else 1


def _curly_quotes(lines: list[str], name: str) -> Iterator[Problem]:
    without_long_texts = _LONG_TEXT.sub(lambda match: "\n" * match[0].count("\n"), "\n".join(lines))
    for number, line in enumerate(without_long_texts.split("\n"), 1):
        match = _CURLY_OPENING.search(re.sub(r'"(?:[^"\\]|\\.)*"', '""', line))
        if match and not line.lstrip().startswith("#"):
            yield _curly(match.group(1), name, number)


def _unfinished(line: str, name: str, number: int) -> Iterator[Problem]:
    """A text that opens with a straight mark and ends with a curly one never ends for TOML."""
    end = line.rstrip().rstrip(",]}").rstrip()
    if end and end[-1] in _STRAIGHT:
        yield _curly(end[-1], name, number)


def _curly(mark: str, name: str, line: int) -> Problem:
    return Problem(f"{mark} is a curly quotation mark from a word processor; TOML needs {_STRAIGHT[mark]}", name, line)


def _plain(said: str, line: str) -> str:
    """tomllib's words for an error, in a person's."""
    said = re.sub(r" \(at [^()]*\)$", "", said)
    written = re.match(r"\s*([^=\s][^=]*?)\s*=", line)
    key = f'"{written.group(1)}"' if written else "this"
    twice = re.match(r"Cannot declare \((.*?),?\) twice", said)
    if twice:
        table = ".".join(part.strip(" '") for part in twice.group(1).split(","))
        return f"the table [{table}] stands twice"
    if said.startswith("Cannot overwrite a value"):
        return f"{key} is set twice"
    plainer = {
        "Illegal character '\\n'": f'a text does not end on its line: is a closing " missing after {key}?',
        "Unterminated string": 'a text does not end: is a closing " missing?',
        "Unescaped '\\' in a string": r"a single \ in a text is special in TOML; write \\, or use '…' around it",
        "Invalid value": f'{key} has no value that TOML can read; texts need " around them',
        "Expected newline or end of document after a statement": (
            f'there is something after the value of {key} that TOML cannot read; texts and times need " around them'
        ),
        "Expected '=' after a key in a key/value pair": 'expected KEY = "VALUE"',
        "Unclosed array": "a list does not end: is a closing ] or a comma missing?",
        "Unclosed inline table": "a table in braces does not end: is a closing } or a comma missing?",
    }
    return plainer.get(said, f"is not TOML: {said}")
