"""Facts with figures: what counts as one, and that each says what it is about."""

import pytest

from scheduler.articles import markdown
from scheduler.articles.document import Document
from scheduler.excerpts import cut
from tests.builders.articles import make_article

OPENING = "Library opens in Fennick\n\nA library has opened in Fennick after two years of work.\n\n"


def _facts(body: str) -> list[tuple[str, tuple[str, ...]]]:
    return [(fact.text, fact.figures) for fact in cut(make_article(OPENING + body)).facts]


@pytest.mark.parametrize(
    ("sentence", "figures"),
    [
        ("The new building cost £1.2m and opened on time.", ("£1.2m",)),
        ("Readers gave $3,000.50 and £400 towards it.", ("$3,000.50", "£400")),
        ("Loans rose by 4.5 per cent, and visits by 12%.", ("4.5 per cent", "12%")),
        ("One in five children reads there every week.", ("One in five",)),
        ("Two thirds of members are under thirty.", ("Two thirds",)),
        ("Half of all members come by bus.", ("Half of all members",)),
        ("The town holds 14,000 books and 12 new reading desks.", ("14,000 books", "12 new reading desks")),
        ("Over 5 million homes are near a library.", ("5 million homes",)),
        ("Seven volunteers run the desk on Sundays.", ("Seven volunteers",)),
        ("Hundreds of people queued outside the door.", ("Hundreds of people",)),
        ("A Fennick thief was jailed for 12 years in May.", ("12 years",)),
    ],
)
def test_a_share_a_sum_or_a_count_is_a_fact(sentence: str, figures: tuple[str, ...]) -> None:
    assert _facts(sentence) == [(sentence, figures)]


@pytest.mark.parametrize(
    ("sentence", "reason"),
    [
        ("The library opened on 12 March 2027 at 10.30am.", "a date and an hour"),
        ("The library was founded in 2019 events were few.", "a year"),
        ("Call the library on 0300 555 0142 for times.", "a number to call"),
        ("Ring 101 or 999 when the library burns.", "short numbers"),
        ("Quote crime number 24000123 to officers of the town.", "a reference"),
        ("See section 3 rules and page 12 notes of the plan.", "parts of a text"),
        ("Ada Finch, aged 34, opened the library.", "an age"),
        ("A 12-year-old cut the ribbon of the library.", "an age as a word"),
        ("The library is on the A38 near junction 4.", "a road"),
        ("Year 6 pupils sang at the library.", "a class"),
        ("The library is open for 3 days and 24 hours.", "a stretch of time"),
        ("The library opened after three and a half years.", "a stretch of time with a half"),
        ("Read https://a.example/12-books/4 for its plans.", "an address"),
    ],
)
def test_a_number_that_counts_nothing_is_none(sentence: str, reason: str) -> None:
    assert _facts(sentence) == [], reason


def test_a_sentence_that_leans_on_the_one_before_takes_it_along() -> None:
    body = "Fennick has opened a reading room for children. It cost £4,000."

    assert _facts(body) == [(body, ("£4,000",))]


def test_a_sentence_that_leans_on_nothing_that_stands_is_no_fact() -> None:
    assert _facts("It began last year. It cost £4,000.\n\nThey also bought 12 desks.") == []


def test_an_item_of_a_list_is_a_fact_without_a_full_stop() -> None:
    assert _facts("Key figures:\n\n- 1,200 children joined us\n- 12 new desks\n- the roof is green\n") == [
        ("1,200 children joined us", ("1,200 children",))
    ]


def test_the_words_of_a_link_are_no_fact() -> None:
    text = b"# Library\n\nIt opened.\n\n- [The three signs that you need, on one page](https://fennick.example/signs)\n"
    article = markdown.read(Document("release.md", text))

    assert cut(article).facts == ()


def test_no_fact_is_taken_from_what_somebody_says() -> None:
    assert _facts("Dr Bo Reed said: “We have 12 desks. They cost £400 each.”") == []


def test_the_most_telling_facts_are_kept_in_the_articles_order() -> None:
    body = "\n\n".join(f"Room {name} has {count} desks in it." for count, name in enumerate("ABCDEFGHIJ", 10))
    body += "\n\nThe whole library cost £4m to build."

    facts = [text for text, _ in _facts(body)]

    assert len(facts) == 8
    assert facts[-1] == "The whole library cost £4m to build."
    assert facts == sorted(facts, key=body.index)
