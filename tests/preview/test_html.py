"""The HTML preview is one page that loads nothing, runs nothing, and shows what would be posted."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from scheduler.errors import Problem
from scheduler.platforms.contract import Length, Receipt
from scheduler.preview import Card, card_of, html_page
from scheduler.preview.html import initials, rich_text
from tests.builders.drafting import make_draft

ATTACK = """<script>alert(1)</script>"><img src=x onerror=alert(1)> ' & javascript:alert(1) </style></title>"""
VOID = {"meta", "br", "img", "link", "input"}


class Page(HTMLParser):
    """What a browser would make of the page: its tags in their order, and whether each was closed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.open: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1] != "style":
            self.texts.append(data)

    def named(self, name: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.tags if tag == name]

    @property
    def text(self) -> str:
        return "".join(self.texts)


def card(text: str = "Come and see.", **fields: object) -> Card:
    return card_of(make_draft(text, **fields))


def test_a_post_says_under_what_terms_it_goes_out() -> None:
    page = Page(html_page([card(late="hold", expires_at=datetime(2027, 3, 19, 12, 0, tzinfo=UTC), topics=("safety",))]))

    assert "Late: held for a word; expires Fri 19 Mar 12:00; topics: safety" in page.text


def test_a_hostile_article_stays_text_everywhere() -> None:
    hostile = card(
        ATTACK, account=ATTACK, campaign_title=ATTACK, slot=ATTACK, content_warning=ATTACK, warnings=(ATTACK,)
    )
    hostile = replace(hostile, language=ATTACK, status=ATTACK, post_id=1, looks_like=ATTACK, platform=ATTACK)

    page = Page(html_page([hostile], [Problem(ATTACK, file=ATTACK)], [ATTACK]))

    assert page.open == []
    assert page.named("script") == []
    assert page.named("img") == []
    assert page.text.count("<script>alert(1)</script>") >= 6
    assert not any(name.startswith("on") for _, attributes in page.tags for name in attributes)


def test_nothing_is_loaded_from_anywhere() -> None:
    raw = html_page([card("See https://harbour.example/open")])
    page = Page(raw)

    for tag, attributes in page.tags:
        assert tag not in {"script", "link", "iframe", "object", "embed", "img"}
        assert not {"src", "srcset", "background", "action"} & attributes.keys()
    assert "url(" not in raw
    assert "@import" not in raw
    assert "default-src 'none'" in raw


def test_links_lead_to_web_addresses_or_to_a_place_on_the_page() -> None:
    page = Page(html_page([card("See https://harbour.example/open?a=1&b=2 and javascript:alert(1)")]))

    hrefs = [(link["href"] or "", link) for link in page.named("a")]
    outside = [link for href, link in hrefs if not href.startswith("#")]
    assert [link["href"] for link in outside] == ["https://harbour.example/open?a=1&b=2"]
    assert all("noopener" in (link["rel"] or "") for link in outside)
    places = {attributes.get("id") for _, attributes in page.tags}
    assert all(href[1:] in places for href, _ in hrefs if href.startswith("#"))


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "ftp://harbour.example"])
def test_a_receipt_with_another_scheme_leads_nowhere(url: str) -> None:
    published = replace(card(), post_id=7, status="published", version=2, receipts=(Receipt("id", url),))

    page = Page(html_page([published]))

    assert not any((link["href"] or "").startswith(url[:4]) for link in page.named("a"))
    assert url in page.text


def test_the_text_is_shown_with_its_line_breaks_links_and_hashtags() -> None:
    text = rich_text("One\n\nSee https://harbour.example. #HarbourDay & @press", "x")

    assert text == (
        'One\n\nSee <a href="https://harbour.example" rel="noopener noreferrer nofollow">https://harbour.example</a>. '
        '<span class="tag">#HarbourDay</span> &amp; <span class="tag">@press</span>'
    )


def test_every_post_shows_account_platform_time_count_warnings_and_source() -> None:
    page = Page(html_page([card("Come and see.", warnings=("quote shortened",))]))

    for words in ("press-x on X", "09:00 GMT", "13 of 280 characters", "quote shortened", "Warning"):
        assert words in page.text


def test_a_second_length_is_shown_where_it_is_exceeded() -> None:
    page = Page(html_page([card(lengths=((Length(10, 300), Length(4000, 3000, "bytes")),))]))

    assert "10 of 300 characters, 4000 of 3000 bytes" in page.text
    assert "too long" in page.text


def test_problems_and_notes_are_listed() -> None:
    page = Page(html_page([], [Problem("does not fit", file="a.toml", line=3)], ["quote 4 is not posted"]))

    assert "a.toml:3: does not fit" in page.text
    assert "quote 4 is not posted" in page.text
    assert "1 problem" in page.text


def test_headings_go_down_one_level_at_a_time_and_landmarks_are_there() -> None:
    page = Page(html_page([card(), card(slot="later")]))

    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert len(page.named("main")) == len(page.named("header")) == len(page.named("footer")) == 1
    assert page.named("html")[0]["lang"] == "en-GB"


def test_ids_are_used_once() -> None:
    page = Page(html_page([card(), card(slot="later"), card(account="press-b")], [Problem("x")], ["y"]))

    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_the_timeline_is_in_the_order_of_time() -> None:
    later = card(slot="later", scheduled_at=datetime(2027, 3, 19, 9, 0, tzinfo=UTC))

    text = Page(html_page([later, card(slot="news")])).text

    assert text.index("news") < text.index("later")
    assert "Thursday 18 March 2027 to Friday 19 March 2027" in text


def test_the_campaign_is_named_at_each_slot_where_there_are_several() -> None:
    one = html_page([card()])
    several = html_page([card(), card(campaign="other", campaign_title="Rope Week")])

    assert "<small>" not in one
    assert several.count("<small>Rope Week</small>") == 2


def test_posts_of_the_book_show_their_state_and_are_not_called_unsent() -> None:
    saved = replace(card(), post_id=7, status="published", version=3)

    text = Page(html_page([saved])).text

    assert "post 7, published, version 3" in text
    assert "nothing has been sent" not in text


def test_the_time_of_making_is_given_from_outside() -> None:
    made = datetime(2027, 3, 1, 8, 5, tzinfo=UTC)

    assert "on 1 March 2027 at 08:05 UTC" in html_page([], made_at=made)
    assert html_page([card()]) == html_page([card()])


def test_an_empty_preview_is_a_page_too() -> None:
    assert "nothing to post" in html_page([])


@pytest.mark.parametrize(
    ("account", "expected"), [("force-x", "FX"), ("press", "P"), ("a_b_c", "AB"), ("--", "?"), ("éire", "É")]
)
def test_initials(account: str, expected: str) -> None:
    assert initials(account) == expected


def luminance(colour: str) -> float:
    full = colour if len(colour) == 7 else "#" + "".join(letter * 2 for letter in colour[1:])
    channels = [int(full[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return sum(share * value for share, value in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_stand_out_from_their_ground(scheme: str) -> None:
    """4.5 to 1 at least: https://www.w3.org/TR/WCAG22/#contrast-minimum"""
    style = re.findall(r":root \{([^}]*)\}", html_page([]))[0 if scheme == "light" else 1]
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6})", style))

    accents = [
        (ink, ground) for ink in ("soft", "red", "x", "mastodon", "bluesky", "neutral") for ground in ("page", "sheet")
    ]
    for ink, ground in [*accents, ("ink", "page"), ("ink", "sheet"), ("ink", "warn-page"), ("ink", "bad-page")]:
        light, dark = sorted((luminance(colours[ink]), luminance(colours[ground])), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, f"{ink} on {ground}"


def test_late_and_time_zone_do_not_change_the_hour_shown() -> None:
    summer = card(scheduled_at=datetime(2027, 7, 1, 8, 0, tzinfo=UTC), late=timedelta(hours=1))

    assert "09:00 BST" in html_page([summer])
