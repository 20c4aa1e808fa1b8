"""The ways in which pages set the same release: each gives the same title, date, lead and quote."""

from datetime import date

import pytest

from scheduler.articles import html
from scheduler.articles.document import Document
from scheduler.excerpts import cut

TITLE = "Otters seen in city centre for first time"
LEAD = "Two otters have been seen on the steps of the town hall in Marsden, the council said on Monday morning."
EATING = "They were eating a fish, which they did not share. A council officer looked on from a window of the building."
DOGS = "We thought that they were dogs, and then one of them looked at us and dived."
SIGN = "We shall put out a sign for the drivers of buses."
TROUT = "The river in Marsden has been clean enough for trout since 2014, when the last of the mills was closed."
SAID = f"Mary Poe, head of rivers, said: “{DOGS}”"
STORY = f"<p>{LEAD}</p><p>{EATING}</p><p>{SAID}</p><p>{TROUT}</p>"
HEADED = f"<h1>{TITLE}</h1><p>3 May 2025</p>"


def _story(speech: str) -> str:
    return f"<main>{HEADED}<p>{LEAD}</p><p>{EATING}</p>{speech}<p>{TROUT}</p></main>"


def _ld(words: str) -> str:
    return f'<script type="application/ld+json">{words}</script>'


def _page(body: str, head: str = "") -> Document:
    navigation = '<nav><ul><li><a href="/">Home</a></li><li><a href="/bins">Bins and recycling</a></li></ul></nav>'
    footer = "<footer><p>Marsden Council, Town Hall, Marsden. Call 01632 960 999.</p></footer>"
    title = f"<title>{TITLE} | Marsden Council</title>"
    page = f"<!DOCTYPE html><html><head><meta charset='utf-8'>{title}{head}</head><body>{navigation}{body}{footer}</body></html>"
    return Document("page.html", page.encode())


