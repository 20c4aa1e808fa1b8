"""Markdown: headers of every kind, blockquotes as speech, captions below pictures."""

from datetime import date

import pytest

from scheduler.articles import Article, ParagraphKind
from scheduler.articles.document import Document
from scheduler.articles.markdown import read
from scheduler.excerpts import cut

BODY = "The harbour opens on Saturday for the first time since the storm, with forty boats."


def article_of(text: str) -> Article:
    return read(Document("release.md", text.encode()))


def kind_of(article: Article, words: str) -> ParagraphKind:
    (paragraph,) = (each for each in article.paragraphs if article.at(each.span) == words)
    return paragraph.kind


@pytest.mark.parametrize(
    "header",
    [
        "---\ntitle: Harbour day\ndate: 18/03/2027\n---",
        '+++\ntitle = "Harbour day"\ndate = 2027-03-18\n+++',
        "```yaml\ntitle: Harbour day\npublished: 18 March 2027\n```",
        '```toml\ntitle = "Harbour day"\ndate = "18/03/2027"\n```',
    ],
)
def test_a_header_of_any_kind_gives_title_and_date(header: str) -> None:
    article = article_of(f"{header}\n\n{BODY}\n")

    assert (article.title, article.published, article.text) == ("Harbour day", date(2027, 3, 18), BODY)


@pytest.mark.parametrize(
    "signature",
    ["— Mara Quill, director", "-- **Mara Quill**, director", "- Mara Quill, director", "\n> – Mara Quill, director"],
)
def test_the_line_that_closes_a_blockquote_says_who_spoke(signature: str) -> None:
    (quote,) = cut(article_of(f"# Harbour\n\n{BODY}\n\n> The harbour is ours again.\n> {signature}\n")).quotes

    assert (quote.speaker, quote.role, quote.paragraphs) == ("Mara Quill", "director", ("The harbour is ours again.",))


def test_a_signed_blockquote_is_not_the_speech_of_who_is_quoted_above_it() -> None:
    article = article_of(
        f"# Harbour\n\n{BODY}\n\nMara Quill, director, said:\n\n> We waited nine years for this day.\n\n"
        "> The roof does not leak any more.\n> — Tom Pell, chair\n"
    )

    assert [(quote.speaker, quote.text) for quote in cut(article).quotes] == [
        ("Mara Quill", "We waited nine years for this day."),
        ("Tom Pell", "The roof does not leak any more."),
    ]


def test_a_list_inside_a_blockquote_is_part_of_the_speech() -> None:
    (quote,) = cut(
        article_of(
            f"# Harbour\n\n{BODY}\n\nMara Quill, director, said:\n\n> Thank you:\n>\n> - to the crews\n> - to the cooks\n"
        )
    ).quotes

    assert quote.paragraphs == ("Thank you:", "to the crews", "to the cooks")


def test_a_heading_among_the_notes_may_name_the_speaker() -> None:
    article = article_of(
        f"# Harbour\n\n{BODY}\n\n## Notes to editors\n\n### Ade Bright, cabinet member\n\n> The roof is paid.\n"
    )

    (quote,) = cut(article).quotes
    assert (quote.speaker, quote.text) == ("Ade Bright", "The roof is paid.")


@pytest.mark.parametrize("picture", ["![Boats](boats.jpg)\n*Boats at rest*", "![Boats](boats.jpg)\n\n*Boats at rest*"])
def test_words_in_italics_below_a_picture_are_its_caption(picture: str) -> None:
    article = article_of(f"# Harbour\n\n{picture}\n\n{BODY}\n")

    assert kind_of(article, "Boats at rest") is ParagraphKind.CAPTION
    assert article.title == "Harbour"


def test_a_paragraph_in_italics_elsewhere_is_prose() -> None:
    assert (
        kind_of(article_of(f"# Harbour\n\n{BODY}\n\n*It was a good day for all.*\n"), "It was a good day for all.")
        is ParagraphKind.BODY
    )


def test_a_comment_is_not_read_and_one_without_end_hides_nothing() -> None:
    article = article_of(f"# Harbour\n\n<!-- not\nthis -->{BODY}\n\n<!-- still here\n")

    assert "not" not in article.text
    assert "still here" in article.text


def test_what_the_author_struck_out_is_not_read() -> None:
    article = article_of(
        "# Harbour day\n\nThe harbour ~~shuts~~ opens on Saturday for the first time since the storm.\n"
    )

    assert article.text.endswith("\n\nThe harbour opens on Saturday for the first time since the storm.")
