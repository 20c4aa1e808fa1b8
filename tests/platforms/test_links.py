"""Links are found as platforms find them."""

import pytest

from scheduler.platforms.links import find_links

ANY_LINK = [
    ("see https://force.example/day", ["https://force.example/day"], "plain"),
    ("Read https://force.example/day.", ["https://force.example/day"], "a full stop ends the sentence, not the link"),
    ("https://force.example/day, or call", ["https://force.example/day"], "nor does a comma"),
    ("https://force.example/day?!", ["https://force.example/day"], "nor do question and exclamation marks"),
    ("(https://force.example/day)", ["https://force.example/day"], "brackets around it are not its own"),
    ("https://force.example/day_(2027)", ["https://force.example/day_(2027)"], "balanced brackets are"),
    ("(see https://force.example/day_(2027).)", ["https://force.example/day_(2027)"], "both at once"),
    ("“https://force.example/day”", ["https://force.example/day"], "curly quotation marks are not a part of it"),
    ("‘https://force.example/day.’", ["https://force.example/day"], "nor a full stop inside them"),
    ("https://force.example/day… more", ["https://force.example/day"], "nor an ellipsis"),
    ("https://force.example/day—and then", ["https://force.example/day"], "nor a dash and what follows it"),
    ("https://force.example/a?b=1&c=2#top", ["https://force.example/a?b=1&c=2#top"], "query and fragment are"),
    ("HTTPS://FORCE.EXAMPLE/A", ["HTTPS://FORCE.EXAMPLE/A"], "capitals do not matter"),
    ("https://a.example https://b.example", ["https://a.example", "https://b.example"], "two"),
    ("ahttps://force.example", [], "glued to a letter it is no link"),
    ("ftp://force.example/a", [], "another scheme"),
    ("mailto:desk@force.example", [], "an e-mail address"),
    ("", [], "nothing"),
]


@pytest.mark.parametrize(("text", "links", "reason"), ANY_LINK)
@pytest.mark.parametrize("bare_domains", [True, False])
def test_links_end_where_a_reader_sees_them_end(text, links, reason, bare_domains):
    found = find_links(text, bare_domains=bare_domains)

    assert [link.url for link in found] == links, reason
    assert [text[link.start : link.end] for link in found] == links, reason


BARE = [
    ("Visit gov.scot today", ["gov.scot"], "a top-level domain that exists"),
    ("Visit gov.scot.", ["gov.scot"], "at the end of a sentence"),
    ("bbc.co.uk/news, gov.uk", ["bbc.co.uk/news", "gov.uk"], "with and without a path"),
    ("(www.force.org.uk)", ["www.force.org.uk"], "in brackets"),
    ("ends here.Next one", ["here.Next"], "a missing space makes a link where the ending is a domain, on X too"),
    ("write to desk@gov.scot", [], "a part of an e-mail address"),
    ("@force.scot", [], "a part of a mention"),
    ("version 1.5 of 3.11", [], "numbers"),
    ("e.g. this, i.e. that", [], "abbreviations"),
    ("notes.nosuchending", [], "an ending that nobody has registered"),
]


@pytest.mark.parametrize(("text", "links", "reason"), BARE)
def test_bare_domains_are_links_where_asked_for(text, links, reason):
    found = find_links(text, bare_domains=True)

    assert [text[link.start : link.end] for link in found] == links, reason
    assert [link.url for link in found] == [f"https://{link}" for link in links], reason
    assert find_links(text, bare_domains=False) == ()