BODIES = {
    "the lead above a double break": (f"<main>{HEADED}<p>{LEAD}<br><br>{EATING}</p><p>{SAID}</p><p>{TROUT}</p></main>"),
    "a table beside a menu": f"<table><tr><td>Menu</td><td>{HEADED}{STORY}</td></tr></table>",
    "no first heading": f'<main><h2 itemprop="headline">{TITLE}</h2><p>3 May 2025</p>{STORY}</main>',
    "a category and the minutes": (
        f"<main><p>Wildlife</p><h1>{TITLE}</h1><p>3 May 2025 <span>·</span> 4 minute read</p>{STORY}</main>"
    ),
    "main": f"<main>{HEADED}{STORY}</main>",
    "no main": f'<div id="content"><h1>{TITLE}</h1><p class="date">3 May 2025</p>{STORY}</div>',
    "lines broken twice": (
        f"<div><h1>{TITLE}</h1><span>3 May 2025</span>"
        f"<div>{LEAD}<br><br>{EATING}<br><br>{SAID}<br><br>{TROUT}</div></div>"
    ),
    "divs": f"<div><h1>{TITLE}</h1><div>3 May 2025</div>{STORY.replace('<p>', '<div>').replace('</p>', '</div>')}</div>",
    "a table": f"<table><tr><td>{HEADED}{STORY}</td></tr></table>",
    "spans from a word processor": (
        f"<main>{HEADED}{STORY.replace('<p>', '<p><span><span>').replace('</p>', '</span></span></p>')}</main>"
    ),
    "sections": f"<main><section>{HEADED}</section><section>{STORY}</section></main>",
    "non-breaking spaces": _story(
        f"<p>&nbsp;</p><p>Mary Poe, head of&nbsp;rivers, said:&nbsp;&ldquo;{DOGS}&rdquo;&nbsp;</p>"
    ),
    "q": _story(f"<p>Mary Poe, head of rivers, said: <q>{DOGS}</q></p>"),
    "emphasis": _story(f"<p>Mary Poe, head of rivers, said:</p><p><em>“{DOGS}”</em></p>"),
    "bold attribution": _story(f"<p><strong>Mary Poe, head of rivers, said:</strong><br>“{DOGS}”</p>"),
    "blockquote": _story(f"<p>Mary Poe, head of rivers, said:</p><blockquote>{DOGS}</blockquote>"),
    "attribution in the blockquote": _story(f"<blockquote><p>{SAID}</p></blockquote>"),
    "heading above the blockquote": _story(f"<h3>Mary Poe, head of rivers:</h3><blockquote><p>{DOGS}</p></blockquote>"),
    "caption below the blockquote": _story(
        f"<figure><blockquote><p>{DOGS}</p></blockquote><figcaption>Mary Poe, head of rivers</figcaption></figure>"
    ),
    "name and role as last lines of the blockquote": _story(
        f"<blockquote><p>“{DOGS}”</p><p><strong>Mary Poe</strong><br>Head of rivers</p></blockquote>"
    ),
    "a printed date, and the time of an event": (
        f'<main>{HEADED}{STORY}<p>The next walk is on <time datetime="2025-06-21">21 June</time>.</p></main>'
    ),
    "updated before published": f"<main><h1>{TITLE}</h1><p>Updated 9 June 2025</p><p>Published 3 May 2025</p>{STORY}</main>",
    "month first": f"<main><h1>{TITLE}</h1><p>May 3, 2025</p>{STORY}</main>",
    "microdata": f'<main><h1>{TITLE}</h1><meta itemprop="datePublished" content="2025-05-03">{STORY}</main>',
    "another article below": (
        f"<main><article>{HEADED}{STORY}</article><article><h2>Bins to be emptied</h2>"
        '<time datetime="2024-01-01">1 January 2024</time><p>John Roe said: “We shall empty them again on Friday.”</p>'
        "</article></main>"
    ),
    "the office's name as first heading": (
        f'<h1 class="logo">Marsden Council</h1><main><h2 class="page-title">{TITLE}</h2><p>3 May 2025</p>{STORY}</main>'
    ),
    "a second heading": f"<main><h1>{TITLE}</h1><h2>“They looked at us,” says head of rivers</h2><p>3 May 2025</p>{STORY}</main>",
    "the lead as a heading": f'<main>{HEADED}<h2 class="intro">{LEAD}</h2><p>{EATING}</p><p>{SAID}</p><p>{TROUT}</p></main>',
    "the lead in the header": (
        f'<main><article><header><h1>{TITLE}</h1><p class="standfirst">{LEAD}</p><p>3 May 2025</p></header>'
        f"<p>{EATING}</p><p>{SAID}</p><p>{TROUT}</p></article></main>"
    ),
    "a caption without a figure": (
        f'<main>{HEADED}<div class="wp-caption"><img src="o.jpg"><p class="wp-caption-text">Two otters on the steps of '
        f"the hall in Marsden on Monday</p></div>{STORY}</main>"
    ),
    "a caption below a picture": (
        f'<main>{HEADED}<p><img src="o.jpg"><br><em>Two otters on the steps (Photo: Jo Low)</em></p>{STORY}</main>'
    ),
    "what nobody sees": (
        f"<main>{HEADED}<div hidden><p>John Roe said: “This is a template that nobody sees.”</p></div>"
        "<template><p>“Nor this one,” said Ann Low.</p></template>"
        f"<noscript><p>Please turn on JavaScript to see this page.</p></noscript>{STORY}</main>"
    ),
    "comments": (
        f'<main>{HEADED}{STORY}<section id="comments"><h3>1 comment</h3><p>John Roe says: “I saw them too, by the bank '
        "on Friday night.”</p></section></main>"
    ),
    "share links": (
        f'<main>{HEADED}<ul class="share"><li><a href="https://twitter.com/share?u=x">Tweet</a></li>'
        f'<li><a href="whatsapp://send?text=x">WhatsApp</a></li></ul>{STORY}</main>'
    ),
}
STATED = {
    "graph": _ld(
        '{"@graph":[{"@type":"WebPage","datePublished":"2025-05-03T08:00:00+01:00"},{"@type":"BreadcrumbList"}]}'
    ),
    "Dublin Core": '<meta name="DC.date.issued" content="2025-05-03">',
    "Dublin Core terms": '<meta name="dcterms.created" content="2025-05-03">',
    "broken, and a meta element": _ld('{"@context":,,}') + '<meta name="date" content="2025-05-03">',
}


