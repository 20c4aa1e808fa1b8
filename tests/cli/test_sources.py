"""Where a post's words come from, and what becomes of a quotation that somebody altered."""

import pytest

from tests.builders.workspaces import Desk

QUOTE = """
[[slot]]
id = "quote"
when = "12:00"
text = "{{ excerpt.quoted }}\\n\\n{{ excerpt.attribution }}\\n\\n{{ link }}"
excerpt = "quote 1"
accounts = ["press-x"]
"""
ALTERED = (
    "“Come and look what we mend. Bring your children.”\n\nMira Holt, keeper of the harbour\n\n"
    "https://harbour.example/news/gates"
)


@pytest.fixture
def quoting(desk: Desk) -> Desk:
    """Post 5 is a quotation."""
    with (desk.folder / "campaigns/harbour.toml").open("a") as campaign:
        campaign.write(QUOTE)
    desk.done("plan")
    return desk


def test_text_and_source_stand_side_by_side_where_there_is_room(quoting: Desk) -> None:
    quoting.environment["COLUMNS"] = "110"

    lines = quoting.done("show", 5, "--sources").lines

    assert any(
        "“Come and see what we mend. Bring your" in line and "│ paragraph 2, characters" in line for line in lines
    )
    assert any("Mira Holt, keeper of the harbour" in line and "the speaker" in line for line in lines)
    assert any("https://harbour.example/news/gates" in line and "not an excerpt" in line for line in lines)
    assert max(map(len, lines)) <= 110


@pytest.mark.parametrize("columns", [80, 60, 40])
def test_and_below_each_other_where_there_is_none(quoting: Desk, columns: int) -> None:
    quoting.environment["COLUMNS"] = str(columns)

    lines = quoting.done("show", 5, "--sources").lines

    assert any(line.startswith("  ← paragraph 2, characters") for line in lines)
    assert not any("│" in line for line in lines)
    assert max(map(len, lines)) <= columns


def test_what_was_left_out_is_shown_with_its_place(quoting: Desk) -> None:
    quoting.done("edit", 5, "--text", ALTERED.replace("look", "see").replace("Bring your children.", "[…]"))
    quoting.environment["COLUMNS"] = "80"

    said = quoting.done("show", 5, "--sources")

    assert "altered" not in said.out
    left_out = said.lines.index("[…]")
    assert said.lines[left_out + 1].startswith("  ← left out: paragraph 2, characters")
    assert said.lines[left_out + 2].strip() == "Bring your children."


def test_what_was_altered_is_shown_word_by_word(quoting: Desk) -> None:
    quoting.done("edit", 5, "--text", ALTERED)
    quoting.environment["COLUMNS"] = "80"

    said = quoting.done("show", 5, "--sources")

    assert "! Warning: quotation altered: “Come and see what we” is now “Come and look what" in said.out
    assert "← ALTERED: paragraph 2" in said.out
    assert "Come and [-see-] [+look+] what we mend." in said.out
    assert "[-removed-] [+added+]" in said.out


def test_a_post_without_an_article_says_so(quoting: Desk) -> None:
    assert "No article: the text is the campaign's own." in quoting.done("show", 3, "--sources").out


def test_the_pieces_are_in_the_json(quoting: Desk) -> None:
    article = quoting.json("article", "articles/gates.md")
    quoting.done("edit", 5, "--text", ALTERED)

    (source,) = quoting.json("show", 5)["sources"]

    assert [piece["bond"] for piece in source["pieces"]] == ["altered", "taken", "speaker", "own words"]
    altered, taken = source["pieces"][:2]
    assert (altered["words"], altered["text"]) == ("Come and see what we mend.", "“Come and look what we mend.")
    assert (taken["words"], taken["text"]) == ("Bring your children.", "Bring your children.”")
    assert altered["span"][0] == article["quotes"][0]["spans"][0][0]
    assert taken["span"][1] == article["quotes"][0]["spans"][0][1]


def test_an_altered_quotation_is_refused_until_somebody_agreed(quoting: Desk) -> None:
    quoting.done("edit", 5, "--text", ALTERED)
    quoting.interactive = True

    refused = quoting.type("approve", 5, answers="y\n")
    agreed = quoting.done("approve", 5, "--altered", "Mira Holt, by phone", answers="y\n")

    assert refused.code == 1
    assert "Approve post 5?" not in refused.out
    assert 'redletter approve 5 --altered "who agreed"' in refused.err
    assert "Approve post 5? A quotation in it is not what was said. [y/N]" in agreed.out
    assert "agreed: Mira Holt, by phone" in quoting.json("show", 5)["history"][-1]["detail"]


def test_of_a_campaign_the_altered_ones_are_listed_and_the_others_approved(quoting: Desk) -> None:
    quoting.done("edit", 5, "--text", ALTERED)

    said = quoting.type("approve", "--campaign", "harbour", "--yes")

    assert said.code == 1
    assert "Approved: 4 posts, by kim." in said.out
    assert "Not approved, for a quotation is not what was said: 1 post.\n  redletter show 5 --sources" in said.err
    assert [quoting.json("show", post)["status"] for post in (1, 5)] == ["approved", "draft"]


def test_an_agreement_to_what_is_not_altered_is_not_written_down(quoting: Desk) -> None:
    said = quoting.done("approve", 5, "--altered", "Mira Holt", "--yes")

    assert "no quotation in what was approved is altered" in said.err
    assert quoting.json("show", 5)["history"][-1]["detail"] is None


@pytest.mark.parametrize("words", [["--campaign", "harbour", "--altered", "Mira"], ["5", "--altered", " "]])
def test_an_agreement_names_posts_and_a_person(quoting: Desk, words: list[str]) -> None:
    assert quoting.type("approve", *words, "--yes").code == 2


def test_an_edit_shows_at_once_that_it_altered_a_quotation(quoting: Desk) -> None:
    assert "quotation altered: “Come and see what we” is now" in quoting.done("edit", 5, "--text", ALTERED).out


def test_a_rehearsal_lets_an_altered_quotation_go_out_as_if_it_were_approved(quoting: Desk) -> None:
    quoting.done("edit", 5, "--text", ALTERED)

    said = quoting.type("rehearse", "--from", "2027-03-18", "--to", "2027-03-18", "--json")

    (post,) = [each for each in said.json["posts"] if each["slot"] == "quote"]
    assert post["outcome"] == "published"
