"""An article as one page that opens anywhere, with everything that is cut out of it marked in its text."""

from collections.abc import Iterator
from html import escape

from scheduler.articles.article import Article, ParagraphKind
from scheduler.excerpts.excerpt import Excerpts
from scheduler.preview.marks import Mark, MarkedParagraph, MarkKind, Stretch, block_marks, marked_paragraphs
from scheduler.preview.page import link, page
from scheduler.preview.style import ARTICLE_STYLE, STYLE

_CLASSES = {
    MarkKind.LEAD: "lead",
    MarkKind.QUOTE: "quote",
    MarkKind.KEY_SENTENCE: "key",
    MarkKind.FACT: "fact",
    MarkKind.CALL_TO_ACTION: "call",
}


def article_page(article: Article, excerpts: Excerpts) -> str:
    """Returns what `redletter article SOURCE --html` writes: the article, each piece of it under the words that select it."""
    title = article.title or "(no title found)"
    body = (
        *_header(article, title),
        "<main>",
        *_index(article, excerpts),
        *_text(article, excerpts),
        *_reach(excerpts),
    )
    foot = (
        "<footer><p>Made by redletter. What a campaign can select stands under the words that select it.</p></footer>"
    )
    return page(f"Article: {title}", "\n".join((*body, "</main>", foot)), STYLE + ARTICLE_STYLE)


def _header(article: Article, title: str) -> Iterator[str]:
    yield '<header><a class="skip" href="#text">Skip to the text</a>'
    yield f'<p class="kicker">Article and excerpts</p><h1>{escape(title)}</h1><dl>'
    published = f"{article.published.day} {article.published:%B %Y}" if article.published else "no date found"
    rows = [("Source", escape(article.source)), ("Published", escape(published))]
    if article.url:
        rows.append(("Address", link(article.url, article.url)))
    rows.append(("Size", f"{len(article.paragraphs)} paragraphs, {len(article.text)} characters"))
    rows.append(("SHA-256", f"<span title={_quoted(article.sha256)}>{article.sha256[:12]}</span>"))
    yield from (f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in rows)
    yield "</dl></header>"


def _quoted(value: str) -> str:
    return f'"{escape(value)}"'


def _index(article: Article, excerpts: Excerpts) -> Iterator[str]:
    """Lists what was cut, with a link to each."""
    yield '<nav aria-labelledby="cut"><h2 id="cut">What was cut</h2>'
    marks = [mark for mark in block_marks(article, excerpts) if not mark.continues]
    if excerpts.lead is None:
        yield "<p>No lead: no paragraph is plain prose.</p>"
    if not excerpts.quotes:
        yield "<p>No quotes were found.</p>"
    if marks:
        yield '<ul class="index">'
        yield from (f'<li><a href="#{_anchor(mark)}">{_name(mark)}</a></li>' for mark in sorted(marks, key=_kind_first))
        yield "</ul>"
    yield "</nav>"


def _kind_first(mark: Mark) -> tuple[int, int]:
    return list(MarkKind).index(mark.kind), mark.span.start


def _anchor(mark: Mark) -> str:
    return mark.name.replace(" ", "-")


def _name(mark: Mark) -> str:
    unsure = "" if mark.is_sure else '<span class="unsure">Check: </span>'
    if mark.continues:
        return f"{unsure}<b>{escape(mark.name)}</b>, continued"
    said = f" <span>{escape(mark.said)}</span>" if mark.said else ""
    return f"{unsure}<b>{escape(mark.name)}</b>{said}"


def _text(article: Article, excerpts: Excerpts) -> Iterator[str]:
    language = f' lang="{escape(article.language)}"' if article.language else ""
    yield f'<section aria-labelledby="text"><h2 id="text">The text</h2><div class="article"{language} dir="auto">'
    for paragraph in marked_paragraphs(article, excerpts):
        yield from _paragraph(article, paragraph)
    yield "</div></section>"


def _paragraph(article: Article, paragraph: MarkedParagraph) -> Iterator[str]:
    yield f'<div class="paragraph" id="paragraph-{paragraph.number}">'
    yield f'<span class="number"><span class="hidden">Paragraph </span>{paragraph.number}</span><div class="stretches">'
    if paragraph.kind_words:
        yield f'<p class="kind">{escape(paragraph.kind_words)}</p>'
    for stretch in paragraph.stretches:
        if article.at(stretch.span).strip():
            yield from _stretch(article, stretch, is_heading=paragraph.kind is ParagraphKind.HEADING)
    yield "</div></div>"


def _stretch(article: Article, stretch: Stretch, *, is_heading: bool) -> Iterator[str]:
    tag = "h3" if is_heading else "p"
    words = f"<{tag}>{_words(article, stretch)}</{tag}>"
    if not stretch.marks:
        yield words
        return
    yield f'<div class="cut {_CLASSES[stretch.marks[0].kind]}">'
    for mark in stretch.marks:
        place = "" if mark.continues else f' id="{_anchor(mark)}"'
        yield f'<p class="label {_CLASSES[mark.kind]}"{place}>{_name(mark)}</p>'
    yield f"{words}</div>"


def _words(article: Article, stretch: Stretch) -> str:
    """Returns the words of a stretch; each link, contact and acronym underlined, with what it is."""
    pieces, at = [], stretch.span.start
    for mark in stretch.inside:
        start, end = max(mark.span.start, at), min(mark.span.end, stretch.span.end)
        shown = article.text[start:end]
        inner = link(mark.said, shown) if mark.kind is MarkKind.LINK else escape(shown)
        pieces += [escape(article.text[at:start]), f'<span class="inside">{inner} <i>{escape(mark.name)}</i></span>']
        at = end
    return "".join([*pieces, escape(article.text[at : stretch.span.end])]).strip()


def _reach(excerpts: Excerpts) -> Iterator[str]:
    """Lists links and contacts once each, as templates get them: without what only follows the reader."""
    links = [(each.label, link(each.url, each.url)) for each in excerpts.links]
    contacts = [(each.label, f"{escape(each.kind)} {escape(each.value)}") for each in excerpts.contacts]
    for heading, rows in (("Links", links), ("Contacts", contacts)):
        if rows:
            name = heading.lower()
            yield f'<section aria-labelledby="{name}"><h2 id="{name}">{heading}</h2><ul class="reach">'
            yield from (f"<li>{_said(label)}{value}</li>" for label, value in rows)
            yield "</ul></section>"


def _said(label: str | None) -> str:
    return f"<b>{escape(label)}</b> " if label else ""
