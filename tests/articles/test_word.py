"""Word files: read as the page shows them with every change accepted, or refused with one clear message."""

import io
import zipfile
from datetime import date
from typing import Any

import pytest

from scheduler.articles import Article, ParagraphKind
from scheduler.articles.document import Document
from scheduler.articles.docx import read
from scheduler.errors import ArticleError
from scheduler.excerpts import cut
from tests.builders.word_files import make_docx, paragraph, text_run

BODY = paragraph("Fennick Harbour Trust has opened a shelter for twelve young people.")
SECOND = paragraph("It is open every night of the year, whatever the weather.")


def article_of(*body: str, **more: Any) -> Article:
    return read(Document("release.docx", make_docx(*body, **more)))


def kinds(article: Article) -> list[tuple[str, ParagraphKind]]:
    return [(article.at(each.span), each.kind) for each in article.paragraphs]


def refusal(content: bytes) -> str:
    with pytest.raises(ArticleError) as caught:
        read(Document("release.docx", content))
    return str(caught.value)


def test_styles_tell_title_heading_caption_and_list() -> None:
    article = article_of(
        paragraph("PRESS RELEASE", style="H1"),
        paragraph("12/03/2027"),
        paragraph("Shelter opens", style="Title"),
        BODY,
        paragraph("Why it matters", style="H1"),
        paragraph("A boat at the gate", style="Caption"),
        paragraph("twelve rooms", listed=True),
    )

    assert (article.title, article.published) == ("Shelter opens", date(2027, 3, 12))
    assert kinds(article)[4:] == [
        ("Why it matters", ParagraphKind.HEADING),
        ("A boat at the gate", ParagraphKind.CAPTION),
        ("twelve rooms", ParagraphKind.LIST_ITEM),
    ]


@pytest.mark.parametrize("style", ["Quote", "Intense", "House"])
def test_paragraphs_of_a_quote_style_are_speech(style: str) -> None:
    article = article_of(
        BODY,
        SECOND,
        paragraph("Tom Pell, chair, said:"),
        paragraph("We thank all.", style=style),
        paragraph("Truly.", style=style),
    )

    (quote,) = cut(article).quotes
    assert (quote.speaker, quote.paragraphs) == ("Tom Pell", ("We thank all.", "Truly."))


def test_tracked_changes_are_read_as_accepted_and_comments_not_at_all() -> None:
    deleted = f'<w:del w:id="1"><w:r><w:delText>ten</w:delText></w:r></w:del><w:moveFrom w:id="3">{text_run("moved ")}</w:moveFrom>'
    inserted = f'<w:ins w:id="2">{text_run("twelve")}</w:ins>'
    comment = '<w:commentRangeStart w:id="0"/><w:r><w:commentReference w:id="0"/></w:r>'

    article = article_of(BODY, paragraph("It costs ", deleted, inserted, comment, " pounds a night to run."))

    assert article.text.endswith("It costs twelve pounds a night to run.")


def test_a_deleted_paragraph_end_joins_the_two() -> None:
    article = article_of(BODY, paragraph("Split in ", end_deleted=True), paragraph("two by mistake."))

    assert article.text.endswith("Split in two by mistake.")


def test_links_keep_their_labels() -> None:
    field = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> HYPERLINK "https://f.example/give" </w:instrText></w:r>'
        f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{text_run("give")}<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )
    article = article_of(
        BODY,
        paragraph("See ", f'<w:hyperlink r:id="l1">{text_run("our page")}</w:hyperlink>', " or ", field, "."),
        links={"l1": "https://f.example/shelter"},
    )

    found = [(anchor.url, anchor.label, anchor.span and article.at(anchor.span)) for anchor in article.anchors]
    assert found == [
        ("https://f.example/shelter", "our page", "our page"),
        ("https://f.example/give", "give", "give"),
    ]
    assert article.text.endswith("See our page or give.")


