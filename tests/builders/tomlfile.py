"""Builds TOML files: by hand in a folder, and generated in every style that the language allows."""

import json
import string
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from scheduler.errors import CampaignError
from scheduler.tomlfile import TomlFile, read_toml

_BARE = string.ascii_letters + string.digits + "_-"
_AWKWARD = "\"'\\#=[]{},.\n\t “”é]]]"


def write(folder: Path, text: str, name: str = "file.toml") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def read(folder: Path, text: str) -> TomlFile:
    return read_toml(write(folder, text), CampaignError, "file.toml")


KEYS = st.text(_BARE, min_size=1, max_size=5) | st.text(_BARE + _AWKWARD, min_size=1, max_size=5)
TEXTS = st.text(_BARE + _AWKWARD, max_size=12)
SCALARS = st.one_of(TEXTS, st.integers(-99, 9999), st.booleans(), st.just(date(2027, 3, 18)), st.floats(0.5, 2.5))
INLINE = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=8
)
TABLES = st.recursive(
    st.dictionaries(KEYS, INLINE, max_size=4),
    lambda inner: st.dictionaries(KEYS, inner | st.lists(inner, min_size=1, max_size=3) | INLINE, max_size=3),
    max_leaves=6,
)


@dataclass
class TomlWriter:
    """Writes data as TOML; `draw` chooses among the styles that mean the same."""

    draw: Any
    lines: list[str] = field(default_factory=list)

    def text(self, data: dict[str, Any]) -> str:
        self._table((), data)
        return str(self._choice("\n", "\r\n")).join(self.lines) + str(self._choice("", "\n", "\n\n# the end"))

    def _table(self, path: tuple[str, ...], data: dict[str, Any]) -> None:
        nested: list[tuple[str, Any]] = []
        for key, value in data.items():
            if self._can_have_header(value) and self._choice(True, True, False):
                nested.append((key, value))
            else:
                self._key(key, value)
        for key, value in nested:
            if isinstance(value, dict):
                self._header("[", (*path, key), "]")
                self._table((*path, key), value)
            else:
                for table in value:
                    self._header("[[", (*path, key), "]]")
                    self._table((*path, key), table)

    @staticmethod
    def _can_have_header(value: Any) -> bool:
        tables = value if isinstance(value, list) else [value]
        return bool(tables) and all(isinstance(table, dict) for table in tables)

    def _header(self, opening: str, path: tuple[str, ...], closing: str) -> None:
        self.lines += self._choice([], [""], ["# a [comment] = here"])
        space = self._choice("", " ")
        keys = self._choice(".", " . ").join(self._written_key(key) for key in path)
        self._add(f"{opening}{space}{keys}{space}{closing}{self._choice('', ' # [x]')}")

    def _key(self, key: str, value: Any) -> None:
        """A table with one key may be a dotted key; every other value stands behind the equals sign."""
        keys = [self._written_key(key)]
        while isinstance(value, dict) and len(value) == 1 and self._choice(True, False):
            ((inner, value),) = value.items()
            keys.append(self._written_key(inner))
        indent = self._choice("", "  ")
        self._add(f"{indent}{'.'.join(keys)}{self._choice('=', ' = ')}{self._value(value)}{self._choice('', ' # y=1')}")

    def _add(self, text: str) -> None:
        self.lines += text.split("\n")

    def _written_key(self, key: str) -> str:
        forms = [json.dumps(key)]
        if all(character in _BARE for character in key):
            forms.append(key)
        if not set(key) & {"'", "\n"}:
            forms.append(f"'{key}'")
        return str(self._choice(*forms))

    def _value(self, value: Any) -> str:
        if isinstance(value, str):
            return self._written_text(value)
        if isinstance(value, bool):
            return str(value).lower()
        if isinstance(value, list):
            return self._list(value)
        if isinstance(value, dict):
            pairs = (f"{self._written_key(key)} = {self._value(inner)}" for key, inner in value.items())
            return f"{{ {', '.join(pairs)} }}"
        return value.isoformat() if isinstance(value, date) else repr(value)

    def _list(self, values: list[Any]) -> str:
        between = self._choice(", ", ",", ",\n  ", ", # c, ]\n")
        end = self._choice("", ",", "\n", ",\n") if values else self._choice("", "\n")
        return f"[{self._choice('', ' ')}{between.join(self._value(value) for value in values)}{end}]"

    def _written_text(self, text: str) -> str:
        forms = [json.dumps(text), f'"""{self._choice("", chr(10))}{json.dumps(text)[1:-1]}"""']
        if not set(text) & {"'", "\n"}:
            forms.append(f"'{text}'")
        if "''" not in text and not text.startswith(("\n", "'")):
            forms.append(f"'''{text}'''")
        return str(self._choice(*forms))

    def _choice(self, *options: Any) -> Any:
        return self.draw(st.sampled_from(options))
