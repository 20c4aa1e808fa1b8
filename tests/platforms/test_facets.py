"""Facets name the bytes of links, tags and mentions, as Bluesky's own app finds them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.platforms.facets import LINK, MENTION, TAG, facets_of, mentioned_handles, with_mentions

FOUND = [
    # text, what is found: kind, the words marked, what they stand for
    ("nothing here", [], "plain"),
    ("read https://force.example/day.", [(LINK, "https://force.example/day", "https://force.example/day")], "a link"),
    ("(https://force.example)", [(LINK, "https://force.example", "https://force.example")], "in brackets"),
    ("visit gov.scot/cse now", [(LINK, "gov.scot/cse", "https://gov.scot/cse")], "a bare domain"),
    (
        "https://a.example\nhttps://b.example",
        [(LINK, f"https://{x}.example", f"https://{x}.example") for x in "ab"],
        "two",
    ),
    ("👨‍👩‍👧‍👦 https://a.example 👨‍👩‍👧‍👦", [(LINK, "https://a.example", "https://a.example")], "among emoji"),
    ("@partner.example hi", [(MENTION, "@partner.example", "partner.example")], "a mention at the start"),
    ("thanks @Partner.Example!", [(MENTION, "@Partner.Example", "partner.example")], "handles ignore case"),
    ("(@partner.example)", [(MENTION, "@partner.example", "partner.example")], "a mention in brackets"),
    ("not@partner.example", [], "an e-mail address is no mention"),
    ("@partner says", [], "a name without a domain is no handle"),
    ("@a.example @b.example", [(MENTION, f"@{x}.example", f"{x}.example") for x in "ab"], "two mentions"),
    ("#CEADay27", [(TAG, "#CEADay27", "CEADay27")], "a tag"),
    (
        "use #CEADay27, #SpotTheSigns.",
        [(TAG, "#CEADay27", "CEADay27"), (TAG, "#SpotTheSigns", "SpotTheSigns")],
        "no comma",
    ),
    (
        "#Diwrnod_Cymru #áéí",
        [(TAG, "#Diwrnod_Cymru", "Diwrnod_Cymru"), (TAG, "#áéí", "áéí")],
        "letters of any language",
    ),
    ("＃児童", [(TAG, "＃児童", "児童")], "a full-width sign"),
    ("#1 and #2027", [], "only digits are no tag"),
    ("#1a", [(TAG, "#1a", "1a")], "with a letter they are"),
    ("a#b", [], "inside a word it is no tag"),
    ("##a", [(TAG, "##a", "#a")], "two signs, as Bluesky's app has it"),
    ("#️⃣ key", [], "the keycap emoji is no tag"),
    ("# alone", [], "a sign alone is no tag"),
    ("#" + "a" * 64, [(TAG, "#" + "a" * 64, "a" * 64)], "64 characters are allowed"),
    ("#" + "a" * 65, [], "65 are not"),
    (
        "https://force.example/#top",
        [(LINK, "https://force.example/#top", "https://force.example/#top")],
        "not a tag too",
    ),
    (
        "https://social.example/@force",
        [(LINK, "https://social.example/@force", "https://social.example/@force")],
        "nor mention",
    ),
    (
        "“It’s time” – #Día https://a.example",
        [(TAG, "#Día", "Día"), (LINK, "https://a.example", "https://a.example")],
        "bytes",
    ),
]


@pytest.mark.parametrize(("text", "found", "reason"), FOUND)
def test_links_tags_and_mentions_are_found(text, found, reason):
    facets = facets_of(text)

    raw = text.encode()
    marked = [raw[facet["index"]["byteStart"] : facet["index"]["byteEnd"]].decode() for facet in facets]
    features = [facet["features"][0] for facet in facets]
    meant = [feature.get("uri") or feature.get("tag") or feature.get("handle") for feature in features]
    assert list(zip([feature["$type"] for feature in features], marked, meant, strict=True)) == found, reason


@given(
    st.lists(
        st.sampled_from(["#tag", "é", "👍🏽", "https://a.example/", "@b.example", "gov.scot", " ", "\n", ".", "("])
    )
)
def test_facets_are_in_order_apart_and_inside_the_text(pieces):
    text = "".join(pieces)

    position = 0
    for facet in facets_of(text):
        assert position <= facet["index"]["byteStart"] < facet["index"]["byteEnd"] <= len(text.encode())
        position = facet["index"]["byteEnd"]


def test_mentions_get_their_dids_and_the_unknown_stay_text():
    facets = facets_of("@known.example and @nobody.example, #tag")

    resolved = with_mentions(facets, {"known.example": "did:plc:known"})

    assert mentioned_handles(facets) == ["known.example", "nobody.example"]
    assert [facet["features"][0] for facet in resolved] == [
        {"$type": MENTION, "did": "did:plc:known"},
        {"$type": TAG, "tag": "tag"},
    ]
