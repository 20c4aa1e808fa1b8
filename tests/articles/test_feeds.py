"""Feeds: the newest entry that a campaign asks for, from the feed itself or from the page that it links to."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from scheduler.articles import Article, DateOrder, Wanted, read_article
from scheduler.errors import ArticleError
from scheduler.excerpts import cut
from tests.articles.test_web import Site

FULL = (
    "<p>" + "Fennick Harbour Trust lights the quay with lanterns. " * 15 + "</p><p>Mara Quill, director, said:</p>"
    "<blockquote><p>Every lantern is a name.</p></blockquote>"
    '<blockquote class="twitter-tweet"><p>So proud of all!</p></blockquote><p>See <a href="/more">our page</a>.</p>'
)


def item(title: str, day: str = "", text: str = "", **more: str) -> str:
    fields = {"title": title, "pubDate": day, "description": "A summary.", **more}
    written = "".join(f"<{key}>{value}</{key}>" for key, value in fields.items() if value)
    content = f"<content:encoded><![CDATA[{text}]]></content:encoded>" if text else ""
    return f"<item>{written}{content}</item>"


def rss(*items: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/">'
        f"<channel><title>Trust news</title><language>en-gb</language>{''.join(items)}</channel></rss>"
    )


def article_of(folder: Path, feed: str, wanted: Wanted = Wanted(follow=False), name: str = "feed.xml") -> Article:  # noqa: B008 - frozen
    (folder / "feed.xml").write_text(feed, encoding="utf-8")
    return read_article(name, folder, wanted)


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    yield site
    site.close()


def test_the_newest_entry_is_read_wherever_it_stands(tmp_path: Path) -> None:
    feed = rss(
        item("Old", "Mon, 01 Mar 2027 09:00:00 GMT"), item("New", "Thu, 18 Mar 2027 09:00:00 +0000"), item("Undated")
    )

    article = article_of(tmp_path, feed)

    assert (article.title, article.published, article.text) == ("New", date(2027, 3, 18), "A summary.")
    assert (article.site_name, article.language) == ("Trust news", "en-gb")


@pytest.mark.parametrize(
    ("matching", "newest", "title"),
    [
        ((), 2, "Lanterns on the quay"),
        (("lanterns",), 1, "Lanterns on the quay"),
        (("QUAY lanterns",), 1, "Lanterns on the quay"),
        (("nothing", "awareness day"), 1, "Old"),
        (("lantern",), 1, None),
        ((), 4, None),
    ],
)
def test_an_entry_is_chosen_by_its_words_and_its_place(
    tmp_path: Path, matching: tuple[str, ...], newest: int, title: str | None
) -> None:
    feed = rss(
        item("Old", "01 Mar 2027", category="Awareness Day"),
        item("Lanterns on the quay", "12 Mar 2027"),
        item("Newest", "18 Mar 2027"),
    )
    wanted = Wanted(matching=matching, newest=newest, follow=False)

    if title is None:
        with pytest.raises(ArticleError, match=f"number {newest} is wanted"):
            article_of(tmp_path, feed, wanted)
    else:
        assert article_of(tmp_path, feed, wanted).title == title


def test_full_text_keeps_its_speech_and_its_links_and_no_social_posts(tmp_path: Path) -> None:
    feed = rss(item("Lanterns", "12 Mar 2027", FULL, link="https://trust.example/lanterns"))

    article = article_of(tmp_path, feed, Wanted())

    (quote,) = cut(article).quotes
    assert (quote.speaker, quote.text) == ("Mara Quill", "Every lantern is a name.")
    assert [(anchor.url, anchor.label) for anchor in article.anchors] == [("https://trust.example/more", "our page")]
    assert (article.url, article.description) == ("https://trust.example/lanterns", "A summary.")
    assert "proud" not in article.text


def test_an_entry_is_found_again_by_its_id_when_newer_ones_follow(tmp_path: Path) -> None:
    first = article_of(tmp_path, rss(item("First", "01 Mar 2027", guid="tag:f,2027:1")))

    again = article_of(
        tmp_path, rss(item("First", "01 Mar 2027", guid="tag:f,2027:1"), item("New", "02 Mar 2027")), name=first.source
    )

    assert first.source == "feed.xml#tag:f,2027:1"
    assert (again.title, again.sha256) == ("First", first.sha256)
    with pytest.raises(ArticleError, match="no longer has this entry"):
        article_of(tmp_path, rss(item("New", "02 Mar 2027")), name=first.source)


@pytest.mark.parametrize("follow", [None, True])
def test_the_page_is_read_where_the_feed_holds_a_summary(tmp_path: Path, site: Site, follow: bool | None) -> None:
    site.answers["/lanterns"] = (
        200,
        {"Content-Type": "text/plain"},
        b"Lanterns\n\nThe whole story of the lanterns stands here.\n",
    )
    (tmp_path / "feed.xml").write_text(rss(item("Lanterns", "12 Mar 2027", link=f"{site.url}/lanterns")))

    article = read_article("feed.xml", tmp_path, Wanted(follow=follow), allow_private=True)

    assert "whole story" in article.text
    assert (article.source, article.published) == (f"{site.url}/lanterns", date(2027, 3, 12))


def test_a_feed_may_not_lead_into_a_private_network(tmp_path: Path, site: Site) -> None:
    (tmp_path / "feed.xml").write_text(rss(item("Lanterns", link=f"{site.url}/lanterns")))

    with pytest.raises(ArticleError, match="private address"):
        read_article("feed.xml", tmp_path, Wanted(follow=True))
    assert site.asked == []


@pytest.mark.parametrize(
    ("order", "published"), [(DateOrder.BRITISH, date(2027, 4, 3)), (DateOrder.AMERICAN, date(2027, 3, 4))]
)
def test_a_date_of_digits_is_read_as_the_campaign_says(tmp_path: Path, order: DateOrder, published: date) -> None:
    assert article_of(tmp_path, rss(item("Lanterns", "03/04/2027")), Wanted(order, follow=False)).published == published


def test_atom_is_read_and_a_feed_that_is_broken_as_far_as_it_goes(tmp_path: Path) -> None:
    atom = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title><entry><id>x:1</id><title>Lanterns</title>'
        "<updated>2027-03-12T09:00:00Z</updated>"
        "<content type='html'>&lt;p&gt;Come &amp;amp; see.&lt;/p&gt;</content></entry></feed>"
    )
    broken = rss(item("Tea & lanterns", "12 Mar 2027"))

    assert article_of(tmp_path, atom).text == "Come & see."
    assert article_of(tmp_path, broken).title == "Tea & lanterns"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (rss(), "is a feed without entries"),
        ("Just words.", "is no RSS or Atom feed"),
        ("<html><body><p>A page.</p></body></html>", "is no RSS or Atom feed"),
        (rss(item("Lanterns", description="")), "holds no text of 'Lanterns'"),
    ],
)
def test_what_is_no_use_as_a_feed_is_refused(tmp_path: Path, content: str, message: str) -> None:
    with pytest.raises(ArticleError, match=message):
        article_of(tmp_path, content, Wanted(feed=True, follow=False))
