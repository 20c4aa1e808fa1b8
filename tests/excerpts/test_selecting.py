"""What the words of a campaign select, and what is said when there is nothing."""

import pytest

from scheduler.excerpts import Excerpts, SelectorError, cut, select
from tests.builders.articles import make_article

BODY = (
    "Library opens\n\nThe library has opened in Fennick.\n\n"
    "Inspector Ada Finch said: “We will read every day.”\n\nDr Bo Reed said: “So will we, of course.”\n\n"
    "The library has 12 desks.\n\nCall the library on 0300 555 0142.\n\nJoin at https://fennick.example/join.\n"
)


@pytest.fixture
def excerpts() -> Excerpts:
    return cut(make_article(BODY))


@pytest.mark.parametrize(
    ("selector", "texts"),
    [
        ("lead", ["The library has opened in Fennick."]),
        ("quotes", ["We will read every day.", "So will we, of course."]),
        ("quote 2", ["So will we, of course."]),
        ("Quote by Finch", ["We will read every day."]),
        ("quote by dr bo reed", ["So will we, of course."]),
        ("quote by Inspector Finch", ["We will read every day."]),
        ("facts", ["The library has 12 desks."]),
        ("fact 1", ["The library has 12 desks."]),
        ("call to action", ["Call the library on 0300 555 0142."]),
        ("call to action 2", ["Join at https://fennick.example/join."]),
        ("Calls to  action", ["Call the library on 0300 555 0142.", "Join at https://fennick.example/join."]),
    ],
)
def test_a_selector_picks(excerpts: Excerpts, selector: str, texts: list[str]) -> None:
    assert [excerpt.text for excerpt in select(excerpts, selector)] == texts


@pytest.mark.parametrize(
    ("selector", "message"),
    [
        ("quote 3", "a.md has no quote 3; it has 2 quotes (1: Ada Finch; 2: Dr Bo Reed)"),
        ("quote 0", "a.md has no quote 0; it has 2 quotes"),
        ("quote by Stone", "a.md has no quote by Stone; it has 2 quotes"),
        ("quote by Inspector", "a.md has no quote by Inspector"),
        ("key 9", "a.md has no key"),
        ("fact 2", "a.md has no fact with figures 2; it has 1 fact with figures"),
        ("call to action 3", "a.md has no call to action 3; it has 2 calls to action"),
        ("leed", "'leed' selects nothing; write \"lead\""),
        ("quote", "selects nothing"),
    ],
)
def test_what_is_not_there_is_said_with_what_there_is(excerpts: Excerpts, selector: str, message: str) -> None:
    with pytest.raises(SelectorError) as caught:
        select(excerpts, selector, "a.md")

    assert message in str(caught.value)
