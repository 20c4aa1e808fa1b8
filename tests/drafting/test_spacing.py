"""What templates leave behind is tidied; the words of an excerpt are not touched."""

import pytest

from scheduler.drafting.spacing import tidy


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("one  \ntwo\t\n", "one\ntwo"),
        ("one\n\n\n\ntwo", "one\n\ntwo"),
        ("one\n  \n \ntwo", "one\n\ntwo"),
        ("\n\n one \n", "one"),
        ("one  two", "one  two"),
    ],
)
def test_spaces_and_empty_lines_of_the_template_are_tidied(text: str, expected: str) -> None:
    assert tidy(text) == expected


def test_the_excerpt_keeps_its_own_spaces() -> None:
    paragraph = "first line  \nsecond line"

    assert tidy(f"Said:  \n\n\n\n{paragraph}  \n\n\n\nEnd", [paragraph]) == f"Said:\n\n{paragraph}\n\nEnd"
