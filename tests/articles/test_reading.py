"""What a file may be and still be read, and what is said when it cannot be."""

from datetime import date
from pathlib import Path

import pytest

from scheduler.articles import Article, ParagraphKind, read_article
from scheduler.errors import ArticleError, Problem


def _read(folder: Path, content: bytes | str, name: str = "release.txt") -> Article:
    (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return read_article(name, folder)


def _problem(folder: Path, content: bytes | str, name: str = "release.txt") -> Problem:
    with pytest.raises(ArticleError) as caught:
        _read(folder, content, name)
    (problem,) = caught.value.problems
    assert problem.file == name
    return problem


@pytest.mark.parametrize(
    ("content", "message", "reason"),
    [
        (b"", "is empty", "no byte"),
        (b" \n\t\r\n", "is empty", "nothing but space"),
        (b"\xef\xbb\xbf", "is empty", "nothing but a byte order mark"),
        (b"Free swimming\x00\x01", "binary", "a zero byte"),
        (b"%PDF-1.7 text", "PDF", "a PDF by another name"),
        (b"PK\x03\x04 rest", "Word", "a Word file by another name"),
        (b"\x07\x08\x0e\x0f text", "control characters", "no text, though no zero byte"),
        (b"x" * (50 * 1024 * 1024), "larger than 10 MB", "fifty megabytes"),
        (b"\xff\xfea", "says it is UTF-16", "half a letter of UTF-16"),
        ("Café “open” “daily”".encode() + b" \x93oops", "broken UTF-8", "one stray byte in UTF-8"),
        (b"Price \x81 list", "neither UTF-8 nor Windows-1252", "a byte that Windows-1252 leaves open"),
        ("---\ntitle: x\n---\n", "nothing below", "a header alone"),
    ],
)
def test_what_is_no_article_is_refused_with_one_clear_message(
    tmp_path: Path, content: bytes, message: str, reason: str
) -> None:
    assert message in _problem(tmp_path, content).message, reason


def test_a_missing_file_says_where_it_was_looked_for(tmp_path: Path) -> None:
    with pytest.raises(
        ArticleError, match=f"articles/none.md: is missing: there is no such file in {tmp_path}/articles"
    ):
        read_article("articles/none.md", tmp_path)


def test_a_folder_is_no_article(tmp_path: Path) -> None:
    (tmp_path / "articles").mkdir()

    with pytest.raises(ArticleError, match="articles: is a folder"):
        read_article("articles", tmp_path)


def test_an_address_that_is_not_of_the_web_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ArticleError, match="only files, http and https"):
        read_article("ftp://example.org/release.txt", tmp_path)


def test_an_absolute_path_is_the_persons_own_business(tmp_path: Path) -> None:
    (tmp_path / "release.txt").write_text("A path outside the workspace is read as well.")

    article = read_article(str(tmp_path / "release.txt"), tmp_path / "elsewhere")

    assert article.text == "A path outside the workspace is read as well."


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_text_is_the_same_in_every_encoding(tmp_path: Path, encoding: str) -> None:
    words = "Café opens\n\nThe café at Wexcombe costs £3 – “a bargain”, people say.\n"

    assert _read(tmp_path, words.encode(encoding)).text == words


def test_only_line_ends_change(tmp_path: Path) -> None:
    article = _read(tmp_path, "One\u00a0day.\r\n\r\nSoft\u00adhyphen  stays.\rSo does this. ")

    assert article.text == "One\u00a0day.\n\nSoft\u00adhyphen  stays.\nSo does this. "


@pytest.mark.parametrize(
    ("header", "line", "key", "message"),
    [
        ("---\ntitle: A: b: c\n---\n", 2, None, "not YAML"),
        ("---\ntitle: x\n", 1, None, "never closed"),
        ("---\n# no key\n- a\n---\n", 1, None, "keys and values"),
        ('+++\ntitle = "x\n+++\n', 2, None, "not TOML"),
        ("---\ntitle: x\npublished: soon\n---\n", 3, "published", "no date"),
        ("---\ndate: 31/02/2024\n---\n", 2, "date", "no date"),
    ],
)
def test_a_broken_header_is_said_with_its_line(
    tmp_path: Path, header: str, line: int, key: str | None, message: str
) -> None:
    problem = _problem(tmp_path, header + "\nThe body of the release stands here.\n", "release.md")

    assert message in problem.message
    assert (problem.line, problem.key) == (line, key)


