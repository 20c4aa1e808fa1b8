"""Releases as press offices mail them: what stands around the news is known for what it is."""

from datetime import date

import pytest

from scheduler.articles import Article, DateOrder, ParagraphKind
from scheduler.articles.document import Document
from scheduler.articles.text import read
from scheduler.excerpts import cut
from tests.builders.articles import make_article

BODY = "Fennick Harbour Trust has opened a shelter for young people, with twelve rooms and a kitchen."


def kinds(article: Article) -> dict[str, ParagraphKind]:
    return {article.at(paragraph.span): paragraph.kind for paragraph in article.paragraphs}


@pytest.mark.parametrize(
    "line",
    [
        "PRESS RELEASE – FOR IMMEDIATE RELEASE",
        "PRESS RELEASE",
        "News release: immediate",
        "Release number: 114/2027",
        "Release no. 12",
        "Ref: WX/22",
        "NO EMBARGO",
        "STRICTLY EMBARGOED until 00:01 on Thursday 18 March 2027",
        "Press office",
        "Media contact: Jo Frame, 01632 960 123",
        "From: press@fennick.example",
        "Page 1 of 2",
        "-----------",
        "Issued: Monday, 4 May 2026",
    ],
)
def test_a_line_about_the_sheet_is_never_the_title(line: str) -> None:
    article = make_article(f"{line}\n\nNew shelter opens its doors\n\n{BODY}\n")

    assert article.title == "New shelter opens its doors"
    assert kinds(article)[line.removeprefix("- ")] is ParagraphKind.FURNITURE


def test_a_letterhead_above_the_releases_own_lines_is_not_its_title() -> None:
    article = make_article(f"Wexcombe Council\nPress release\n4 May 2026\n\nLibrary hours extended\n\n{BODY}\n")

    assert (article.title, article.published) == ("Library hours extended", date(2026, 5, 4))


def test_a_title_that_names_an_organisation_stays_the_title() -> None:
    article = make_article(f"Shelter opened by Fennick Harbour Trust\n4 May 2026\n\n{BODY}\n")

    assert article.title == "Shelter opened by Fennick Harbour Trust"


def test_the_date_of_an_event_is_not_that_of_the_release() -> None:
    invitation = make_article(f"Open day\n\nDate: 12 June 2027\nTime: 10am\nVenue: Quay Street\n\n{BODY}\n")
    release = make_article(f"Open day\n\nDate: 12 June 2027\n\n{BODY}\n")

    assert invitation.published is None
    assert release.published == date(2027, 6, 12)


def test_an_embargo_gives_the_date_only_where_nothing_else_does() -> None:
    embargo = "Embargoed: not for publication before 00.01 on Thursday 18 March 2027"

    assert make_article(f"{embargo}\n\nNew shelter opens\n\n{BODY}\n").published == date(2027, 3, 18)
    assert make_article(f"{embargo}\n\n12 March 2027\n\nNew shelter opens\n\n{BODY}\n").published == date(2027, 3, 12)


def test_a_release_may_say_at_its_end_when_it_was_issued() -> None:
    article = make_article(f"New shelter opens\n\n{BODY}\n\nENDS\n\nIssued: 12 March 2027\n")
    spoken = make_article(f"New shelter opens\n\n{BODY}\n\nENDS\n\nThe Trust was founded on 12 March 1988.\n")

    assert article.published == date(2027, 3, 12)
    assert spoken.published is None


def test_american_dates_are_read_where_they_are_asked_for() -> None:
    text = f"03/04/2027\n\nNew shelter opens\n\n{BODY}\n".encode()

    assert read(Document("release.txt", text)).published == date(2027, 4, 3)
    assert read(Document("release.txt", text, dates=DateOrder.AMERICAN)).published == date(2027, 3, 4)