def test_a_text_box_is_read_once_and_a_quote_pulled_out_of_the_body_not_again() -> None:
    pulled = paragraph("“We waited nine years for this key, and today it turns.”")
    box = f"<w:txbxContent>{pulled}{paragraph('Call 01632 960 123')}</w:txbxContent>"
    shape = (
        f'<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing>{box}</w:drawing></mc:Choice>'
        f"<mc:Fallback><w:pict>{box}</w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )
    article = article_of(
        paragraph("Words around ", shape, "a box stay one paragraph."),
        paragraph("Mara Quill, director, said: “We waited nine years for this key, and today it turns.”"),
    )

    assert article.text.count("01632 960 123") == 1
    assert len(cut(article).quotes) == 1
    assert kinds(article)[0][0] == "Words around a box stay one paragraph."


def test_a_row_of_short_cells_is_one_paragraph_and_a_layout_table_is_not() -> None:
    row = f"<w:tr><w:tc>{paragraph('Date:')}</w:tc><w:tc>{paragraph('12/03/2027')}</w:tc></w:tr>"
    layout = f"<w:tr><w:tc>{BODY}{SECOND}</w:tc></w:tr>"
    article = article_of(f"<w:tbl>{row}</w:tbl>", f"<w:tbl>{layout}</w:tbl>")

    assert article.published == date(2027, 3, 12)
    assert [kind for _, kind in kinds(article)] == [ParagraphKind.FURNITURE, ParagraphKind.BODY, ParagraphKind.BODY]


def test_spaces_and_hyphens_that_word_keeps_are_kept() -> None:
    article = article_of(
        BODY,
        paragraph("Twelve\u00a0rooms, well", "<w:r><w:noBreakHyphen/></w:r>", "lit", "<w:r><w:softHyphen/></w:r>", "."),
    )

    assert article.text.endswith("Twelve\u00a0rooms, well\u2011lit\u00ad.")


@pytest.mark.parametrize("mark", ["<w:strike/>", "<w:dstrike/>"])
def test_what_the_author_struck_out_is_not_read(mark: str) -> None:
    struck = f"<w:r><w:rPr>{mark}</w:rPr><w:t>secret</w:t></w:r>"
    kept = '<w:r><w:rPr><w:strike w:val="0"/></w:rPr><w:t>kept</w:t></w:r>'

    text = article_of(BODY, paragraph(struck, "Open."), paragraph(kept, "As well."), SECOND).text

    assert "secret" not in text
    assert "kept" in text


def test_hidden_text_and_placeholders_are_not_read() -> None:
    hidden = "<w:r><w:rPr><w:vanish/></w:rPr><w:t>secret</w:t></w:r>"
    control = f"<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{paragraph('Click to enter text')}</w:sdtContent></w:sdt>"

    text = article_of(BODY, paragraph(hidden, "Open."), control, SECOND).text

    assert "secret" not in text
    assert "Click" not in text
    assert "every night" in text


def test_line_breaks_stand_for_paragraphs_where_people_use_them_so() -> None:
    article = article_of(paragraph("PRESS RELEASE", "<w:r><w:br/></w:r>", "12 March 2027"), BODY)

    assert article.published == date(2027, 3, 12)


def test_the_files_own_dates_are_never_taken() -> None:
    core = b'<coreProperties xmlns:dcterms="x"><dcterms:created>2001-01-01T00:00:00Z</dcterms:created></coreProperties>'

    content = make_docx(paragraph("Shelter opens", style="Title"), BODY, parts={"docProps/core.xml": core})

    assert read(Document("release.docx", content)).published is None


def _bomb() -> bytes:
    return make_docx(parts={"word/document.xml": b" " * (60 * 1024 * 1024)})


def _with_password() -> bytes:
    package = bytearray(make_docx(BODY))
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = package.find(mark)
        while at >= 0:
            package[at + flags] |= 1
            at = package.find(mark, at + 1)
    return bytes(package)


def _zip_of_pictures() -> bytes:
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr("a.png", b"x")
    return package.getvalue()


@pytest.mark.parametrize(
    ("content", "message", "reason"),
    [
        (b"", "is empty", "no byte"),
        (b"\xd0\xcf\x11\xe0" + b"\x00" * 600, "an old Word file (.doc) or needs a password", "a .doc by another name"),
        (b"Just some words.", "is no Word file, whatever its name says", "text by another name"),
        (make_docx(BODY)[:400], "is a broken Word file", "cut off"),
        (_zip_of_pictures(), "is a ZIP file and no Word file", "a ZIP by another name"),
        (_with_password(), "needs a password", "encrypted parts"),
        (_bomb(), "unpacks to more than 20 MB", "a bomb"),
        (make_docx(), "holds no text", "no paragraph"),
        (make_docx(parts={"word/document.xml": b"<w:document"}), "its XML is broken", "broken inside"),
        (
            make_docx(parts={"word/document.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}),
            "declares a document type",
            "entities",
        ),
    ],
)
def test_what_is_no_word_file_is_refused_with_one_clear_message(content: bytes, message: str, reason: str) -> None:
    assert message in refusal(content), reason
