"""A quotation is altered where the text has other words, other marks or another name than the article."""

import pytest

from scheduler.drafting.altering import Quotation, alterations, made_up
from scheduler.drafting.quotation import quoted

SAID = ("Come and see what we mend. Bring your children. It is “free” for all.",)
QUOTATION = Quotation(SAID, "Mira Holt")
PLANNED = f"{quoted(SAID)}\n\nMira Holt, keeper of the harbour\n\nhttps://harbour.example #HarbourDay"


def altered(old: str, new: str) -> tuple[str, ...]:
    assert old in PLANNED
    return alterations(QUOTATION, PLANNED.replace(old, new), PLANNED)


def test_a_text_as_it_was_planned_is_fine() -> None:
    assert alterations(QUOTATION, PLANNED) == ()
    assert alterations(QUOTATION, PLANNED, PLANNED) == ()


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("mend. Bring", "mend.\n\n“Bring", "a paragraph opens the marks again"),
        ("see what", "see\nwhat", "a line break"),
        ("see what", "see\u00a0what", "a space that does not break"),
        ("children", "chil\u00addren", "a soft hyphen"),
        ("“", '"', "a straight mark is a mark"),
        ("‘free’", "“free”", "single or double inside"),
        ("all.”", "all”.", "the last full stop outside"),
        ("all.”", "all,”", "the last full stop before who said it"),
        (" Bring your children. It is ‘free’ for all.”", " […]”", "shortened at the end"),
        (" Bring your children.", " […]", "shortened in the middle"),
        (" Bring your children.", " [...]", "three full stops"),
        ("Come and see what we mend.", "[…]", "shortened at the beginning"),
        ("https://harbour.example #HarbourDay", "https://harbour.example/open", "words outside of it"),
        ("\n\nMira", " Mira", "a line break before the name"),
        ("Holt, keeper", "Holt,\nkeeper", "a line break in the name's line"),
        (PLANNED, "Come to the harbour on Thursday.", "a text without quotation and name quotes nobody"),
    ],
)
def test_what_is_no_alteration(old: str, new: str, why: str) -> None:
    assert altered(old, new) == (), why


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("see what", "look what", "“Come and see what we” is now “Come and look what we”"),
        ("see what", "see not what", "“and see what we” is now “and see not what we”"),
        ("and see what", "[…] what", "“Come and see what we” is now “Come […] what we”"),
        (" Bring your children.", "", "“Bring your children.” is left out, and no “[…]” says so"),
        ("Come and see what we mend. ", "", "“Come and see what we mend.” is left out, and no “[…]” says so"),
        ("for all.", "for all. And dogs.", "“all.” is now “all. And dogs.”"),
        ("‘free’", "free", "“It is “free” for all” is now “It is free for all”"),
        ("mend.", "mend!", "“we mend. Bring your” is now “we mend! Bring your”"),
        ("children", "Children", "“Bring your children. It” is now “Bring your Children. It”"),
    ],
)
def test_other_words_are_said_with_those_around_them(old: str, new: str, said: str) -> None:
    assert altered(old, new) == (f"quotation altered: {said}",)


def test_a_quotation_without_marks_is_altered() -> None:
    bare = PLANNED.replace("“", "").replace("”", "")

    assert alterations(QUOTATION, bare) == ("quotation altered: it does not stand between quotation marks",)


def test_other_words_altogether_under_a_name_are_altered() -> None:
    (said,) = alterations(QUOTATION, "“We love boats.” Mira Holt, keeper of the harbour", PLANNED)

    assert said == "quotation altered: not one sentence of it is left, and Mira Holt is still named"


def test_what_is_altered_all_over_is_said_in_short() -> None:
    (said, _) = alterations(QUOTATION, PLANNED.upper(), PLANNED)

    assert len(said) < 250


@pytest.mark.parametrize(
    ("old", "new", "now"),
    [
        ("Mira Holt", "Tom Holt", "is now “Tom Holt, keeper of the harbour”"),
        ("Mira Holt", "Mira Holton", "is now “Mira Holton, keeper of the harbour”"),
        ("Mira Holt", "Dame Mira Holt", "is now “Dame Mira Holt, keeper of the harbour”"),
        ("keeper", "chief", "is now “Mira Holt, chief of the harbour”"),
        (", keeper of the harbour", "", "is now “Mira Holt”"),
        ("the harbour\n", "the harbour and mayor\n", "is now “Mira Holt, keeper of the harbour and mayor”"),
        ("\n\nMira Holt, keeper of the harbour\n\nhttps://harbour.example #HarbourDay", "", "is not under it any more"),
    ],
)
def test_another_name_or_role_is_said(old: str, new: str, now: str) -> None:
    assert altered(old, new) == (f"speaker altered: “Mira Holt, keeper of the harbour” {now}",)


