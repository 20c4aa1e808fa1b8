"""Speakers, links and contacts in single sentences: what counts, and what must not."""

import pytest

from scheduler.excerpts import cut
from tests.builders.articles import make_article

OPENING = "Library opens in Fennick\n\nA library has opened in Fennick after two years of work.\n\n"


def _speakers(body: str) -> list[tuple[str | None, str | None]]:
    return [(quote.speaker, quote.role) for quote in cut(make_article(OPENING + body)).quotes]


@pytest.mark.parametrize(
    ("clause", "speaker", "role"),
    [
        ("Detective Inspector Ada Finch said:", "Ada Finch", "Detective Inspector"),
        ("Ada Finch, chief executive of Reed Trust, said:", "Ada Finch", "chief executive of Reed Trust"),
        ("Ada Finch, Chief Executive of Reed Trust said:", "Ada Finch", "Chief Executive of Reed Trust"),
        ("Chief executive of Reed Trust, Ada Finch, said:", "Ada Finch", "Chief executive of Reed Trust"),
        ("Chief executive of Reedmouth Harbour Ada Finch said:", "Ada Finch", "Chief executive of Reedmouth Harbour"),
        ("Ada Finch from Reed Trust’s reading team said:", "Ada Finch", "Reed Trust’s reading team"),
        ("Ada Finch, 34, from Fennick, said:", "Ada Finch", "from Fennick"),
        ("Ada Finch OBE, who founded the library, added:", "Ada Finch", None),
        ("Speaking in Fennick, Cllr Ada Finch said:", "Cllr Ada Finch", None),
        ("Welcoming the news, Fennick MP Ada Finch commented:", "Ada Finch", "Fennick MP"),
        ("Dr Ada van der Finch (Reed Trust) said:", "Dr Ada van der Finch", None),
        ("Ada O’Finch-Reed said today:", "Ada O’Finch-Reed", None),
        ("Mr Finch said:", "Mr Finch", None),
        ("Ada Finch and Bo Reed said:", None, None),
        ("The head of Citizens Advice said:", None, None),
        ("Director of Reed Trust said:", None, None),
        ("Fennick Council said:", None, None),
        ("A spokeswoman for the library said:", None, "A spokeswoman for the library"),
        ("He said:", None, None),
        ("Finch said:", None, None),
        ("They said:", None, None),
    ],
)
def test_a_speaker_is_named_only_where_the_article_names_one(
    clause: str, speaker: str | None, role: str | None
) -> None:
    assert _speakers(f"{clause} “We have waited a long time for this day.”") == [(speaker, role)]


@pytest.mark.parametrize(
    "body",
    [
        "The scheme is known as “Read More” and has been “hugely popular” with families.",
        "The council called it “the best day of the year” and meant it.",
        "A poster in the window says: “Have you read a book today?”",
        "The sign reads: “Closed on Mondays.”",
        "Ada Finch said the library was “a dream come true” for her.",
        "The book ‘A Long Winter’ is popular.",
        "The rock’n’roll section’s shelf is 6'2\" high.",
    ],
)
def test_titles_slogans_and_scare_quotes_are_no_speech(body: str) -> None:
    assert _speakers(body) == []


def test_a_pronoun_between_two_people_names_nobody() -> None:
    body = "Dr Kit Reed met Dr Sam Finch.\n\nDr Sam Finch and Dr Lee Marsh stayed.\n\nShe said: “We will be back in spring.”"

    assert _speakers(body) == [(None, None)]


def test_tracking_and_duplicates_go_and_other_parameters_stay() -> None:
    article = make_article(
        OPENING
        + "Books: https://a.example/x?id=3&utm_source=mail&fbclid=1#top\nAgain https://www.a.example/x?id=3#top.\n"
        "(see http://b.example/y), write to jo@c.example, read Det.Insp.Finch at 10.30am.\n"
        "Apply at www.d.wales/join or e.gov.scot. It is open.Today is the day.\n"
    )

    assert [(link.url, link.label) for link in cut(article).links] == [
        ("https://a.example/x?id=3#top", "Books"),
        ("http://b.example/y", None),
        ("https://www.d.wales/join", None),
        ("https://e.gov.scot", None),
    ]