def test_a_header_keeps_times_and_words_as_written(tmp_path: Path) -> None:
    article = _read(
        tmp_path,
        "---\ntitle: no\nt: 13:30\ndate: 17/03/2020\n---\nThe body of the release stands here.\n",
        "release.md",
    )

    assert article.title == "no"
    assert article.published == date(2020, 3, 17)


def test_a_rule_of_dashes_is_no_header(tmp_path: Path) -> None:
    article = _read(tmp_path, "---\nThe body of the release stands here.\n\n---\n\nAnd goes on.\n", "release.md")

    assert article.title is None
    assert "The body" in article.text


@pytest.mark.parametrize(
    ("line", "published"),
    [
        ("13:30 17/03/2020", date(2020, 3, 17)),
        ("18/03/2019", date(2019, 3, 18)),
        ("03/04/2020", date(2020, 4, 3)),
        ("2020-04-03", date(2020, 4, 3)),
        ("18th March 2019", date(2019, 3, 18)),
        ("Published: Tuesday, 18 March 2019 at 9.30am", date(2019, 3, 18)),
        ("1st of May 2024", date(2024, 5, 1)),
        ("Date: 5 Sept 2023", date(2023, 9, 5)),
        ("March 18, 2019", date(2019, 3, 18)),
        ("31/02/2024", None),
        ("03/18/2019", None),
        ("9-15 November", None),
        ("18 March", None),
        ("On 18 March 2019 the library opened.", None),
    ],
)
def test_a_date_line_is_read_in_british_order(tmp_path: Path, line: str, published: date | None) -> None:
    article = _read(
        tmp_path,
        f"{line}\n\nLibrary opens in Fennick\n\nA library has opened in Fennick, on 1 January 2001, the council said.\n",
    )

    assert article.published == published


def test_a_date_in_prose_is_never_the_articles(tmp_path: Path) -> None:
    article = _read(
        tmp_path, "Library opens\n\nThe library opened on 18 March 2019 in Fennick.\n\n17/03/2018 was wet.\n"
    )

    assert article.published is None


def test_what_stands_after_the_end_is_furniture(tmp_path: Path) -> None:
    article = _read(
        tmp_path,
        "Library opens\n\nThe library opened today.\n\n-ENDS-\n\nNotes to editors\n\nFennick has 900 people.\n",
    )

    kinds = [paragraph.kind for paragraph in article.paragraphs]
    assert kinds == [ParagraphKind.HEADING, ParagraphKind.BODY, *[ParagraphKind.FURNITURE] * 3]


def test_markdown_loses_its_marks_and_keeps_its_words(tmp_path: Path) -> None:
    article = _read(
        tmp_path,
        "# Big *day*\n\nSee **bold**, `code`, 2 * 3, snake_case and [the &amp; page](https://a.example/x_(y)) \\*so\\*.\n"
        "![picture](x.png)\n\n```\nhidden\n```\n\n<!-- gone -->\n| a | b |\n",
        "release.md",
    )

    assert article.title == "Big day"
    assert "See bold, code, 2 * 3, snake_case and the & page *so*." in article.text
    assert "hidden" not in article.text
    (anchor,) = article.anchors
    assert anchor.span is not None
    assert (anchor.url, article.at(anchor.span)) == ("https://a.example/x_(y)", "the & page")


def test_a_page_without_main_text_is_refused(tmp_path: Path) -> None:
    assert "no main text" in _problem(tmp_path, "<html><body></body></html>", "page.html").message


def test_a_page_nested_ten_thousand_deep_is_refused(tmp_path: Path) -> None:
    page = "<html><body>" + "<div>" * 10_000 + "<p>deep</p>" + "</div>" * 10_000

    assert "nested too deeply" in _problem(tmp_path, page, "page.html").message


def test_an_unknown_extension_is_read_by_its_content(tmp_path: Path) -> None:
    page = (
        "<!doctype html><html><body><main><h1>Big day</h1>"
        + "<p>The library has opened its doors to all of Fennick.</p>" * 9
    )

    assert _read(tmp_path, page, "release.page").title == "Big day"
    assert _read(tmp_path, "The library has opened.", "release").text == "The library has opened."
