"""What pydantic finds becomes problems in a person's words, each with line and key."""

from pathlib import Path
from typing import Annotated

import pytest
from pydantic import BaseModel, ConfigDict, Field, StrictInt, ValidationError

from scheduler.tomlfile import Expected, did_you_mean, problems_of, unknown_key
from tests.builders.tomlfile import read


class Inner(BaseModel):
    model_config = ConfigDict(extra="forbid")
    phone: str
    number: StrictInt = 1


class Outer(BaseModel):
    model_config = ConfigDict(extra="forbid")
    title: Annotated[str, Field(description="What people call it.")]
    accounts: Annotated[tuple[str, ...], Expected("a list of account names"), Field(min_length=1)] = ("x",)
    support: tuple[Inner, ...] = ()
    tables: dict[str, Inner] = {}
    maybe: Inner | None = None
    aliased: tuple[Inner, ...] = Field((), alias="slot")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["file.toml: title: is missing: what people call it"]),
        ('title = "x"\nacounts = []', ['file.toml:2: unknown key "acounts"; did you mean "accounts"?']),
        ('title = "x"\nzzz = 1', ['file.toml:2: unknown key "zzz"']),
        ("title = 3", ["file.toml:1: title: expected text, found a number"]),
        ("title = true", ["file.toml:1: title: expected text, found true or false"]),
        ("title = 2027-03-18T10:00:00", ["file.toml:1: title: expected text, found a date with a time"]),
        ("title = 2027-03-18", ["file.toml:1: title: expected text, found a date or time"]),
        (
            'title = "x"\naccounts = "force-x"',
            ["file.toml:2: accounts: expected a list of account names, found text"],
        ),
        ('title = "x"\naccounts = []', ["file.toml:2: accounts: is empty; expected one at least"]),
        (
            'title = "x"\naccounts = [\n  "a",\n  3,\n]',
            ["file.toml:4: accounts 2: expected text, found a number"],
        ),
        (
            'title = "x"\nsupport = [{ phone = "101" },\n { phon = "101" }]',
            [
                "file.toml:3: support 2.phone: is missing",
                'file.toml:3: support 2: unknown key "phon"; did you mean "phone"?',
            ],
        ),
        (
            'title = "x"\n[tables.one]\nphone = "101"\nnumbr = 3',
            ['file.toml:4: tables.one: unknown key "numbr"; did you mean "number"?'],
        ),
        ('title = "x"\n[maybe]\nphone = 1', ["file.toml:3: maybe.phone: expected text, found a number"]),
        (
            'title = "x"\n[maybe]\nphone = "1"\nnumbr = 1',
            ['file.toml:4: maybe: unknown key "numbr"; did you mean "number"?'],
        ),
        ('title = "x"\nslot = 3', ["file.toml:2: slot: expected a list, found a number"]),
        (
            'title = "x"\n[[slot]]\nphone = "1"\nfone = 1',
            ['file.toml:4: slot 1: unknown key "fone"; did you mean "phone"?'],
        ),
        (
            'title = "x"\n[[slot]]\nphone = "1"\nnumber = "1"',
            ["file.toml:4: slot 1.number: expected a whole number, found text"],
        ),
    ],
)
def test_a_problem_has_line_key_and_plain_words(tmp_path: Path, text: str, expected: list[str]):
    toml = read(tmp_path, text)

    with pytest.raises(ValidationError) as error:
        Outer.model_validate(toml.data)

    assert [str(problem) for problem in problems_of(toml, error.value, Outer)] == expected


def test_all_problems_come_at_once_in_the_order_of_the_file(tmp_path: Path):
    toml = read(tmp_path, 'b = 1\naccounts = 2\ntitle = 3\n[[support]]\nphone = 4\nnumber = "5"\n')

    with pytest.raises(ValidationError) as error:
        Outer.model_validate(toml.data)

    assert [problem.line for problem in problems_of(toml, error.value, Outer)] == [1, 2, 3, 5, 6]


def test_no_problem_repeats_a_value(tmp_path: Path):
    toml = read(tmp_path, 'title = ["hunter2"]\naccounts = "hunter2"\nsecret = "hunter2"\n[maybe]\nphone = ["hunter2"]')

    with pytest.raises(ValidationError) as error:
        Outer.model_validate(toml.data)

    problems = problems_of(toml, error.value, Outer)
    assert len(problems) == 4
    assert "hunter2" not in " ".join(str(problem) for problem in problems)


@pytest.mark.parametrize(
    ("word", "known", "expected"),
    [
        ("acounts", ["accounts", "articles"], '; did you mean "accounts"?'),
        ("FORCE-X", ["force-x"], '; did you mean "force-x"?'),
        ("colour", ["id", "when"], ""),
        ("x", [], ""),
    ],
)
def test_did_you_mean_names_the_nearest_word_or_nothing(word: str, known: list[str], expected: str):
    assert did_you_mean(word, known) == expected


def test_an_unknown_key_stands_at_its_line(tmp_path: Path):
    toml = read(tmp_path, "[a]\nb = 1")

    assert str(unknown_key(toml, ("a", "b"))) == 'file.toml:2: a: unknown key "b"'
