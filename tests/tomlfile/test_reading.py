"""Reading a TOML file: what is accepted, and in which words the rest is explained."""

import os
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.errors import CampaignError, ConfigError
from scheduler.tomlfile import read_toml
from tests.builders.tomlfile import read, write


def test_a_file_gives_its_data_and_the_line_of_each_key(tmp_path: Path):
    toml = read(tmp_path, '# first\nid = "x"\n[[slot]]\nwhen = "09:00"\n')

    assert toml.data == {"id": "x", "slot": [{"when": "09:00"}]}
    assert toml.line("slot", 0, "when") == 4
    assert toml.name == "file.toml"


def test_a_key_that_is_missing_has_the_line_of_the_table_around_it(tmp_path: Path):
    toml = read(tmp_path, 'id = "x"\n\n[[slot]]\nwhen = "09:00"\n')

    assert toml.line("slot", 0, "id") == 3
    assert toml.line("title") is None


def test_a_byte_order_mark_and_windows_line_ends_are_accepted(tmp_path: Path):
    path = tmp_path / "windows.toml"
    path.write_bytes(b'\xef\xbb\xbfid = "x"\r\n\r\ntitle = """a\r\nb"""\r\nlate = "2h"\r\n')

    toml = read_toml(path, CampaignError)

    assert toml.data == {"id": "x", "title": "a\nb", "late": "2h"}
    assert toml.line("late") == 5


def test_text_is_kept_exactly(tmp_path: Path):
    toml = read(tmp_path, "text = 'He said “No”, and it’s so — naïve.'")

    assert toml.data["text"] == "He said “No”, and it’s so — naïve."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "id = 'x'\n\n\ntitle = “Open Day”\n",
            'file.toml:4: “ is a curly quotation mark from a word processor; TOML needs "',
            id="a value in curly marks",
        ),
        pytest.param(
            "id = “x”\n# “fine”\naccounts = ['a', “b”]\n",
            'file.toml:1: “ is a curly quotation mark from a word processor; TOML needs "\n'
            'file.toml:3: “ is a curly quotation mark from a word processor; TOML needs "',
            id="all lines with curly marks at once, but no comment",
        ),
        pytest.param(
            'id = "x”\ntitle = "y"\n',
            'file.toml:1: ” is a curly quotation mark from a word processor; TOML needs "',
            id="straight mark opens, curly mark closes",
        ),
        pytest.param(
            "id = ‘x’\n",
            "file.toml:1: ‘ is a curly quotation mark from a word processor; TOML needs '",
            id="single curly marks",
        ),
        pytest.param(
            'text = "said “yes”"\nlate = 2h\n',
            'file.toml:2: there is something after the value of "late" that TOML cannot read; '
            'texts and times need " around them',
            id="curly marks inside a text are not to blame",
        ),
        pytest.param(
            'text = """\n“Come in,” she said.\n"""\nlate = 2h\n',
            'file.toml:4: there is something after the value of "late"',
            id="nor are those that begin a line of a long text",
        ),
        pytest.param(
            'late = 2h\ntext = """\n“Come in.”\n',
            'file.toml:1: there is something after the value of "late"',
            id="nor those of a long text without an end",
        ),
        pytest.param(
            'text = """\n“Come in.”\n"""\nid = “x”\n',
            "file.toml:4: “ is a curly quotation mark",
            id="but those after it are",
        ),
        pytest.param("a = " + "1" * 5000, "file.toml: has a value that cannot be read", id="a number without end"),
        pytest.param(
            "id\u00a0= 'x'\n",
            "file.toml:1: has a no-break space from a word processor or web page; write an ordinary space instead",
            id="a space that only looks like one",
        ),
        pytest.param("a = 1\nb = 2\na = 3\nc = 4", 'file.toml:3: "a" is set twice', id="a key twice"),
        pytest.param(
            "[accounts.x]\n[accounts.x]\n", "file.toml:2: the table [accounts.x] stands twice", id="a table twice"
        ),
        pytest.param(
            'id = "x\ntitle = "y"',
            'file.toml:1: a text does not end on its line: is a closing " missing after "id"?',
            id="a mark that is missing",
        ),
        pytest.param(
            "id = x\n", 'file.toml:1: "id" has no value that TOML can read; texts need " around them', id="bare"
        ),
        pytest.param("just words\n", 'file.toml:1: expected KEY = "VALUE"', id="prose"),
        pytest.param(
            'path = "C:\\office"\n',
            "file.toml:1: a single \\ in a text is special in TOML; write \\\\, or use '…' around it",
            id="a Windows path",
        ),
        pytest.param("a = [1,\n", "file.toml:1: ", id="a list without an end"),
        pytest.param("when = 09:00\n", "file.toml:1: there is something after", id="an hour without marks"),
        pytest.param(
            "a = " + "[" * 5000 + "]" * 5000, "file.toml: lists or tables are nested too deeply", id="nesting"
        ),
    ],
)
def test_what_is_not_toml_is_explained_with_its_line(tmp_path: Path, text: str, expected: str):
    with pytest.raises(CampaignError) as error:
        read(tmp_path, text)

    assert str(error.value).startswith(expected)
    assert len(error.value.problems) == len(expected.splitlines())


def test_text_that_is_not_utf_8_is_refused_with_its_line(tmp_path: Path):
    path = tmp_path / "latin.toml"
    path.write_bytes(b'id = "x"\ntitle = "caf\xe9"\n')

    with pytest.raises(ConfigError, match=r"^latin\.toml:2: is not UTF-8 text here; save the file again"):
        read_toml(path, ConfigError, "latin.toml")


def test_a_binary_file_is_refused(tmp_path: Path):
    path = tmp_path / "picture.toml"
    path.write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00")

    with pytest.raises(CampaignError, match=r":1: is not UTF-8 text"):
        read_toml(path, CampaignError)


def test_a_missing_file_is_named(tmp_path: Path):
    with pytest.raises(CampaignError, match=r"^campaigns/x\.toml: there is no such file$"):
        read_toml(tmp_path / "x.toml", CampaignError, "campaigns/x.toml")


def test_a_folder_is_refused(tmp_path: Path):
    with pytest.raises(CampaignError, match="is a folder; expected a TOML file"):
        read_toml(tmp_path, CampaignError)


def test_a_file_of_more_than_a_megabyte_is_refused_unread(tmp_path: Path):
    path = write(tmp_path, "# " + "x" * 1_000_000)

    with pytest.raises(CampaignError, match="is larger than 1 MB"):
        read_toml(path, CampaignError)


def test_a_path_that_no_file_can_have_is_refused():
    with pytest.raises(CampaignError, match=r"cannot be read|there is no such file"):
        read_toml(Path("a\0b.toml"), CampaignError)


def test_a_device_is_not_read_for_ever():
    with pytest.raises(CampaignError):
        read_toml(Path(os.devnull).with_name("zero"), CampaignError)


@given(content=st.binary(max_size=40) | st.text("ab=[]{}\"'“”.,#\\\n 01-:", max_size=40).map(str.encode))
def test_whatever_a_file_holds_it_is_read_or_refused(content: bytes):
    with TemporaryDirectory() as folder:
        path = Path(folder) / "any.toml"
        path.write_bytes(content)

        try:
            found: Mapping[Any, int] = read_toml(path, CampaignError).lines
        except CampaignError as error:
            found = {(problem.file, problem.message): problem.line or 1 for problem in error.problems}

    assert all(line >= 1 for line in found.values())
    assert all(all(part is not None for part in place) for place in found)
