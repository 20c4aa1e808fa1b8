"""Posts that are found again by what they say and when: each doubt gets one, none is given twice."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.platforms.contract import Doubt, Payload, Receipt
from scheduler.platforms.likeness import CLOCK_SKEW, Shown, pair, plain_words, text_of_html

NOW = datetime(2027, 3, 18, 9, 0, tzinfo=UTC)


def doubt(minute, text="Look out."):
    return Doubt(Payload("POST", "/", "key", {"text": text}, {}), NOW + timedelta(minutes=minute))


def shown(minute, text="Look out.", name=""):
    return Shown(Receipt(name or f"at {minute}"), NOW + timedelta(minutes=minute), (text,))


def words_of(each):
    return (each.payload.body["text"],)


def names(doubts, posts):
    return [post and post.receipt.platform_id for post in pair(doubts, words_of, posts)]


CASES = [
    ([doubt(0)], [], [None], "nothing is there"),
    ([doubt(0)], [shown(0.1)], ["at 0.1"], "the one that is there"),
    ([doubt(0)], [shown(90)], ["at 90"], "a slow platform is still the platform"),
    ([doubt(0)], [shown(-1)], ["at -1"], "its clock is a minute behind"),
    ([doubt(0)], [shown(-3)], [None], "it was there before the attempt"),
    ([doubt(0)], [shown(0, "Look in.")], [None], "it says something else"),
    ([doubt(0), doubt(0)], [shown(0)], ["at 0", None], "one post is not two"),
    ([doubt(0), doubt(30)], [shown(30), shown(0)], ["at 0", "at 30"], "each the nearest to it"),
    ([doubt(0), doubt(3)], [shown(1.5), shown(-1.5)], ["at -1.5", "at 1.5"], "the later can only have the one"),
]


@pytest.mark.parametrize(("doubts", "posts", "expected", "reason"), CASES)
def test_a_doubt_gets_the_post_that_is_like_it(doubts, posts, expected, reason):
    assert names(doubts, posts) == expected, reason


minutes = st.integers(-10, 10).map(lambda half: half / 2)
texts = st.sampled_from("ab")


@given(st.lists(st.tuples(minutes, texts), max_size=4), st.lists(st.tuples(minutes, texts), max_size=4))
def test_as_many_doubts_as_possible_get_a_post(doubts, posts):
    asked = [doubt(*each) for each in doubts]
    there = [shown(minute, text, str(number)) for number, (minute, text) in enumerate(posts)]

    found = pair(asked, words_of, there)

    given_out = [post for post in found if post]
    assert len({post.receipt for post in given_out}) == len(given_out)
    assert all(fits(each, post) for each, post in zip(asked, found, strict=True) if post)
    assert len(given_out) == most(asked, there)


def fits(each, post):
    return post.words == words_of(each) and post.posted_at >= each.started_at - CLOCK_SKEW


def most(doubts, posts):
    """How many doubts can have a post at best, by trying all ways."""
    padded = [*posts, *[None] * len(doubts)]
    ways = permutations(padded, len(doubts))
    return max(
        sum(post is not None and fits(each, post) for each, post in zip(doubts, way, strict=True)) for way in ways
    )


def test_words_are_the_same_however_they_are_written():
    assert plain_words(" Cafe\u0301 \n\n at\u00a0nine ") == "Café at nine"


HTML = [
    ("<p>One<br>two</p><p>three</p>", "One two three"),
    ("<p>a &amp; b &lt;c&gt; &#39;d&#39;</p>", "a & b <c> 'd'"),
    (
        '<a href="https://a.example/b"><span class="invisible">https://</span><span>a.example/b</span></a>',
        "https://a.example/b",
    ),
    ("no tags", "no tags"),
    ("<p>broken", "broken"),
]


@pytest.mark.parametrize(("html", "text"), HTML)
def test_html_is_read_as_it_is_seen(html, text):
    assert plain_words(text_of_html(html)) == text
