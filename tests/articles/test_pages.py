"""Pages: the article and nothing around it, with what the page states about itself."""

from datetime import date
from pathlib import Path

import pytest

from scheduler.articles import Article, ParagraphKind, read_article
from scheduler.articles.document import Document
from scheduler.articles.html import read
from scheduler.errors import ArticleError
from scheduler.excerpts import cut

LEAD = "<p>Fennick Harbour Trust has opened a shelter for twelve young people who cannot go home.</p>"
MORE = "<p>It stands on Quay Street, has a kitchen, and is open on every night of the year, whatever the weather.</p>"
SPOKEN = (
    "<p>Mara Quill, director of the Trust, said:</p><blockquote><p>We waited nine years for this key.</p></blockquote>"
)


def article_of(inner: str, head: str = "", around: str = "") -> Article:
    page = (
        f"<!doctype html><html lang='en-GB'><head>{head}</head><body>{around}<main><h1>Shelter opens</h1>"
        f"{LEAD}{MORE}{inner}{MORE}</main></body></html>"
    )
    return read(Document("page.html", page.encode()))


def words(article: Article) -> list[str]:
    return [article.at(paragraph.span) for paragraph in article.paragraphs]


@pytest.mark.parametrize(
    "embedded",
    [
        '<blockquote class="twitter-tweet"><p>So proud of all today!</p>&mdash; T (@trust) <a href="/t/1">1 May</a></blockquote>',
        '<blockquote class="mastodon-embed" data-embed-url="x"><p>So proud of all today!</p></blockquote>',
        '<blockquote class="bluesky-embed" data-bluesky-uri="x"><p>So proud of all today!</p></blockquote>',
        '<blockquote class="instagram-media" data-instgrm-permalink="x"><p>So proud of all today!</p></blockquote>',
        '<iframe src="https://m.example/embed"><p>So proud of all today!</p></iframe>',
        '<figure class="wp-block-embed is-provider-x"><p>So proud of all today!</p></figure>',
    ],
)
def test_an_embedded_social_post_is_no_speech_and_not_read(embedded: str) -> None:
    article = article_of(SPOKEN + embedded)

    (quote,) = cut(article).quotes
    assert (quote.speaker, quote.text) == ("Mara Quill", "We waited nine years for this key.")
    assert "proud" not in article.text


@pytest.mark.parametrize(
    "clutter",
    [
        '<div class="share-buttons"><p>Tell all of your friends about this on your favourite network today</p></div>',
        '<ul class="social-links"><li><a href="/t">Tell all of your friends</a></li></ul>',
        '<div id="cookie-banner"><p>Tell all of your friends that we use cookies to make this site work</p></div>',
        "<nav><p>Tell all of your friends</p></nav>",
        '<section class="related-content"><h2>For friends</h2><p>Another story about the old harbour</p></section>',
        '<div role="dialog"><p>Tell all of your friends about our newsletter, which comes on Mondays</p></div>',
        '<div class="newsletter-signup"><p>Tell all of your friends about our newsletter, which comes on Mondays</p></div>',
    ],
)
def test_what_stands_around_an_article_is_no_part_of_it(clutter: str) -> None:
    assert "friends" not in article_of(clutter).text
    assert "friends" not in article_of("", around=clutter).text


def test_an_article_in_an_element_with_an_unlucky_name_is_still_read() -> None:
    page = f'<html><body><div class="page related-news menu"><h1>Shelter opens</h1>{LEAD}{MORE}{SPOKEN}</div></body></html>'

    article = read(Document("page.html", page.encode()))

    assert "twelve young people" in article.text
    assert len(cut(article).quotes) == 1


@pytest.mark.parametrize(
    "quote",
    [
        "<blockquote><p>The roof is dry.</p><footer>— <cite>Tom Pell, chair of trustees</cite></footer></blockquote>",
        "<blockquote><p>The roof is dry.</p><cite>Tom Pell, chair of trustees</cite></blockquote>",
        "<figure><blockquote>The roof is dry.</blockquote><figcaption>Tom Pell, chair of trustees</figcaption></figure>",
        "<blockquote><p>The roof is dry.</p><p>— Tom Pell, chair of trustees</p></blockquote>",
    ],
)
def test_who_signs_a_blockquote_is_its_speaker_and_no_words_of_it(quote: str) -> None:
    (found,) = cut(article_of(quote)).quotes

    assert (found.speaker, found.role, found.paragraphs) == ("Tom Pell", "chair of trustees", ("The roof is dry.",))


def test_a_signed_blockquote_right_below_anothers_keeps_its_own_speaker() -> None:
    signed = "<blockquote><p>The roof is dry.</p><footer>Tom Pell, chair of trustees</footer></blockquote>"

    quotes = cut(article_of(SPOKEN + signed)).quotes

    assert [(quote.speaker, quote.text) for quote in quotes] == [
        ("Mara Quill", "We waited nine years for this key."),
        ("Tom Pell", "The roof is dry."),
    ]


def test_linked_data_of_the_article_goes_before_that_of_the_site() -> None:
    data = (
        '<script type="application/ld+json">{"@graph": [{"@type": "WebSite", "datePublished": "2001-01-01"},'
        '{"@type": "NewsArticle", "datePublished": "2027-03-12T09:00:00Z", "description": "A door.",'
        '"image": [{"url": "/door.jpg"}]}]}</script>'
    )

    article = article_of("", head=data)

    assert (article.published, article.description, article.image) == (date(2027, 3, 12), "A door.", "/door.jpg")