@pytest.mark.parametrize(
    ("body", "numbers"),
    [
        ("Call 101, or 999 in an emergency.", ["101", "999"]),
        ("Call the police on 101 or Crimestoppers anonymously on 0800 555 111.", ["101", "0800 555 111"]),
        ("Ring NHS 111 or the Samaritans on 116 123, day or night.", ["111", "116 123"]),
        ("Forward the message to 7726 or text 61016.", ["61016"]),
        ("In 2024 there were 101 calls and 999 visits, on 111 days.", []),
        ("The A101 and the 999 people on 12/03/2024 at 10.30, crime number 24000123456.", []),
        (
            "Tel: (01632) 960123 / +44 7700 900123 / 0044 20 7946 0018 / 020-7946-0019",
            ["(01632) 960123", "+44 7700 900123", "0044 20 7946 0018", "020-7946-0019"],
        ),
        (
            "Floodline: 0345 555 0188\nPower cuts: 105\nIn an emergency always dial 999.",
            ["0345 555 0188", "105", "999"],
        ),
        ("Homes flooded: 105\nRoads shut: 111", []),
        ("Staff answered a million emergency 999 calls and NHS 111 calls.", []),
        ("Please call the police on\n101 or Fennick Line on 01632\n960 018.", ["101", "01632 960 018"]),
        ("Day: 01632 960123\nNight: 01632 960124", ["01632 960123", "01632 960124"]),
        ("It cost £01234567890 and 1,234,567 people came.", []),
        ("Mail desk@fennick.example or desk@fennick.example.", ["desk@fennick.example"]),
    ],
)
def test_contacts_are_numbers_that_may_be_called(body: str, numbers: list[str]) -> None:
    assert [contact.value for contact in cut(make_article(OPENING + body)).contacts] == numbers


def test_key_sentences_prefer_the_campaigns_words() -> None:
    filler = "\n\n".join(
        f"The council has planned many things for room {number} of the building." for number in range(10)
    )
    article = make_article(OPENING + filler + "\n\nEvery Otter Week poster was drawn by a child of this town.\n")

    texts = [sentence.text for sentence in cut(article, ["Otter Week"]).key_sentences]

    assert "Every Otter Week poster was drawn by a child of this town." in texts
    assert texts == sorted(texts, key=article.text.index)


def test_what_tells_of_a_day_is_no_teaser() -> None:
    article = make_article(
        "Owner of boat fined\n\nOn 16 November 2026 Ann Low and Tom Pike appeared at Fennick Magistrates Court.\n\n"
        "The owner of the boat was fined £400, and her boat was sold.\n"
    )

    lead = cut(article).lead

    assert lead is not None
    assert lead.text.startswith("On 16 November 2026")


def test_a_caption_that_only_names_somebody_is_not_the_lead() -> None:
    article = make_article(
        "Otter Week begins\n\nFennick Council leader Ann Low.\n\nOtter Week begins today on all the banks in Fennick.\n"
    )

    lead = cut(article).lead

    assert lead is not None
    assert lead.text == "Otter Week begins today on all the banks in Fennick."


def test_a_teaser_that_says_nothing_of_the_title_is_not_the_lead() -> None:
    article = make_article(
        "Otter Week begins\n\nAll along the banks people are getting ready.\n\nOtter Week begins today in Fennick.\n"
    )

    lead = cut(article).lead

    assert lead is not None
    assert lead.text == "Otter Week begins today in Fennick."


def test_words_that_lead_to_a_quote_are_the_lead_only_where_there_is_nothing_else_and_they_tell_something() -> None:
    said = "“We waited long for this. Now it is here.”\n\nShe added: “Come in.”\n"
    news = "The lock opens in May, four years after it was closed."
    responding = "Responding to the news that the lock is to open, Ann Low, head of Reed Trust, said:"

    only_speech = make_article(f"Lock to open\n\nAnn Low, head of Reed Trust, said:\n\n{said}")
    with_news = make_article(f"Lock to open\n\nAnn Low, head of Reed Trust, said\n\n{said}\n{news}\n")
    with_occasion = make_article(
        f"Lock to open\n\n{responding}\n\n{said}\nFor further information write to the Trust.\n"
    )

    with_note = make_article(
        f"Lock to open\n\n{responding}\n\n{said}\nThe office on the quay is open until four today.\n"
    )

    leads = [cut(article).lead for article in (with_news, with_occasion, with_note, only_speech)]
    assert [lead.text for lead in leads if lead] == [news, responding, responding, "Lock to open"]


