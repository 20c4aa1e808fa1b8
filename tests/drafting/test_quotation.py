"""Quotation marks: double outside, single inside, reopened for each paragraph."""

import pytest

from scheduler.drafting.quotation import quoted


@pytest.mark.parametrize(
    ("paragraphs", "expected"),
    [
        (["We are open."], "“We are open.”"),
        (["One.", "Two."], "“One.\n\n“Two.”"),
        (["He said “Go” twice."], "“He said ‘Go’ twice.”"),
        (['He said "Go" twice.'], "“He said ‘Go’ twice.”"),
        (["Don’t go."], "“Don’t go.”"),
        (['A 6" pipe.'], '“A 6" pipe.”'),
        (['A 6" pipe and a 10" pipe, "all new".'], '“A 6" pipe and a 10" pipe, ‘all new’.”'),
    ],
)
def test_a_quote_is_put_in_marks(paragraphs: list[str], expected: str) -> None:
    assert quoted(paragraphs) == expected