def test_open_graph_gives_title_description_picture_and_address() -> None:
    head = "".join(
        f'<meta property="og:{key}" content="{value}">'
        for key, value in {
            "title": "A new door | Trust",
            "site_name": "Trust",
            "description": "A door.",
            "image": "https://f.example/d.jpg",
            "url": "https://f.example/door",
        }.items()
    )

    article = article_of("", head=head + '<meta property="article:published_time" content="2027-03-12T23:30:00+00:00">')

    assert (article.title, article.description, article.image) == ("A new door", "A door.", "https://f.example/d.jpg")
    assert (article.url, article.published, article.language) == ("https://f.example/door", date(2027, 3, 12), "en-GB")


def test_a_time_element_gives_the_date_where_all_agree() -> None:
    one = '<time datetime="2027-03-12">12 March</time>'

    assert article_of(one).published == date(2027, 3, 12)
    assert article_of(one + '<time datetime="2027-06-01">1 June</time>').published is None


@pytest.mark.parametrize(
    "line", ["<span>12</span> <span>March</span> <span>2027</span>", "12<sup>th</sup> March 2027", "<b>12</b> Mar 2027"]
)
def test_a_date_below_the_heading_may_be_set_in_pieces(line: str) -> None:
    page = f"<html><body><h1>Shelter opens</h1><p class='date'>{line}</p>{LEAD}{MORE}{SPOKEN}{MORE}</body></html>"

    assert read(Document("page.html", page.encode())).published == date(2027, 3, 12)


def test_the_day_of_other_news_is_not_the_pages() -> None:
    text = f"<p>{'The shelter on the quay is open on every night of the year. ' * 5}</p>"
    others = "<div>Related news<p>Published 3 March 2027</p></div>"
    page = f"<h1>Shelter opens</h1><div>Friday, 12 March 2027</div>{text}{others}"

    assert read(Document("page.html", page.encode())).published == date(2027, 3, 12)
    assert article_of(text + others).published == date(2027, 3, 3)


@pytest.mark.parametrize("title", ["Shelter opens on the quay - Fennick News", "Shelter opens on the quay | Fennick"])
def test_the_name_of_the_site_behind_the_heading_is_no_part_of_the_title(title: str) -> None:
    head = f'<meta property="og:title" content="{title}">'
    page = f"<html><head>{head}</head><body><h1>Shelter opens on the quay</h1>{LEAD}{MORE}</body></html>"

    assert read(Document("page.html", page.encode())).title == "Shelter opens on the quay"


def test_a_date_in_running_prose_is_not_the_pages() -> None:
    assert article_of("<p>The Trust was founded on 12 March 1988 by four families of the quay.</p>").published is None


def test_a_short_page_keeps_its_paragraphs_apart() -> None:
    page = "<html><body><nav><a href='/'>Home</a></nav><h1>Short</h1><div>The library is open.<br><br>Come in.</div></body></html>"

    article = read(Document("page.html", page.encode()))

    assert words(article) == ["Short", "The library is open.", "Come in."]
    assert article.title == "Short"


def test_a_piece_of_html_without_a_page_is_read(tmp_path: Path) -> None:
    (tmp_path / "piece.html").write_text('<p>The library is open, <a href="https://l.example/">all day</a>.</p>')

    article = read_article("piece.html", tmp_path)

    assert article.text == "The library is open, all day."
    assert [(anchor.url, anchor.label) for anchor in article.anchors] == [("https://l.example/", "all day")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1252"])
def test_every_declared_encoding_keeps_smart_marks_and_spaces(encoding: str) -> None:
    head = f'<html><head><meta charset="{encoding}"></head><body><h1>Café</h1>'
    page = f"{head}{LEAD}<p>“Twelve\u00a0beds” – £3, soft\u00adly.</p></body></html>"

    assert "“Twelve\u00a0beds” – £3, soft\u00adly." in read(Document("page.html", page.encode(encoding))).text


@pytest.mark.parametrize("tag", ["div", "blockquote", "b", "x-y", "table", "ul", "span"])
def test_a_page_nested_ten_thousand_deep_is_refused_and_never_cut_short(tag: str) -> None:
    with pytest.raises(ArticleError, match="nested too deeply"):
        article_of(f"<{tag}>" * 10_000 + "<p>deep</p>" + f"</{tag}>" * 10_000)


def test_a_table_is_read_and_is_no_prose() -> None:
    article = article_of("<table><tr><th>Year</th><th>Guests</th></tr><tr><td>2026</td><td>40</td></tr></table>")

    kinds = {article.at(paragraph.span): paragraph.kind for paragraph in article.paragraphs}
    assert kinds["Guests"] is ParagraphKind.FURNITURE


@pytest.mark.parametrize("tag", ["s", "del", "strike"])
def test_what_the_author_struck_out_is_not_read(tag: str) -> None:
    struck = f"<p>The shelter is <{tag}>shut</{tag}> open on every night of the year, and it is never locked.</p>"

    assert "The shelter is open on every night of the year, and it is never locked." in words(article_of(struck))
    piece = read(Document("piece.html", struck.encode()))
    assert words(piece) == ["The shelter is open on every night of the year, and it is never locked."]


def test_the_number_of_a_footnote_is_no_figure_of_its_sentence() -> None:
    noted = '<p>The shelter took in 12 people<sup><a href="#note-1">1</a></sup> in its first week, and 40 in its second.</p>'

    assert "The shelter took in 12 people in its first week, and 40 in its second." in words(article_of(noted))
