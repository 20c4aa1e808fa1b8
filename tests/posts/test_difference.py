"""What became of some words is said word by word, whole or in one line."""

import pytest

from scheduler.posts.difference import changes, in_brief, marked

WAS = "We counted twelve boats in the harbour, and we are proud."


@pytest.mark.parametrize(
    ("now", "shown", "said"),
    [
        (
            "We counted thirteen boats in the harbour, and we are proud.",
            "We counted [-twelve-] [+thirteen+] boats in the harbour, and we are proud.",
            "removed “twelve”, added “thirteen”",
        ),
        (
            "We counted twelve boats in the old harbour, and we are proud.",
            "We counted twelve boats in the [+old+] harbour, and we are proud.",
            "added “old”",
        ),
        (
            "We counted twelve boats.",
            "We counted twelve [-boats in the harbour, and we are proud.-] [+boats.+]",
            "removed “boats in the harbour, and we are proud.”, added “boats.”",
        ),
        ("", f"[-{WAS}-]", f"removed “{WAS}”"),
        ("We  counted twelve\nboats in the harbour, and we are\u00a0proud.", WAS, ""),
    ],
)
def test_words_that_went_and_words_that_came_are_marked(now: str, shown: str, said: str) -> None:
    found = changes(WAS, now)

    assert (marked(found), in_brief(found)) == (shown, said)


def test_of_a_long_text_only_the_words_around_a_change_are_shown() -> None:
    words = [f"word{number}" for number in range(60)]
    now = [*words[:30], "new", *words[31:]]

    found = changes(" ".join(words), " ".join(now))

    assert marked(found, around=2) == "… word28 word29 [-word30-] [+new+] word31 word32 …"


def test_one_line_names_three_changes_and_counts_the_rest() -> None:
    found = changes("a b c d e f g h i", "A b C d E f G h I")

    assert (
        in_brief(found) == "removed “a”, added “A”; removed “c”, added “C”; removed “e”, added “E”; and 2 more changes"
    )


def test_a_long_change_is_cut_in_one_line_at_the_end_of_a_word() -> None:
    found = changes("", "harbour " * 20)

    assert in_brief(found) == f"added “{'harbour ' * 7}…”"


def test_texts_too_long_for_a_comparison_word_by_word_are_said_from_the_first_change_to_the_last() -> None:
    was = ["first", *(["the", "boats"] * 20_000), "last"]
    now = ["first", "new", *(["the", "boats"] * 20_000), "other", "last"]

    found = changes(" ".join(was), " ".join(now))

    assert [change.is_change for change in found] == [False, True, False]
    assert " ".join(change.was for change in found) == " ".join(was)
    assert " ".join(change.now for change in found) == " ".join(now)
    assert in_brief(found).startswith("removed “the boats the")


@pytest.mark.parametrize(("was", "now"), [("a " * 2000, "a " * 1999), ("a " * 1999, "a " * 2000), ("", "a " * 9)])
def test_of_long_texts_that_repeat_themselves_nothing_is_counted_twice(was: str, now: str) -> None:
    found = changes(was, now)

    assert " ".join(filter(None, (change.was for change in found))) == was.strip()
    assert " ".join(filter(None, (change.now for change in found))) == now.strip()
