"""An article with its excerpts marked: in the terminal at any width, and as a page that loads nothing."""

import re
from dataclasses import replace
from datetime import date
from html import unescape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.articles.article import Article
from scheduler.excerpts import cut
from scheduler.excerpts.excerpt import Certainty, Excerpts
from scheduler.preview.article_lines import article_lines
from scheduler.preview.article_page import article_page
from scheduler.preview.marks import MarkKind, block_marks, marked_paragraphs
from scheduler.preview.terminal import columns
from tests.builders.articles import make_article
from tests.preview.test_html import ATTACK, Page

ARTICLE = make_article(
    "1 May 2024\n\nLibrary opens\n\nThe Reed Library (RL) has opened its doors in Fennick today.\n\n"
    "Dr Bo Reed, of Reed Trust, said: “So will we.\n\n“We will.”\n\n“Somebody will,” said one of the two.\n\n"
    "Last year 412 people came to read. Call 01632 960 123 or visit https://reed.example/x?utm_source=mail to join.\n"
)
EXCERPTS = cut(ARTICLE)
TEXTS = st.lists(
    st.sampled_from(
        ["“We will read,” said Bo Reed.", "Mira Holt said: “Come.", "“All of you.”", "Call 101 or 0800 555 111.", "Ends",
         "See https://reed.example/a.", "Last year 12 people came to read in Fennick.", "“", "”", "odd \u202e words", "x" * 130]
    ), min_size=1, max_size=8,
).map(lambda some: "\n\n".join(["The library is open to everyone in Fennick.", *some]))  # fmt: skip


def lines(
    article: Article = ARTICLE, excerpts: Excerpts = EXCERPTS, width: int = 80, colour: bool = False
) -> list[str]:
    return list(article_lines(article, excerpts, width, colour))


def test_each_excerpt_stands_in_the_text_under_what_selects_it() -> None:
    shown = lines()

    assert shown[:2] == ["Library opens", "release.txt · 1 May 2024"]
    assert "  3 lead" in shown
    assert any(line.startswith("    ▌ The [acronym: Reed Library (RL)]") for line in shown[shown.index("  3 lead") :])
    assert "    quote 1 · Dr Bo Reed, of Reed Trust" in shown
    assert "    ▌ “So will we." in shown
    assert shown[shown.index("  5 quote 1, continued") + 1] == "    ▌ “We will.”"
    assert "  4   Dr Bo Reed, of Reed Trust, said:" in shown
    assert "  1 (date line or note: nothing is cut from it)" in shown


def test_links_contacts_and_acronyms_are_marked_where_they_stand_and_listed_as_templates_get_them() -> None:
    shown = " ".join(" ".join(lines()).replace("▌ ", "").split())

    assert "[phone: 01632 960 123]" in shown
    assert "[link: https://reed.example/x?utm_source=mail]" in shown
    assert "[acronym: Reed Library (RL)]" in shown
    assert shown.index("links") < shown.rindex("https://reed.example/x")
    assert "utm_source" not in shown[shown.rindex("https://reed.example/x") :]


def test_a_fact_says_its_figures() -> None:
    assert any(line.strip().startswith(("fact 1 · 412 people", "7 fact 1 · 412 people")) for line in lines())


def test_a_speaker_of_whom_nobody_is_sure_is_said_to_be_so() -> None:
    assert any("! quote 2 · " in line for line in lines())
    first = replace(EXCERPTS.quotes[0], certainty=Certainty.INFERRED)
    inferred = replace(EXCERPTS, quotes=(first, *EXCERPTS.quotes[1:]))

    assert any("! quote 1 · Dr Bo Reed, of Reed Trust (inferred" in line for line in lines(excerpts=inferred))
    assert "Check: " in Page(article_page(ARTICLE, inferred)).text


def test_what_is_missing_is_said() -> None:
    said = lines(make_article("Ends"), Excerpts(lead=None))

    assert {"lead: none, for no paragraph is plain prose", "quotes: none found"} <= set(said)


@pytest.mark.parametrize("width", [30, 40, 60, 80, 200])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    assert max(map(columns, lines(width=width))) <= min(width, 100)


def test_colours_say_nothing_that_words_do_not() -> None:
    coloured = lines(colour=True)

    assert any("\x1b[" in line for line in coloured)
    assert [re.sub(r"\x1b\[\d+m", "", line) for line in coloured] == lines()


def test_no_article_can_steer_the_terminal() -> None:
    article = make_article("Library opens\n\nThe library has \x1b[31mopened in \u202eFennick town.\n" + "x " * 400)

    assert not any("\x1b" in line or "\u202e" in line for line in lines(article, cut(article)))


@settings(max_examples=50, deadline=None)
@given(TEXTS)
def test_the_stretches_are_the_whole_text_in_order_and_every_excerpt_is_marked(text: str) -> None:
    article = make_article(text)
    excerpts = cut(article)

    paragraphs = marked_paragraphs(article, excerpts)

    for paragraph, shown in zip(article.paragraphs, paragraphs, strict=True):
        assert "".join(article.at(stretch.span) for stretch in shown.stretches) == article.at(paragraph.span)
    marked = {mark.name for shown in paragraphs for stretch in shown.stretches for mark in stretch.marks}
    assert marked == {mark.name for mark in block_marks(article, excerpts)}
    assert all("\u202e" not in line and columns(line) <= 40 for line in lines(article, excerpts, 40))
    assert Page(article_page(article, excerpts)).open == []


def test_the_page_has_each_excerpt_with_a_place_to_go_to() -> None:
    page = Page(article_page(ARTICLE, EXCERPTS))

    places = {attributes.get("id") for _, attributes in page.tags}
    targets = {(each["href"] or "")[1:] for each in page.named("a") if (each["href"] or "").startswith("#")}
    assert {"lead", "quote-1", "quote-2", "fact-1"} <= targets <= places
    assert [tag for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)][:3] == ["h1", "h2", "h2"]
    assert "Library opens" in page.text
    assert "“So will we." in page.text


def test_the_page_tells_kinds_apart_by_words_and_edges_and_not_by_colour_alone() -> None:
    raw = article_page(ARTICLE, EXCERPTS)

    styles = re.findall(r"\.cut(?:\.\w+)? \{[^}]*border-left(?:-style)?: (?:\.3rem )?(\w+)", raw)
    assert len(set(styles)) == len([kind for kind in MarkKind if kind not in ("link", "contact", "acronym")])


def test_a_hostile_article_stays_text_on_the_page() -> None:
    article = make_article(
        f"{ATTACK}\n\nThe library {ATTACK} has opened its doors today.\n\nBo Reed said: “{ATTACK}”\n"
    )
    article = replace(article, title=ATTACK, url="javascript:alert(1)", language=ATTACK, source=ATTACK)

    page = Page(article_page(article, cut(article)))

    assert page.open == []
    assert page.named("script") == []
    assert page.named("img") == []
    assert page.text.count("<script>alert(1)</script>") >= 3
    assert not any(name.startswith("on") for _, attributes in page.tags for name in attributes)
    assert not any((each["href"] or "").startswith("javascript") for each in page.named("a"))


def test_the_page_loads_nothing() -> None:
    raw = article_page(replace(ARTICLE, published=date(2024, 5, 1), image="https://reed.example/picture.jpg"), EXCERPTS)

    assert "default-src 'none'" in raw
    assert "url(" not in raw
    assert not {"img", "link", "script", "iframe"} & {tag for tag, _ in Page(raw).tags}
    assert unescape(raw).count("picture.jpg") == 0
