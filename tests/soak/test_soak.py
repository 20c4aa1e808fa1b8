"""A day of thousands of posts, troubles and deaths, in the time of a test; `scripts/soak` takes four times as many."""

import logging

import pytest

from tests.soak.soak import HOURS, Soak, Soaked

POSTS = 5_000


@pytest.fixture(scope="module")
def soaked(tmp_path_factory: pytest.TempPathFactory) -> Soaked:
    logging.disable(logging.CRITICAL)  # pytest would keep every line, and it would look like a leak
    try:
        return Soak(tmp_path_factory.mktemp("soak"), POSTS, seed=1, say=lambda _line: None).run()
    finally:
        logging.disable(logging.NOTSET)


def test_every_post_is_decided_as_it_really_is(soaked: Soaked) -> None:
    assert not soaked.wrong
    assert sum(soaked.statuses.values()) == POSTS
    assert soaked.statuses["published"] >= POSTS - 5  # what a platform left open three times is a person's question


def test_the_day_was_as_bad_as_it_should_be(soaked: Soaked) -> None:
    troubles = {answer: times for answer, times in soaked.answers.items() if answer != "accept"}

    assert sum(troubles.values()) >= POSTS * 0.04
    assert len(troubles) == 4
    assert sum(soaked.deaths.values()) == HOURS
    assert len(soaked.deaths) >= 8


def test_memory_stays_flat(soaked: Soaked) -> None:
    assert soaked.grown < 20e6


def test_the_book_grows_with_its_posts_and_no_faster(soaked: Soaked) -> None:
    assert soaked.uneven < 1.15


def test_a_late_hour_takes_no_longer_than_an_early_one(soaked: Soaked) -> None:
    assert soaked.slower < 1.5
