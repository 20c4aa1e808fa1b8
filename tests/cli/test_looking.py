"""The commands that only look: article, schema, check."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.builders.workspaces import Desk

ARTICLE_KEYS = ["title", "published", "lead", "quotes", "links", "contacts"]


def test_an_article_is_shown_as_json_in_a_shape_that_stays(desk: Desk) -> None:
    article = desk.json("article", "articles/gates.md")

    assert article.keys() >= set(ARTICLE_KEYS)
    assert article["title"] == "The harbour opens its gates"
    assert article["published"] == "2027-03-01"
    assert article["lead"].startswith("The Harbour Trust opens")
    quote = article["quotes"][0]
    assert (quote["speaker"], quote["role"]) == ("Mira Holt", "keeper of the harbour")
    assert quote["paragraphs"] == ["Come and see what we mend. Bring your children."]
    assert article["contacts"] == [{"kind": "phone", "value": "01632 960 123", "label": None}]


def test_an_article_is_shown_under_the_words_that_select_from_it(desk: Desk) -> None:
    lines = desk.done("article", "articles/gates.md").lines

    assert lines[0] == "The harbour opens its gates"
    said = [line.strip().removeprefix("1 ") for line in lines]
    assert "lead" in said
    assert "quote 1 · Mira Holt, keeper of the harbour" in said
    assert "▌ “Come and see what we mend. Bring your children.”" in said


def test_an_article_is_written_as_a_page(desk: Desk) -> None:
    page = desk.folder / "gates.html"

    said = desk.done("article", "articles/gates.md", "--html", page)
    again = desk.done("article", "articles/gates.md", "--html", page)

    assert (said.lines, again.lines) == ([str(page)], [str(page)])
    assert "Come and see what we mend." in page.read_text(encoding="utf-8")


def test_a_page_without_a_name_is_printed(desk: Desk) -> None:
    said = desk.done("article", "articles/gates.md", "--html")

    assert said.lines[0] == "<!DOCTYPE html>"
    assert said.lines[-1] == "</html>"


def test_no_page_is_written_over_an_article_that_is_a_page_itself(desk: Desk) -> None:
    article = desk.write("articles/gates.html", "<!DOCTYPE html><p>The gates of the harbour are open.</p>")
    before = desk.files()

    said = desk.type("article", "articles/gates.md", "--html", article)

    assert said.code == 1
    assert "is no HTML page that Redletter made; give another name" in said.err
    assert desk.files() == before


def test_a_page_and_json_at_once_are_one_too_many(desk: Desk) -> None:
    assert desk.type("article", "articles/gates.md", "--json", "--html").code == 2


def test_an_article_of_ones_own_folder_needs_no_workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "news.txt").write_text("1 March 2027\n\nGates open\n\nThe gates of the harbour are open to all.\n")
    monkeypatch.chdir(tmp_path)

    command = [sys.executable, "-m", "scheduler", "article", "news.txt", "--json"]
    ended = subprocess.run(command, capture_output=True, text=True, check=True)

    assert json.loads(ended.stdout)["title"] == "Gates open"


def test_an_article_cannot_steer_the_terminal(desk: Desk) -> None:
    desk.write(
        "articles/odd.txt",
        "Gates \x1b[2Jopen\n\n" + "The gates of the harbour are open to all who come. " * 9 + "\x1b]0;",
    )

    assert "\x1b" not in desk.done("article", "articles/odd.txt").out


def test_the_schema_describes_a_campaign(desk: Desk) -> None:
    schema = desk.type("schema").json

    assert schema["title"] == "A Redletter campaign"
    assert "slot" in schema["properties"]


def test_check_says_that_a_campaign_is_fine(desk: Desk) -> None:
    said = desk.done("check")

    assert said.lines == ["campaigns/harbour.toml: fine; 4 posts for 18 March 2027"]


def test_a_campaign_of_which_posts_can_be_made_all_the_same_is_not_called_fine(desk: Desk) -> None:
    desk.replace("campaigns/harbour.toml", 'when = "09:00"', 'when = "09:00"\nhashtag = "x"')

    said = desk.type("check")

    assert (said.code, said.lines) == (1, ["campaigns/harbour.toml: 1 problem"])
    assert "hashtag" in said.err


def test_check_finds_all_problems_of_all_campaigns_at_once(desk: Desk) -> None:
    desk.replace("campaigns/harbour.toml", '"press-bluesky"]', '"press-bluesy"]')
    desk.replace("campaigns/harbour.toml", 'excerpt = "lead"', 'excerpt = "quote 7"')
    desk.write("campaigns/other.toml", 'id = "other"\ntitel = "Other"\n')

    said = desk.type("check")

    assert said.code == 1
    assert (
        'campaigns/harbour.toml:5: accounts 2: unknown account "press-bluesy"; did you mean "press-bluesky"?'
        in said.err
    )
    assert "campaigns/other.toml:2" in said.err
    assert "quote 7" in said.err


def test_check_says_an_unreadable_article_once_and_not_for_each_slot(desk: Desk) -> None:
    (desk.folder / "articles/gates.md").unlink()

    said = desk.type("check", "harbour")

    assert said.code == 1
    assert len(said.err.splitlines()) == 1
    assert said.err.startswith("campaigns/harbour.toml:9: articles.release: articles/gates.md: is missing")


def test_check_as_json_has_a_shape_that_stays(desk: Desk) -> None:
    desk.replace("campaigns/harbour.toml", '"press-bluesky"]', '"nobody"]')

    said = desk.type("check", "--json")

    assert said.code == 1
    assert list(said.json) == ["campaigns", "problems", "notes"]
    assert said.json["campaigns"] == [
        {"campaign": "harbour", "file": "campaigns/harbour.toml", "occurrence": "2027", "posts": 2}
    ]
    assert [list(problem) for problem in said.json["problems"]] == [["file", "line", "key", "message"]]


def test_check_leaves_the_workspace_as_it_was(desk: Desk) -> None:
    before = desk.files()

    desk.done("check")

    assert desk.files() == before


def test_check_says_an_unknown_key_and_an_unknown_name_in_one_go(desk: Desk) -> None:
    desk.replace("campaigns/harbour.toml", 'title = "Harbour Open Day"', 'title = "Harbour Open Day"\ncolour = "blue"')
    desk.replace("campaigns/harbour.toml", 'excerpt = "lead"', 'excerpt = "quote by Nobody"\nwhenn = "10:00"')
    desk.replace("campaigns/harbour.toml", "{{ day.name }}", "{{ day.nam }}")

    said = desk.type("check")

    assert said.code == 1
    for problem in ('unknown key "colour"', 'unknown key "whenn"', "Nobody", '"nam"'):
        assert problem in said.err


def test_check_says_what_a_badly_formed_file_names_and_nobody_knows_in_the_same_go(desk: Desk) -> None:
    file = "campaigns/harbour.toml"
    desk.replace(file, 'when = "09:00"', 'when = 9\ntemplate = "announcment"')
    desk.replace(file, '"press-x"', '"pres-x"')
    desk.replace(file, 'day = { name = "Harbour Open Day", date = "18 march" }', 'day = "anti slavry day"')
    desk.replace(file, 'excerpt = "lead"', 'excerpt = "quote by Nobody"')
    desk.replace(file, '"articles/gates.md"', '"articles/gates.md"\nold = "articles/gone.md"')

    said = desk.type("check")

    assert said.code == 1
    lines = said.err.splitlines()
    for problem in ("slot 2.when", "announcment", '"pres-x"', "anti slavry day", "Nobody", "articles/gone.md"):
        assert sum(problem in line for line in lines) == 1, problem
    assert all(line.startswith("campaigns/harbour.toml:") for line in lines)