def test_speech_below_the_notes_to_editors_is_quoted_with_its_speaker() -> None:
    article = make_article(
        f"New shelter opens\n\n{BODY}\n\nENDS\n\nNotes to editors\n\nThe Trust was founded in 1988.\n\n"
        "Tom Pell, chair of trustees, said:\n\n“I would like to thank every donor.\n\n“The doors would still be shut.”\n\n"
        "“Safe nights” is the name of the campaign.\n"
    )

    (quote,) = cut(article).quotes
    assert (quote.speaker, len(quote.paragraphs)) == ("Tom Pell", 2)
    assert "1988" not in " ".join(sentence.text for sentence in cut(article).key_sentences)


def test_nothing_ends_before_anything_was_said() -> None:
    article = make_article(f"New shelter opens\n\nMedia contact\nJo Frame\n\n{BODY}\n\nIt has twelve rooms.\n")

    assert kinds(article)[BODY] is ParagraphKind.BODY


def test_a_rule_between_two_parts_ends_nothing() -> None:
    article = make_article(f"New shelter opens\n\n{BODY}\n\n* * *\n\nThe doors are open every night of the year.\n")

    assert kinds(article)["The doors are open every night of the year."] is ParagraphKind.BODY


@pytest.mark.parametrize(
    "line",
    [
        "Photo caption: Readers at the library",
        "Pictured: Una Starr",
        "Picture shows (left to right) Una Starr and Bo",
        "© Bo Finch",
    ],
)
def test_a_stray_caption_is_no_prose(line: str) -> None:
    assert kinds(make_article(f"New shelter opens\n\n{BODY}\n\n{line}\n"))[line] is ParagraphKind.CAPTION


def test_the_width_of_wrapped_lines_is_that_of_the_lines_that_surely_go_on() -> None:
    article = make_article(
        "From: Friends of the Lock at Fennick, beside the old mill <lock@fennick.example>\n"
        "To: newsdesk@echo.example\n"
        "Subject: Lock opens\n\n"
        "The lock at Fennick opens on Sunday, four years after it was\nclosed for want of a keeper who could swim and who\n"
        "Tom Pike would trust.\n\n"
        'Lock keeper Ann Low said: "You need no strength at all.\nIt is like the telling of a joke, or the catching of\na bus."\n'
    )

    excerpts = cut(article)
    assert excerpts.lead is not None
    assert excerpts.lead.text.endswith("Tom Pike would trust.")
    assert [quote.text.endswith("a bus.") for quote in excerpts.quotes] == [True]
    assert [contact.value for contact in excerpts.contacts] == ["lock@fennick.example"]


def test_lines_of_a_link_list_stay_apart_in_wrapped_text() -> None:
    wrapped = (
        "Libraries in Wexcombe will stay open until nine in the evening from\nJune after residents asked for it in a survey.\n\n"
        "Join online - https://libraries.wexcombe.example/join-the-library-today\n"
        "https://libraries.wexcombe.example/hours-of-every-library-in-wexcombe-and-beyond-the-river-as-a-table\n"
        "Find a library: https://libraries.wexcombe.example/find\n"
    )
    article = make_article(f"Library hours extended\n\n{wrapped}")

    assert len(article.paragraphs) == 5
    assert [paragraph.kind for paragraph in article.paragraphs[2:]] == [ParagraphKind.LINKS] * 3


def test_narrow_lines_and_lines_that_end_within_a_phrase_were_wrapped() -> None:
    article = make_article(
        "Ladders checked at Fennick harbour\n\n"
        "The Harbour Trust has looked at all of the\nladders on the quay since the storm in\n"
        "May, and has found ninety loose ones.\n\n"
        "Harbour Master Ann Low said: “We ask the\nboatmen to look as well, and to tell the\n"
        "Trust when they find rust or a rung that\nis loose.”\n"
    )

    (quote,) = cut(article).quotes
    assert quote.speaker == "Ann Low"
    assert quote.text.endswith("is loose.")


def test_a_line_that_was_broken_once_within_a_phrase_goes_on() -> None:
    first = (
        "Keepers from all the locks on the river between Marsden and Fennick Harbour met on Sunday in the hall of the"
    )
    article = make_article(f"Keepers meet\n\n{first}\nHarbour Trust, where there was cake.\n\n{BODY}\n")

    lead = cut(article).lead
    assert lead is not None
    assert lead.text.endswith("there was cake.")
