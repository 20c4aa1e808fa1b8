"""Finds the line of every key in TOML text, which tomllib does not tell."""

import re
import tomllib
from bisect import bisect_left
from collections.abc import Iterator

KeyPath = tuple[str | int, ...]

_BLANK = re.compile(r"[ \t]*")
_BLANK_LINES = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_LITERAL = re.compile(r"'[^'\n]*'")
_BASIC = re.compile(r'"(?:[^"\\\n]|\\.)*"')
_LONG_LITERAL = re.compile(r"'''.*?'''(?:'{0,2})", re.DOTALL)
_LONG_BASIC = re.compile(r'"""(?:[^\\]|\\.)*?"""(?:"{0,2})', re.DOTALL)
_STRINGS = (_LONG_BASIC, _LONG_LITERAL, _BASIC, _LITERAL)
_BARE_VALUE = re.compile(r"[^,\]}#\n]*")


def key_lines(text: str) -> dict[KeyPath, int]:
    """Maps the path of every key and of every item of a list to the line (from 1) where it first stands.

    `[[slot]]` counts: ("slot", 0, "id"). The text must be TOML that tomllib accepts; line ends "\\n" or "\\r\\n".
    """
    return _Scanner(text).scan()


class _Scanner:
    """Walks through TOML once; it trusts that the text is valid."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._line_ends = [match.start() for match in re.finditer("\n", text)]
        self._lines: dict[KeyPath, int] = {}
        self._lengths: dict[KeyPath, int] = {}  # of each array of tables, so far

    def scan(self) -> dict[KeyPath, int]:
        table: KeyPath = ()
        while self._skip(_BLANK_LINES) < len(self._text):
            table = self._statement(table)
        return self._lines

    def _statement(self, table: KeyPath) -> KeyPath:
        """Reads a header or a key with its value; returns the table that the next key belongs to."""
        if self._text.startswith("[[", self._at):
            return self._header(2)
        if self._text.startswith("[", self._at):
            return self._header(1)
        self._key_and_value(table)
        return table

    def _header(self, brackets: int) -> KeyPath:
        line = self._line()
        self._at += brackets
        *parents, last = self._dotted_key()
        self._at += brackets
        path: KeyPath = ()
        for key in parents:
            path = self._newest((*path, key))
            self._note(path, line)
        path = (*path, last)
        self._note(path, line)
        if brackets == 2:
            self._lengths[path] = self._lengths.get(path, 0) + 1
            path = self._newest(path)
            self._note(path, line)
        return path

    def _newest(self, path: KeyPath) -> KeyPath:
        """A header below an array of tables means its newest table."""
        return (*path, self._lengths[path] - 1) if path in self._lengths else path

    def _key_and_value(self, table: KeyPath) -> None:
        line = self._line()
        path = table
        for key in self._dotted_key():
            path = (*path, key)
            self._note(path, line)
        self._at += 1  # the equals sign
        self._skip(_BLANK)
        self._value(path)

    def _value(self, path: KeyPath) -> None:
        if self._text.startswith("[", self._at):
            for index, _ in enumerate(self._items("]")):
                self._note((*path, index), self._line())
                self._value((*path, index))
        elif self._text.startswith("{", self._at):
            for _ in self._items("}"):
                self._key_and_value(path)
        elif not any(self._skipped(string) for string in _STRINGS):
            self._skip(_BARE_VALUE)

    def _items(self, end: str) -> Iterator[None]:
        """Stops at each item of an array or inline table; whoever iterates reads the item."""
        self._at += 1
        while self._skip(_BLANK_LINES) < len(self._text) and not self._text.startswith(end, self._at):
            yield
            self._skip(_BLANK_LINES)
            if self._text.startswith(",", self._at):
                self._at += 1
        self._at += 1

    def _dotted_key(self) -> list[str]:
        keys = []
        while True:
            self._skip(_BLANK)
            keys.append(self._simple_key())
            self._skip(_BLANK)
            if not self._text.startswith(".", self._at):
                return keys
            self._at += 1

    def _simple_key(self) -> str:
        start = self._at
        for form in (_BARE_KEY, _BASIC, _LITERAL):
            if self._skipped(form):
                break
        written = self._text[start : self._at]
        if written.startswith(("'", '"')):
            return str(tomllib.loads(f"key = {written}")["key"])
        return written

    def _skip(self, form: re.Pattern[str]) -> int:
        self._skipped(form)
        return self._at

    def _skipped(self, form: re.Pattern[str]) -> bool:
        match = form.match(self._text, self._at)
        if match is None:
            return False
        self._at = match.end()
        return True

    def _note(self, path: KeyPath, line: int) -> None:
        self._lines.setdefault(path, line)

    def _line(self) -> int:
        return bisect_left(self._line_ends, self._at) + 1
