"""`redletter export`: everything of the posts that were asked for, in columns that stay, and nothing secret."""

import csv
import errno
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.posts.export import COLUMNS, write_csv
from tests.builders.workspaces import Desk

DOCS = Path(__file__).parents[2] / "docs" / "export.md"
TABLES = ("posts", "parts", "attempts", "receipts", "audit", "holds", "excerpts", "articles", "source_changes")


@pytest.fixture
def out(planned: Desk) -> Desk:
    """A workspace whose posts of 11 March are out, those of the 18th not; and everything was held for a moment.

    Its article was mended where no post took its words.
    """
    planned.done("approve", "--campaign", "harbour", "--yes")
    planned.replace("articles/gates.md", "ten years", "eleven years")
    planned.done("plan")
    planned.done("cancel", 3, "--reason", "=cmd|' /C calc'!A0")
    planned.done("cancel", 4)
    planned.done("hold", "--reason", "mourning")
    planned.done("resume")
    planned.done("run", "--speed", 3600, "--until-done")
    return planned


def _read(folder: Path) -> dict[str, list[dict[str, str]]]:
    tables = {}
    for path in folder.iterdir():
        with path.open(encoding="utf-8-sig", newline="") as file:
            tables[path.stem] = list(csv.DictReader(file))
    return tables


def _json(desk: Desk, *options: object) -> Any:
    return json.loads(desk.done("export", "-", "--format", "json", *options).out)


def test_as_csv_each_table_is_a_file_with_its_columns(out: Desk) -> None:
    out.done("export", out.folder / "foi")

    tables = _read(out.folder / "foi")
    assert tables.keys() == set(TABLES)
    assert {name: tuple(rows[0]) for name, rows in tables.items()} == COLUMNS
    first = tables["posts"][0]
    assert (first["scheduled_at"], first["scheduled_local"]) == ("2027-03-11T10:00:00+00:00",) * 2
    assert first["text"].startswith("The Harbour Trust opens")
    assert (first["status"], first["approved_by"]) == ("published", "kim")
    assert [row["outcome"] for row in tables["attempts"]] == ["accepted", "accepted"]
    assert [row["reason"] for row in tables["holds"]] == ["mourning"]
    assert {path.stat().st_mode & 0o777 for path in (out.folder / "foi").iterdir()} == {0o600}


def test_local_time_is_that_of_the_post_with_its_offset(out: Desk) -> None:
    out.replace("campaigns/harbour.toml", '"18 march"', '"18 june"')
    out.replace("campaigns/harbour.toml", 'id = "harbour"', 'id = "summer"')
    out.done("plan", "summer")

    (post, *_) = _json(out, "--campaign", "summer")["posts"]

    assert (post["scheduled_at"], post["scheduled_local"]) == ("2027-06-11T09:00:00+00:00", "2027-06-11T10:00:00+01:00")


def test_as_json_it_is_one_object_with_the_same_rows(out: Desk) -> None:
    out.done("export", out.folder / "foi", "--format", "json")

    value = json.loads((out.folder / "foi" / "redletter.json").read_text())
    assert (value["organisation"], value["campaigns"], value["from"]) == ("Harbour Trust", [], None)
    assert {table: tuple(value[table][0]) for table in TABLES} == COLUMNS
    assert value["posts"][0]["content_warning"] is None
    assert {key: value[key] for key in TABLES} == {key: _json(out)[key] for key in TABLES}


def test_the_record_says_which_text_each_post_was_made_from_and_what_became_of_it(planned: Desk) -> None:
    planned.done("approve", 1, "--yes")
    planned.replace("articles/gates.md", "ten years", "eleven years")
    planned.done("plan")
    planned.replace("articles/gates.md", "opens the gates of", "opens the doors of")
    planned.done("plan")
    planned.done("keep", 1, "--yes")

    value = _json(planned)

    texts = {each["sha256"]: each["text"] for each in value["articles"]}
    of_first = [each for each in value["source_changes"] if each["post_id"] == 1]
    assert [each["kind"] for each in of_first] == ["elsewhere", "changed"]
    mended, changed = of_first
    assert ("ten years" in texts[mended["was_sha256"]], "eleven years" in texts[mended["now_sha256"]]) == (True, True)
    assert ("ten years" in mended["was"], "eleven years" in mended["now"]) == (True, True)
    assert ("gates of" in changed["was"], "doors of" in changed["now"], bool(changed["settled_at"])) == (True,) * 3
    (excerpt,) = [each for each in value["excerpts"] if each["post_id"] == 1]
    assert "gates of" in texts[excerpt["sha256"]]
    assert "doors of" in texts[changed["now_sha256"]]


@pytest.mark.parametrize(
    ("options", "ids"),
    [
        (["--from", "2027-03-12"], [3, 4]),
        (["--to", "2027-03-11"], [1, 2]),
        (["--from", "2027-03-11", "--to", "2027-03-18"], [1, 2, 3, 4]),
        (["--from", "2027-03-12", "--to", "2027-03-17"], []),
        (["--campaign", "harbour"], [1, 2, 3, 4]),
    ],
)
def test_days_and_campaigns_narrow_every_table(out: Desk, options: list[str], ids: list[int]) -> None:
    value = _json(out, *options)

    assert [post["id"] for post in value["posts"]] == ids
    for table in ("parts", "attempts", "receipts", "audit"):
        assert {row["post_id"] for row in value[table] if row["post_id"] is not None} <= set(ids)
    assert {row["post_id"] for row in value["attempts"]} == {1, 2} & set(ids)


