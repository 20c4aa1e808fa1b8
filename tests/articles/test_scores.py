"""How much of the invented releases is read right, all of them together."""

import pytest

from tests.articles.scoring import EXPECTATIONS, Score, score


@pytest.fixture(scope="module")
def total() -> Score:
    return score(EXPECTATIONS)


@pytest.mark.parametrize(
    ("right", "of", "at_least"),
    [
        ("titles", "releases", 0.99),
        ("dates", "releases", 1.0),
        ("leads", "releases", 0.99),
        ("quotes right", "quotes found", 0.99),
        ("quotes right", "quotes expected", 0.99),
        ("speakers right", "quotes expected", 0.985),
        ("links right", "links expected", 0.99),
        ("contacts right", "contacts expected", 0.99),
    ],
)
def test_the_releases_are_read_well_enough(total: Score, right: str, of: str, at_least: float) -> None:
    share = total.share(right, of)

    assert share >= at_least, "\n".join(total.misses)


def test_no_quote_stands_under_the_name_of_somebody_else(total: Score) -> None:
    wrong = [miss for miss in total.misses if "WRONG NAME" in miss]

    assert not wrong
    assert total.counts["wrong names"] == 0


def test_the_set_is_large_enough_to_mean_something(total: Score) -> None:
    assert total.counts["releases"] >= 65
    assert total.counts["quotes expected"] >= 200