def test_a_statement_whose_title_is_not_in_its_text_has_no_lead() -> None:
    article = make_article("---\ntitle: On the lock\n---\n\nAnn Low, head of Reed Trust, said:\n\n“We are sorry.”\n")

    assert article.title == "On the lock"
    assert cut(article).lead is None


def test_no_lead_begins_in_the_middle_of_what_somebody_says() -> None:
    said = "Ann Low, head of Reed Trust, said:\n\n“We waited long for this.\n\nAnd now that it is here we are glad of it.”\n\n"
    article = make_article(f"Lock to open\n\n{said}The boats of Fennick will pass from May.\n")

    lead = cut(article).lead

    assert lead is not None
    assert lead.text == "The boats of Fennick will pass from May."


def test_a_paragraph_of_one_mark_adds_nothing_to_a_quote() -> None:
    article = make_article(OPENING + "Dr Kit Reed said: “We will be back in spring.\n\n“And in autumn.\n\n”\n")

    (quote,) = cut(article).quotes

    assert quote.paragraphs == ("We will be back in spring.", "And in autumn.")


def test_key_sentences_are_not_the_lead_again_unless_there_is_nothing_else() -> None:
    longer = make_article(
        "The harbour of Polwithen opens its gates to everybody on Thursday.\n\n"
        "A new lock lets boats of 40 metres pass at every tide, in half an hour."
    )
    alone = make_article("The harbour of Polwithen opens its gates to everybody on Thursday.")

    assert [key.text for key in cut(longer).key_sentences] == [
        "A new lock lets boats of 40 metres pass at every tide, in half an hour."
    ]
    assert [key.text for key in cut(alone).key_sentences] == [lead.text for lead in [cut(alone).lead] if lead]


def test_a_sentence_that_a_caption_ran_into_is_no_key_sentence() -> None:
    article = make_article(
        "The harbour of Polwithen opens its gates to everybody on Thursday.\n\n"
        "RNLI poster The lifeboat station is open to visitors from noon until six.\n\n"
        "The photo exhibition shows the harbour in a hundred years of pictures."
    )

    assert [key.text for key in cut(article).key_sentences] == [
        "The photo exhibition shows the harbour in a hundred years of pictures."
    ]


@pytest.mark.parametrize(
    "people",
    [
        "Cllr Ann Low and Cllr Raj Patel",
        "Dr Lin Zhao and nurse Tom Bell",
        "Leader Ann Low and deputy leader Raj Patel",
        "Detective Inspector Tom Fox and Ann Low",
        "Ann Low and Raj Patel",
    ],
)
def test_two_people_at_once_are_nobody(people: str) -> None:
    article = make_article(f"The harbour opens on Thursday.\n\n{people} said: “We are proud of this.”")

    (quote,) = cut(article).quotes

    assert (quote.speaker, quote.role) == (None, None)


@pytest.mark.parametrize(
    ("words", "speaker"),
    [
        ("Police and Crime Commissioner Ann Low", "Ann Low"),
        ("Ann Low, Cabinet Member for Health and Social Care,", "Ann Low"),
        ("Director of Children and Families Raj Patel", "Raj Patel"),
        ("Safe and Sound chief executive Raj Patel", "Raj Patel"),
    ],
)
def test_an_and_in_a_role_is_no_second_person(words: str, speaker: str) -> None:
    article = make_article(f"The harbour opens on Thursday.\n\n{words} said: “We are proud of this.”")

    assert cut(article).quotes[0].speaker == speaker


def test_a_pronoun_between_two_people_of_one_sentence_is_nobody() -> None:
    article = make_article(
        "The harbour opens on Thursday.\n\nLock keeper Tom Fox met harbour master Roy Hart. He said: “We are proud of this.”"
    )

    assert cut(article).quotes[0].speaker is None
