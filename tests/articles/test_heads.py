"""What stands above a release: letterheads, kinds, dates and titles in the orders in which offices put them."""

from datetime import date

import pytest

from scheduler.excerpts import cut
from tests.builders.articles import make_article

TITLE = "Otters seen in city centre for first time"
LEAD = "Two otters have been seen on the steps of the town hall in Marsden, the council said on Monday."
BODY = "They were eating a fish, which they did not share. A council officer looked on from a window."
DAY = date(2025, 5, 3)


@pytest.mark.parametrize(
    "head",
    [
        "{title}\n\n3 May 2025",
        "3 May 2025\n\n{title}",
        "{title}\n3 May 2025",
        "PRESS RELEASE\n\n{title}\n\n3 May 2025",
        "Press Release: {title}\n\n3 May 2025",
        "PRESS RELEASE – {title}\n\n3 May 2025",
        "News | 3 May 2025\n\n{title}",
        "3 May 2025\nNews\n\n{title}",
        "Marsden Council\n\n3 May 2025\n\n{title}",
        "Marsden Council News Release\n3 May 2025\n\n{title}",
        "MARSDEN COUNCIL\nPress Office\nTown Hall, Marsden MA1 1AA\nTel: 01632 960 001\n\n3 May 2025\n\n{title}",
        "Issued on behalf of Marsden Council\n3 May 2025\n\n{title}",
        "ISSUED BY MARSDEN COUNCIL ON 3 MAY 2025\n\n{title}",
        "Date: 3 May 2025\nTitle: {title}",
        "Headline: {title}\nDate: 3/5/25",
        "For immediate release: 3 May 2025\n\n{title}",
        "FOR IMMEDIATE RELEASE – Saturday 3 May 2025\n\n{title}",
        "Immediate release\nSaturday, May 3, 2025\n\n{title}",
        "Embargoed until 00.01 Saturday 3 May 2025\n\n{title}",
        "EMBARGO: 0001hrs, 3rd May 2025\n\n{title}",
        "Not for release before 3 May 2025\n\n{title}",
        "Release date: 3 May 2025\n\n{title}",
        "Issue date: 03/05/2025 | Ref: MC/123\n\n{title}",
        "3.5.2025\n\n{title}",
        "03-05-2025\n\n{title}",
        "2025-05-03\n\n{title}",
        "Sat 3 May 25\n\n{title}",
        "3rd of May 2025\n\n{title}",
        "Posted: 3 May 2025 at 14:30 by Press Office\n\n{title}",
        "14:30 03/05/2025\n\n{title}",
        "03/05/2025 14:30:00\n\n{title}",
        "3 May 2025, 2.30pm\n\n{title}",
        "{title}\n\nPublished: 3 May 2025\n\nCategory: Wildlife",
        "{title}\n\nPublished 3 May 2025 | Last updated 9 June 2025",
        "{title}\n\nDate published: 3 May 2025\n\nTags: otters, wildlife",
        "{title}\n\nThis news article is more than a year old.\n\n3 May 2025",
        "{title}\n\nBy Mary Poe\n\n3 May 2025",
        "{title}\n\nBy Mary Poe, 3 May 2025",
        "{title}\n\nPhoto: two otters on the steps\n\n3 May 2025",
        "{title}\n\n(3 May 2025)",
        "{title}\n\nMarsden, 3 May 2025",
        "{title}\n\nWildlife\n\n3 May 2025\n\n2 minute read",
        "{title} (3 May 2025)",
        "{title} - 3 May 2025",
        "Home > News > {title}\n\n{title}\n\n3 May 2025",
        "Press release 45/25\n\n3 May 2025\n\n{title}\n\nOfficials say they ate a fish",
        "Media contact: Mary Poe, 01632 960 001, mary@marsden.example.org\n\n3 May 2025\n\n{title}",
        "Subject: {title}\nDate: Sat, 3 May 2025 10:00:00 +0100\nFrom: press@marsden.example.org",
        "Dear editor,\n\nPlease see below.\n\n3 May 2025\n\n{title}",
        "***PRESS RELEASE***\n\n3 May 2025\n\n{title}",
        "NEWS RELEASE                    3 May 2025\n\n{title}",
        "Issued by: Communications, Marsden Council\nIssue date: 3 May 2025\nFor immediate use\n\n{title}",
        "The Corn Hall, Marsden\nPress release - 03.05.2025\n\n{title}",
        "Press release: {title}\n\nDate of issue: 3 May 2025",
        "MEDIA RELEASE: {title}\n3 May 2025",
        "News from the Marsden Rivers Trust\nRelease number: MC/12\nDate: 3.5.25\n\n{title}",
        "Home » News » {title}\n\n{title}\n\nPosted on 3 May 2025",
        "{title}\n\n3 May 2025 · 4 minute read",
        "{title}\n\n3 May 2025 | 2 min read | Share",
        "{title}\n\nReading time: 3 minutes\n\n3 May 2025",
        "Release date: Saturday 3rd May 2025\nRelease time: immediate\n\n{title}",
        "3 May 2025, Marsden\n\n{title}",
        "Marsden Council press release, 3 May 2025\n\n{title}",
        "News from Marsden Police\nRelease ref: 2025/0503/3\nIssued at 11.20 on 03/05/2025\n\n{title}",
        "Marsden Council\tNews release\t3 May 2025\n\n{title}",
        "Marsden Council // news release // 3 May 2025\n\n{title}",
        "Marsden Council news release no. 118/25\n\n3 May 2025\n\n{title}",
        "NEWS FROM MARSDEN POLICE\nIssued: 03.05.2025, 0700hrs\n\n{title}",
        "MARSDEN COMMUNITY SAFETY FORUM\n\nJoint statement issued on behalf of partners, 18:00, Saturday 3 May 2025\n\n{title}",
        "From: press@marsden.example.org\nDate: 3 May 2025 10:12\nSubject: FW: PRESS RELEASE: {title}\n\nHi all,\n\n{title}",
        "Press Notice No: 26-25                             3 May, 2025\n\n{title}",
        "MARSDEN COUNCIL News Release (MC-21-25) issued by The Marsden News Network on 3 May 2025\n\n{title}",
        "{title}\n\n3 May 2025\n\nWarning: this story contains details that some readers may find upsetting.",
    ],
)
def test_title_date_and_lead_are_found_below_every_head(head: str) -> None:
    article = make_article(f"{head.format(title=TITLE)}\n\n{LEAD}\n\n{BODY}\n")

    lead = cut(article).lead
    assert article.title == TITLE
    assert article.published == DAY
    assert lead is not None
    assert lead.text == LEAD


