"""An embargo is read as press offices write it, and refused where it could be read in two ways."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from scheduler.articles import Article
from scheduler.articles.document import Document
from scheduler.articles.embargo import parse_embargo
from scheduler.articles.markdown import read
from scheduler.articles.text import read as read_text
from scheduler.errors import ArticleError


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2027-03-18 00:01", datetime(2027, 3, 18, 0, 1)),  # noqa: DTZ001 (by the clocks of the campaign)
        ("2027-03-18T00:01:00+01:00", datetime(2027, 3, 18, 0, 1, tzinfo=timezone(timedelta(hours=1)))),
        ("2027-03-18T00:01:00Z", datetime(2027, 3, 18, 0, 1, tzinfo=UTC)),
        ("2027-03-18", datetime(2027, 3, 18)),  # noqa: DTZ001
        ("18 March 2027, 00:01", datetime(2027, 3, 18, 0, 1)),  # noqa: DTZ001
        ("00:01 18/03/2027", datetime(2027, 3, 18, 0, 1)),  # noqa: DTZ001
        ("Thursday 18 March 2027 at 06:30", datetime(2027, 3, 18, 6, 30)),  # noqa: DTZ001
    ],
)
def test_a_moment_is_read(written: str, moment: datetime) -> None:
    assert parse_embargo(written) == moment


@pytest.mark.parametrize(
    "written",
    [
        "soon",
        "00:01",
        "18 March",
        "31 February 2027",
        "2027-03-18 25:00",
        "18 March 2027, 6pm",
        "18 March 2027, 12 noon",
        "18 March 2027, 00:01 BST",
        "18 March 2027, 00:01 or 06:00",
        "",
    ],
)
def test_what_is_no_moment_or_could_be_two_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match='expected a moment such as "2027-03-18 00:01"'):
        parse_embargo(written)


def _article(header: str) -> Article:
    return read(Document("gates.md", f"---\ntitle: Gates\n{header}\n---\n\nThe harbour opens its gates.\n".encode()))


def test_an_article_states_its_embargo_in_its_header() -> None:
    assert _article("embargo: 2027-03-18 00:01").embargo == datetime(2027, 3, 18, 0, 1)  # noqa: DTZ001
    assert _article("date: 2027-03-17").embargo is None
    assert _article("embargo:").embargo is None


@pytest.mark.parametrize("key", ["Embargo", "embargo_until", "embargoed", "Embargo date"])
def test_a_key_that_is_nearly_the_right_one_counts(key: str) -> None:
    assert _article(f"{key}: 2027-03-18 00:01").embargo == datetime(2027, 3, 18, 0, 1)  # noqa: DTZ001


@pytest.mark.parametrize("written", ["soon", "[2027-03-18]", "no"])
def test_a_bad_embargo_is_an_error_with_its_file_line_and_key(written: str) -> None:
    with pytest.raises(ArticleError, match=r"^gates\.md:3: embargo: expected a moment such as "):
        _article(f"embargo: {written}")


@pytest.mark.parametrize(
    ("line", "moment"),
    [
        ("EMBARGOED UNTIL 00.01 THURSDAY 4 JUNE 2027", datetime(2027, 6, 4, 0, 1)),  # noqa: DTZ001
        ("Strictly embargoed until 6am on 4 June 2027", datetime(2027, 6, 4, 6)),  # noqa: DTZ001
        ("Under embargo until Friday 04.06.2027 at 6.30 p.m.", datetime(2027, 6, 4, 18, 30)),  # noqa: DTZ001
        ("PRESS RELEASE – EMBARGOED UNTIL 0001 hrs 4 June 2027", datetime(2027, 6, 4, 0, 1)),  # noqa: DTZ001
        ("Embargo: 4 June 2027", datetime(2027, 6, 4)),  # noqa: DTZ001
        ("Embargoed until noon, 4 June 2027", datetime(2027, 6, 4, 12)),  # noqa: DTZ001
        ("Embargoed until midnight, 4 June 2027", datetime(2027, 6, 5)),  # noqa: DTZ001
        ("EMBARGOED until 00:01 on 4 June 2027 (23:01 GMT on 3 June 2027)", datetime(2027, 6, 4, 23, 1)),  # noqa: DTZ001
        ("Not for publication before 00.01 on 4 June 2027", datetime(2027, 6, 4, 0, 1)),  # noqa: DTZ001
        ("*** EMBARGOED – 0001 Thursday 4 June 2027 ***", datetime(2027, 6, 4, 0, 1)),  # noqa: DTZ001
        ("EMBARGO\n00.01 hrs, Thursday 4 June 2027", datetime(2027, 6, 4, 0, 1)),  # noqa: DTZ001
        ("This press release is strictly embargoed until 4 June 2027", datetime(2027, 6, 4)),  # noqa: DTZ001
        ("No embargo. Issued on 4 June 2027", None),
        ("For immediate release, 4 June 2027", None),
    ],
)
def test_a_line_above_the_text_states_an_embargo(line: str, moment: datetime | None) -> None:
    article = read_text(Document("mill.txt", f"{line}\n\nMill opens\n\nThe mill opened its doors.\n".encode()))

    assert (article.embargo, article.unclear_embargo) == (moment, None)


def test_a_line_that_names_no_day_is_told() -> None:
    article = read_text(
        Document("mill.txt", b"Embargoed until the launch\n\nMill opens\n\nThe mill opened its doors.\n")
    )

    assert (article.embargo, article.unclear_embargo) == (None, "Embargoed until the launch")


@pytest.mark.parametrize("title", ["Embargo on mills from 4 June 2027", "Arms embargo to stay until 4 June 2027"])
def test_news_about_an_embargo_is_under_none(title: str) -> None:
    news = title.encode() + b"\n\nThe mill was embargoed until 4 June 2027 by its owner.\n\nIt opened its doors.\n"

    article = read_text(Document("mill.txt", news))
    assert (article.embargo, article.unclear_embargo) == (None, None)
