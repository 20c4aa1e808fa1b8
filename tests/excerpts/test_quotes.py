"""Who said what: every form in which releases carry speech, and what must never come of a lost or changed mark."""

import random
import re
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.articles.document import Document
from scheduler.articles.markdown import read
from scheduler.excerpts import Excerpt, cut
from scheduler.excerpts.excerpt import Certainty
from tests.builders.articles import make_article

FORMS = (Path(__file__).parent / "forms.txt").read_text(encoding="utf-8").split("### ")[1:]
OPENING = "Shelter opens in Fennick\n\nA shelter has opened in Fennick after two years of work.\n\n"


def _quotes(body: str) -> tuple[Excerpt, ...]:
    return cut(make_article(OPENING + body)).quotes


def _line(quote: Excerpt) -> str:
    assert quote.certainty is not None
    return " | ".join([quote.speaker or "-", quote.role or "-", quote.certainty, " / ".join(quote.paragraphs)])


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.partition("\n")[0])
def test_each_form_of_speech_is_read_as_a_careful_reader_would(form: str) -> None:
    _, _, rest = form.partition("\n")
    body, *expected = re.split(r"^--- ", rest, flags=re.MULTILINE)

    assert [_line(quote) for quote in _quotes(body)] == [line.strip() for line in expected]


def test_a_quote_without_a_name_is_unnamed_or_open_and_one_with_a_name_is_neither() -> None:
    for form in FORMS:
        for quote in _quotes(re.split(r"^--- ", form.partition("\n")[2], flags=re.MULTILINE)[0]):
            assert (quote.speaker is None) == (quote.certainty in {Certainty.UNNAMED, Certainty.OPEN})


BLOCKQUOTES = {
    "below a label": ("**Ann Low, Chief Executive of Reed Trust**\n\n> We waited long.\n>\n> It is here.", ["Ann Low"]),
    "below a clause in a heading": (
        "### Ann Low, of Reed Trust, said:\n\n> We waited.\n\nShe added:\n\n> It is here.",
        ["Ann Low"] * 2,
    ),
    "below a clause without a colon": ("Ann Low, of Reed Trust, said\n\n> We waited long.", ["Ann Low"]),
    "signed in its last line": ("> We waited long. We are glad.\n> — Ann Low, Chief Executive", ["Ann Low"]),
    "signed in a paragraph of its own": ("> We waited long.\n>\n> *Tom Pike, baker*", ["Tom Pike"]),
    "with the clause below": ("> We waited long.\n\nsaid Ann Low, head of Reed Trust.", ["Ann Low"]),
    "with marks and a clause": ("> “We waited,” said Ann Low. “We are glad.”", ["Ann Low"]),
    "after another one, announced by nobody": (
        "Ann Low said:\n\n> We waited.\n\nDoors open.\n\n> We go on.",
        ["Ann Low", None],
    ),
    "a note": ("> Doors open at nine on Sunday. Bring a bag.\n\nMore soon.", []),
    "a poem": ("The poem begins:\n\n> I wandered by the sea\n> where nobody would be\n> and sang", []),
}


@pytest.mark.parametrize(("markdown", "speakers"), BLOCKQUOTES.values(), ids=BLOCKQUOTES)
def test_a_blockquote_is_speech_where_somebody_is_said_to_speak(markdown: str, speakers: list[str | None]) -> None:
    article = read(Document("release.md", f"# Shelter\n\nIt opened in May this year.\n\n{markdown}\n".encode()))

    assert [quote.speaker for quote in cut(article).quotes] == speakers


# Words that nobody else says, so that a quote tells whose words it holds.
PEOPLE = {
    "Ann Low": ("head of Reed Trust", "herring", "She"),
    "Tom Pike": ("Detective Inspector", "tractor", "He"),
    "Kwabena Osei": ("leader of Fennick Council", "lantern", "He"),
    "Siobhán O’Brien": ("chief executive of Safe Harbour", "saddle", "She"),
}
MARKS = "“”\"„«»‘’'"


@st.composite
def release(draw: st.DrawFn) -> str:
    """A release in which each speaker says sentences with a word of their own, in one of the common forms."""
    paragraphs = []
    for name in draw(st.permutations(sorted(PEOPLE)))[: draw(st.integers(1, 4))]:
        role, word, pronoun = PEOPLE[name]
        said = f"We never saw so large a {word} before."
        paragraphs += draw(
            st.sampled_from(
                [
                    [f"{name}, {role}, said: “{said}”"],
                    [f"{name}, {role}, said: “{said}", f"“The {word} is here to stay.”"],
                    [f"{name}, {role}, said:", f"“{said}”", f"“The {word} is here to stay.”"],
                    [f"“The {word} is here,” said {name}, {role}. “{said}”"],
                    [f"“{said}”", f"{name}, {role}"],
                    [f"{role[0].upper()}{role[1:]} {name} said “{said}”", f"{pronoun} added: “The {word} is here.”"],
                ]
            )
        )
        if draw(st.booleans()):
            paragraphs.append("The doors open on Monday at nine.")
    return "\n\n".join(paragraphs)


@settings(max_examples=400, deadline=None)
@given(body=release(), seed=st.integers(0, 2**32), changes=st.integers(0, 4))
def test_no_lost_or_changed_mark_gives_one_persons_words_to_another(body: str, seed: int, changes: int) -> None:
    chance = random.Random(seed)
    letters = list(body)
    places = [at for at, letter in enumerate(letters) if letter in MARKS and not letters[at - 1].isalpha()]
    for at in chance.sample(places, min(changes, len(places))):
        letters[at] = chance.choice([*MARKS, ""])

    quotes = _quotes("".join(letters))

    for quote in quotes:
        for name, (_, word, _) in PEOPLE.items():
            if word in quote.text and quote.speaker:
                assert quote.speaker == name, quote


@settings(max_examples=200, deadline=None)
@given(body=release())
def test_unchanged_marks_give_everybody_their_words(body: str) -> None:
    quotes = _quotes(body)

    for quote in quotes:
        (speaker,) = [name for name, (_, word, _) in PEOPLE.items() if word in quote.text]
        assert quote.speaker == speaker


@settings(max_examples=200, deadline=None)
@given(
    words=st.lists(
        st.sampled_from([*MARKS, "\n\n", " ", "said", "Ann Low", "she", ":", ".", ",", "home", "Tom"]), max_size=60
    )
)
def test_quotes_are_the_articles_words_in_order_and_never_overlap(words: list[str]) -> None:
    article = make_article(OPENING + " ".join(words))

    quotes = cut(article).quotes

    spans = [span for quote in quotes for span in quote.spans]
    assert [article.at(span) for span in spans] == [words for quote in quotes for words in quote.paragraphs]
    assert all(span.start < span.end for span in spans)
    assert all(one.end <= other.start for one, other in pairwise(spans))
