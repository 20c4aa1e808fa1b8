"""The key scanner finds the same keys as tomllib, each on its line."""

import tomllib
from collections.abc import Iterator
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.tomlfile.keys import key_lines
from tests.builders.tomlfile import TABLES, TomlWriter

EVERY_FORM = '''\
# a comment with a = 1
title = """
not_a_key = 1
[not.a.table]
"""                                    # the text ends here
dotted.key = 1
"quoted key"."with.dot" = 'a # no comment'
list = [
    1,  # one, two ]
    { inner = [10, "]"] }, [
        3 ],
]

[table."inner table"]
literal = \'\'\'
x = '1\'\'\'\'
late = "2h"

[[slot]]
id = "first"

[[slot.part]]
text = "\\"]"
[[slot.part]]
text = "b"

[[slot]]
id = "second"
[slot.deep.er]
date = 1979-05-27 07:32:00
'''


def test_every_form_of_key_is_found_on_its_line():
    assert key_lines(EVERY_FORM) == {
        ("title",): 2,
        ("dotted",): 6,
        ("dotted", "key"): 6,
        ("quoted key",): 7,
        ("quoted key", "with.dot"): 7,
        ("list",): 8,
        ("list", 0): 9,
        ("list", 1): 10,
        ("list", 1, "inner"): 10,
        ("list", 1, "inner", 0): 10,
        ("list", 1, "inner", 1): 10,
        ("list", 2): 10,
        ("list", 2, 0): 11,
        ("table",): 14,
        ("table", "inner table"): 14,
        ("table", "inner table", "literal"): 15,
        ("table", "inner table", "late"): 17,
        ("slot",): 19,
        ("slot", 0): 19,
        ("slot", 0, "id"): 20,
        ("slot", 0, "part"): 22,
        ("slot", 0, "part", 0): 22,
        ("slot", 0, "part", 0, "text"): 23,
        ("slot", 0, "part", 1): 24,
        ("slot", 0, "part", 1, "text"): 25,
        ("slot", 1): 27,
        ("slot", 1, "id"): 28,
        ("slot", 1, "deep"): 29,
        ("slot", 1, "deep", "er"): 29,
        ("slot", 1, "deep", "er", "date"): 30,
    }


@given(data=TABLES, draws=st.data())
@settings(max_examples=150, deadline=None)
def test_the_keys_are_those_that_tomllib_reads(data: dict[str, Any], draws: st.DataObject):
    text = TomlWriter(draws.draw).text(data)

    found = key_lines(text)

    read = tomllib.loads(text)
    assert read == data
    assert set(found) == set(_paths(read))


@given(before=st.integers(0, 5), data=TABLES, draws=st.data())
@settings(max_examples=40, deadline=None)
def test_lines_above_move_every_key_down(before: int, data: dict[str, Any], draws: st.DataObject):
    text = TomlWriter(draws.draw).text(data)

    moved = key_lines("# a line\n" * before + text)

    assert moved == {path: line + before for path, line in key_lines(text).items()}


def _paths(data: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if path:
        yield path
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in items:
        yield from _paths(value, (*path, key))