def test_what_concerns_no_post_is_there_when_no_campaign_is_named(out: Desk) -> None:
    def of_no_post(*options: str) -> list[str]:
        return [row["what"] for row in _json(out, *options)["audit"] if row["post_id"] is None]

    places = ["place of account press-x", "place of account press-bluesky"]
    assert of_no_post() == ["hold everything", "resume everything", *places]
    assert of_no_post("--from", "2027-03-02") == places
    assert of_no_post("--campaign", "harbour") == []


def test_a_formula_is_defused_and_comes_back_as_it_was(out: Desk) -> None:
    out.done("export", out.folder / "foi")

    reasons = [row["detail"] for row in _read(out.folder / "foi")["audit"] if row["what"] == "cancel"]
    assert reasons[0] == "'=cmd|' /C calc'!A0"
    assert "=cmd|' /C calc'!A0" in [row["detail"] for row in _json(out)["audit"]]


@given(st.lists(st.text(), min_size=1, max_size=4))
def test_any_cell_is_defused_and_comes_back_letter_for_letter(texts: list[str]) -> None:
    from io import StringIO

    texts = [text.replace("\x00", "") for text in texts]
    rows: list[Mapping[str, Any]] = [{"text": text} for text in texts]
    file = StringIO(newline="")

    number = write_csv(file, ["text"], rows)

    file.seek(0)
    _, *cells = [row[0] if row else "" for row in csv.reader(file)]
    assert number == len(texts)
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert [cell.removeprefix("'") for cell in cells] == texts


def test_no_secret_gets_out_even_where_one_got_in(out: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    account = (
        '[accounts.real]\nplatform = "mastodon"\nbase_url = "https://social.example"\naccess_token = "env:A_TOKEN"\n'
    )
    out.write("config.toml", (out.folder / "config.toml").read_text() + account).chmod(0o600)
    monkeypatch.setenv("A_TOKEN", "token-4711-of-this-test")
    out.done("hold", "--reason", "somebody pasted token-4711-of-this-test here")

    said = out.done("export", "-", "--format", "json").out

    assert "somebody pasted [secret] here" in said
    assert "token-4711" not in said


def test_nothing_is_written_over(out: Desk) -> None:
    out.done("export", out.folder / "foi")

    said = out.type("export", out.folder / "foi")

    assert said.code == 1
    assert "posts.csv" in said.err
    assert "nothing is written over" in said.err


@pytest.mark.parametrize(
    "words", [["-"], ["foi", "--from", "2027-03-18", "--to", "2027-03-11"], ["foi", "--from", "18 March"]]
)
def test_what_cannot_be_is_a_wrong_usage(out: Desk, words: list[str]) -> None:
    assert out.type("export", *words).code == 2


def test_an_unknown_campaign_is_said(out: Desk) -> None:
    said = out.type("export", out.folder / "foi", "--campaign", "harbor")

    assert said.code == 1
    assert 'did you mean "harbour"?' in said.err
    assert not (out.folder / "foi").exists()


def test_all_that_is_wrong_is_said_at_once_before_anything_is_written(out: Desk) -> None:
    usage = out.type("export", "-", "--from", "18 March", "--to", "2027-02-30")
    out.write("foi", "a file")
    names = out.type("export", out.folder / "foi", "--campaign", "harbor", "--campaign", "lighthouse")

    assert usage.code == 2
    assert "csv is one file for each table" in usage.err
    assert '--from: expected a day such as 2027-03-18, found "18 March"' in usage.err
    assert '--to: expected a day such as 2027-03-18, found "2027-02-30"' in usage.err
    assert names.code == 1
    assert len(names.err.splitlines()) == 3
    assert "/foi is a file; name a folder" in names.err  # the path before it may look like a secret of another test


@pytest.mark.parametrize("form", ["csv", "json"])
def test_an_export_that_fails_leaves_nothing_behind(out: Desk, form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    target = out.folder / "requests" / "foi"

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", str(target / "audit.csv"))

    monkeypatch.setattr("scheduler.posts.export.Export._audit", full)
    said = out.type("export", target, "--format", form)

    assert (said.code, said.err) == (1, f"{target / 'audit.csv'}: the disk is full; make room and try again\n")
    assert not target.parent.exists()


@pytest.mark.parametrize("table", TABLES)
def test_every_column_is_documented_in_its_order(table: str) -> None:
    section = DOCS.read_text(encoding="utf-8").partition(f"### `{table}`")[2].partition("\n###")[0]
    columns = [
        name for cells in re.findall(r"^\| (`.*?) \|", section, re.MULTILINE) for name in re.findall(r"`(\w+)`", cells)
    ]

    assert columns == list(COLUMNS[table])


def test_what_was_read_and_which_words_a_post_took_of_it_leave_with_it(planned: Desk) -> None:
    planned.done("export", planned.folder / "out")

    tables = _read(planned.folder / "out")
    excerpts, (article,) = tables["excerpts"], tables["articles"]
    assert [row["post_id"] for row in excerpts] == ["1", "2"]
    start, end = map(int, excerpts[0]["spans"].split("-"))
    assert article["text"][start:end] == excerpts[0]["words"]
    assert (article["article"], article["sha256"]) == ("articles/gates.md", excerpts[0]["sha256"])
    assert article["origin"].endswith("/workspace/articles/gates.md")