@pytest.mark.parametrize("line", ["May 2025", "Saturday 3 May", "Spring 2025"])
def test_a_day_that_is_not_whole_is_no_date_and_no_title(line: str) -> None:
    article = make_article(f"{line}\n\n{TITLE}\n\n{LEAD}\n\n{BODY}\n")

    assert article.title == TITLE
    assert article.published is None


def test_the_name_of_an_organisation_that_is_named_again_is_no_title() -> None:
    article = make_article(
        f"MARSDEN RIVERS TRUST\n\n{TITLE}\n\n3/5/25\n\n{LEAD}\n\nThe Marsden Rivers Trust is glad.\n"
    )

    assert article.title == TITLE
    assert article.published == DAY


def test_a_headline_may_begin_as_a_warning_does() -> None:
    article = make_article(f"Marsden Council\nNews\n\nWarning over river levels\n\n3 May 2025\n\n{LEAD}\n\n{BODY}\n")

    assert article.title == "Warning over river levels"
    assert article.published == DAY


@pytest.mark.parametrize(
    "line",
    [
        "Statement: {title}",
        "STATEMENT: {title} – 3 May 2025",
        "Media statement – {title}",
        "Joint statement: {title}",
        "PRESS RELEASE | 3 May 2025 | {title}",
        "3 May 2025 | Press release | {title}",
        "Press release | {title} | 3 May 2025",
        "NEWS RELEASE - 3 May 2025 - {title}",
        "Marsden Council | News release | {title}",
        "Press release – Marsden Rivers Trust – {title}",
        "Marsden Rivers Trust news release: {title}",
        "Marsden Rivers Trust statement: {title}",
        "Media release 14/25: {title}",
        "Press release no. 14: {title}",
        "PRESS RELEASE 3 May 2025: {title}",
        "3 May 2025: {title}",
        "News: {title}",
        "For immediate release: {title}",
        "[PRESS RELEASE] {title}",
        "PRESS RELEASE\t{title}",
        "Press release. {title}",
        "{title} | Press release",
        "{title} | Marsden Rivers Trust",
        "EMBARGOED until 00.01 on 3 May 2025: {title}",
    ],
)
def test_a_title_is_told_from_what_the_same_line_says_of_the_sheet(line: str) -> None:
    head = line.format(title=TITLE)
    article = make_article(f"{head}\n\n{LEAD}\n\n{BODY}\n")

    assert article.title == TITLE
    assert article.published == (DAY if "May" in line else None)