def test_a_name_where_the_article_leaves_doubt_is_said() -> None:
    unsigned = Quotation(("We will be back in spring.",))
    planned = "“We will be back in spring.”\n\nhttps://harbour.example"

    (said,) = alterations(unsigned, planned.replace("\n\n", "\n\nMira Holt\n\n"), planned)

    assert (
        said == "speaker altered: the article leaves doubt about who says this, and the text has “Mira Holt” under it"
    )


def test_a_sentence_that_the_article_parts_with_said_is_one() -> None:
    parted = Quotation(("I have waited,", "ten years for this day. It is here."), "Tomas Reed")

    assert alterations(parted, "“I have waited, ten years for this day. It is here.” Tomas Reed") == ()
    assert alterations(parted, "“I have waited, […]” Tomas Reed") != ()


def test_what_is_too_long_to_compare_is_altered_all_the_same_and_said_at_once() -> None:
    sentence = "We mend boats and nets all day. "
    said = alterations(Quotation((sentence * 3000,), "Mira Holt"), f"“{sentence.replace('mend', 'sell') * 300}”")

    assert said == ("quotation altered: it is not as the article has it, and too long to show where",)


WHOLE = Quotation(("Come and see what we mend. Bring your children, and stay.",), "Mira Holt")


@pytest.mark.parametrize(
    "text",
    [
        "“Come and see what we mend,” said Mira Holt. “Bring your children, and stay.”",
        "“Come and see what we mend,” Mira Holt, keeper of the harbour, said. “Bring your children, and stay.”",
        "“Come and see,” said Mira Holt, “what we mend. Bring your children, and stay.”",
        "“Come and see what we mend. Bring your children,” Holt added, “and stay.”",
        "“Come and see,” she said, “what we mend. Bring your children,” she added, “and stay.”",
    ],
)
def test_a_quotation_that_is_parted_by_who_said_it_is_what_was_said(text: str) -> None:
    assert alterations(WHOLE, text) == ()


@pytest.mark.parametrize(
    "text",
    [
        "“Come and see what we mend,” said Tom Reed. “Bring your children, and stay.”",
        "“Come and see what we mend,” said Mira Holt to Tom Reed. “Bring your children, and stay.”",
        "“Come and see what we mend,” said Mira Holt. “Leave your children, and stay.”",
        "“Come and see what we mend,” Mira Holt. “Bring your children, and stay.”",
        "“Come and see what we mend,” said Mira Holt. “And stay.”",
    ],
)
def test_and_it_is_not_where_another_speaks_or_says_something_else(text: str) -> None:
    assert alterations(WHOLE, text) != ()


def test_who_is_named_in_the_middle_is_named() -> None:
    planned = "“Come and see what we mend. Bring your children, and stay.”\n\nMira Holt"
    in_the_middle = "“Come and see what we mend,” said Mira Holt. “Bring your children, and stay.”"

    assert alterations(WHOLE, in_the_middle, planned) == ()
    (said,) = alterations(WHOLE, in_the_middle.replace("Mira Holt", "she"), planned)
    assert said.startswith("speaker altered")


ARTICLE = "The gates open. Mira Holt said: “Come and see what we mend. Bring your children, and stay.”"


@pytest.mark.parametrize(
    ("text", "number", "why"),
    [
        ("He said: “We never wanted it to open.”", 1, "nobody said it"),
        ('He said: "We never wanted it to open."', 1, "straight marks are marks"),
        ("See “The Harbour Day” there.", 0, "a title"),
        ("“come and see what we mend”", 0, "it stands in the article"),
        ("“Come and see […] and stay.”", 0, "both ends stand there"),
        ("“Come and look what we mend.”", 0, "that one is altered, and said to be so"),
        ("“Yes, we never wanted it,” and “we never liked to open it.”", 2, "each is one"),
        ("“We never wanted it to open.", 0, "a mark that nobody closed"),
    ],
)
def test_what_stands_between_marks_and_in_no_article_is_warned_of(text: str, number: int, why: str) -> None:
    assert len(made_up(text, [ARTICLE], [WHOLE])) == number, why