@pytest.mark.parametrize("layout", BODIES)
def test_a_release_reads_the_same_in_every_layout(layout: str) -> None:
    _expect_the_story(_page(BODIES[layout]))


@pytest.mark.parametrize("stated", STATED)
def test_the_date_is_what_the_page_states(stated: str) -> None:
    _expect_the_story(_page(f"<main><h1>{TITLE}</h1>{STORY}</main>", STATED[stated]))


@pytest.mark.parametrize(
    "speech",
    [
        f"<p><strong>Mary Poe, head of rivers, said:</strong></p><p>“{DOGS}</p><p>“{SIGN}”</p>",
        f"<p>Mary Poe, head of rivers, said:</p><blockquote><p>{DOGS}</p><p>{SIGN}</p></blockquote>",
        f"<p>Mary Poe, head of rivers, said:</p><blockquote><p>{DOGS}</p></blockquote><blockquote><p>{SIGN}</p></blockquote>",
        f"<p>Mary Poe, head of rivers, said:</p><blockquote>{DOGS}<br><br>{SIGN}</blockquote>",
    ],
)
def test_a_quote_keeps_its_paragraphs(speech: str) -> None:
    (quote,) = cut(html.read(_page(_story(speech)))).quotes

    assert quote.speaker == "Mary Poe"
    assert quote.paragraphs == (DOGS, SIGN)


def test_words_keep_their_lines_and_the_times_among_them_and_are_escaped_once() -> None:
    walk = '<p>The next walk is on <time datetime="2025-06-21">21 June</time>, with fish &amp;amp; chips.</p>'
    address = "<p>Meet at:<br>The Mill<br>Marsden</p><p>A line that was<br>broken by hand.</p>"

    text = html.read(_page(f"<main>{HEADED}{STORY}{walk}{address}</main>")).text

    assert "on 21 June, with fish & chips." in text
    assert "Meet at:\nThe Mill\nMarsden" in text
    assert "A line that was broken by hand." in text


def test_the_sites_name_may_stand_before_the_title_of_the_window() -> None:
    page = (
        f"<html><head><title>Marsden Council | {TITLE}</title></head><body><main>{HEADED}{STORY}</main></body></html>"
    )

    assert html.read(Document("page.html", page.encode())).title == TITLE


def test_links_within_the_page_are_none_and_those_of_other_blocks_are() -> None:
    give = '<div><p><a href="https://otters.example.org/give">Give them a fish</a></p><p><a href="#top">Back to top</a></p></div>'
    blocks = f"<div><p>{LEAD}</p><p>{EATING}</p></div><div><p>{SAID}</p><p>{TROUT}</p></div>{give}"
    page = f"<main><article>{HEADED}{blocks}</article></main>"

    assert [link.url for link in cut(html.read(_page(page))).links] == ["https://otters.example.org/give"]


def _expect_the_story(page: Document) -> None:
    article = html.read(page)

    excerpts = cut(article)
    assert article.title == TITLE
    assert article.published == date(2025, 5, 3)
    assert excerpts.lead is not None
    assert excerpts.lead.text == LEAD
    assert [(quote.speaker, quote.paragraphs) for quote in excerpts.quotes] == [("Mary Poe", (DOGS,))]
    assert (excerpts.links, excerpts.contacts) == ((), ())