@pytest.mark.parametrize(
    "line",
    [
        "Otters: the story of a river",
        "Otters seen – and they stayed for lunch",
        "Otters are back | Steps of town hall are theirs",
        "Statement of support for otters",
        "Marsden: a town of otters",
        "Statement from Marsden Rivers Trust",
        "Joint statement by Marsden Council and the Marsden Rivers Trust",
    ],
)
def test_a_title_with_signs_in_it_stays_whole(line: str) -> None:
    assert make_article(f"{line}\n\n3 May 2025\n\n{LEAD}\n\n{BODY}\n").title == line


@pytest.mark.parametrize("line", ["PRESS RELEASE | 3 May 2025 | Otters Are Back", "PRESS RELEASE – Otters Are Back"])
def test_few_words_that_may_be_the_senders_name_are_the_title_where_nothing_else_is(line: str) -> None:
    assert make_article(f"{line}\n\n{LEAD}\n\n{BODY}\n").title == "Otters Are Back"
    assert make_article(f"{line}\n\n{TITLE}\n\n{LEAD}\n\n{BODY}\n").title == TITLE


def test_a_statement_that_follows_its_label_is_no_title() -> None:
    told = (
        "Statement: We know that two otters have been seen on the steps of the town hall, and they are welcome there."
    )
    article = make_article(f"{TITLE}\n\n3 May 2025\n\n{told}\n\n{BODY}\n")

    assert article.title == TITLE
    assert make_article(f"3 May 2025\n\n{told}\n\n{BODY}\n").title is None


def test_the_line_that_says_whose_statement_it_is_goes_behind_a_title() -> None:
    article = make_article(f"Statement from Marsden Rivers Trust\n\n{TITLE}\n\n{LEAD}\n\n{BODY}\n")

    assert article.title == TITLE


def test_an_embargo_in_the_line_of_the_title_holds() -> None:
    article = make_article(f"EMBARGOED until 00.01 on 3 May 2025: {TITLE}\n\n{LEAD}\n\n{BODY}\n")

    assert article.embargo is not None
    assert article.embargo.date() == DAY


@pytest.mark.parametrize(
    "title",
    [
        "OTTERS SEEN IN CITY CENTRE FOR FIRST TIME\nSINCE THE MILL ON THE QUAY WAS CLOSED",
        "Otters seen in city centre for the\nFirst Time since the Mill Closed",
        "Otters seen in city centre for first time\nsince the mill on the quay was closed",
    ],
)
def test_a_title_may_be_broken_over_two_lines(title: str) -> None:
    article = make_article(f"PRESS RELEASE\n3 May 2025\n\n{title}\n\n{LEAD}\n\n{BODY}\n")

    lead = cut(article).lead
    assert article.title == title.replace("\n", " ")
    assert lead is not None
    assert lead.text == LEAD


def test_a_title_above_a_place_a_list_or_a_sender_ends_with_its_line() -> None:
    place = make_article(f"{TITLE}\nThe Town Hall in Marsden\n3 May 2025\n\n{LEAD}\n\n{BODY}\n")
    listed = make_article(f"{TITLE}\n- a pair of otters on the steps\n- a fish from the fountain\n\n{LEAD}\n\n{BODY}\n")

    assert place.title == TITLE
    assert listed.title == TITLE


@pytest.mark.parametrize(
    "head",
    [
        "MARSDEN COUNCIL\n\nPress notice 2025/077\n\n3 May 2025\n\n{title}",
        "DEPARTMENT FOR RIVERS AND LAKES\n\nMedia advisory 12\n\n3 May 2025\n\n{title}",
        "Marsden Rivers news\n3 May 2025\n\n{title}",
        "Datganiad i'r wasg / Press release\n3 Mai / 3 May 2025\n\n{title}",
        "Datganiad i’r wasg\n3 Mai 2025\n\n{title}",
    ],
)
def test_title_and_date_are_found_below_other_senders_and_sheets(head: str) -> None:
    article = make_article(f"{head.format(title=TITLE)}\n\n{LEAD}\n\n{BODY}\n")

    assert article.title == TITLE
    assert article.published == DAY
