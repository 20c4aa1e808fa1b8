"""What goes wrong is one clear message and exit code 1, never a traceback, and leaves everything as it was."""

import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.builders.workspaces import CAMPAIGN, Desk

DATABASE = "redletter.db"


def assert_refused(desk: Desk, *words: object, expected: str, lines: int = 1) -> None:
    """Types a command that must be refused clearly and change no file."""
    before = desk.files()

    said = desk.type(*words)

    assert said.code == 1, said
    assert expected in said.err
    assert "Traceback" not in said.err
    assert "defect" not in said.err
    assert len(said.err.splitlines()) <= lines, said.err
    assert desk.files() == before


# ── A campaign and what it names ──────────────────────────────────────────────────────────────────────────────────

UNKNOWN = [
    (
        'day = { name = "Harbour Open Day", date = "18 march" }',
        'day = "white-ribon-day"',
        'did you mean "white-ribbon-day"?',
    ),
    ('accounts = ["press-x"', 'accounts = ["pres-x"', 'unknown account "pres-x"; did you mean "press-x"?'),
    (
        "text = \"Today is {{ day.name }}. {{ hashtags | join(' ') }}\"",
        'template = "anouncement"',
        'did you mean "announcement"?',
    ),
    ('excerpt = "lead"', 'excerpt = "quote by Nobody"', "quote by Nobody"),
    ("accounts =", "acounts =", 'unknown key "acounts"; did you mean "accounts"?'),
    ("{{ excerpt.text }}", "{{ excerpt.txt }}", "txt"),
]


@pytest.mark.parametrize(
    ("right", "wrong", "expected"), UNKNOWN, ids=["day", "account", "template", "excerpt", "key", "variable"]
)
@pytest.mark.parametrize("command", ["check", "plan"])
def test_an_unknown_name_is_found_with_its_line(
    desk: Desk, command: str, right: str, wrong: str, expected: str
) -> None:
    desk.replace("campaigns/harbour.toml", right, wrong)
    before = desk.files()

    said = desk.type(command)

    assert said.code == 1
    assert expected in said.err
    assert all(line.startswith(("campaigns/harbour.toml:", "Nothing was saved")) for line in said.err.splitlines())
    assert desk.files() == before


def test_curly_quotation_marks_are_explained(desk: Desk) -> None:
    desk.replace("campaigns/harbour.toml", 'id = "harbour"', "id = “harbour”")

    assert_refused(desk, "check", expected="campaigns/harbour.toml:1")


# ── Articles ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _large(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(50 * 1024 * 1024)


ARTICLES: list[tuple[str, Callable[[Path], object], str]] = [
    ("missing", lambda path: path.unlink(), "is missing"),
    ("empty", lambda path: path.write_bytes(b""), "is empty"),
    ("binary", lambda path: path.write_bytes(b"%PDF-1.7\n\x00\x01\x02" * 50), "is not text"),
    ("50 MB", _large, "is larger than"),
    ("a folder", lambda path: (path.unlink(), path.mkdir()), "is a folder"),
]


@pytest.mark.parametrize(("make", "expected"), [case[1:] for case in ARTICLES], ids=[case[0] for case in ARTICLES])
def test_an_article_that_cannot_be_read(desk: Desk, make: Callable[[Path], object], expected: str) -> None:
    make(desk.folder / "articles/gates.md")

    assert_refused(desk, "article", "articles/gates.md", expected=expected)
    assert_refused(desk, "check", expected=f"campaigns/harbour.toml:9: articles.release: articles/gates.md: {expected}")
    assert_refused(desk, "plan", expected=expected, lines=2)


# ── Templates ─────────────────────────────────────────────────────────────────────────────────────────────────────

TEMPLATES = [
    ("raises", "{{ 1 // 0 }}", "templates/odd/default.j2:1: ZeroDivisionError"),
    (
        "loops for ever",
        "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
        "takes longer than",
    ),
    ("reaches for __class__", "{{ day.name.__class__.__mro__ }}", "reaches for what templates may not have"),
    ("is no template", "{% if %}", "not a template"),
    ("yields nothing", "{# nothing #}", "the text is empty"),
    ("knows no such variable", "{{ supprt.line }}", 'did you mean "support"?'),
]


@pytest.mark.parametrize(
    ("template", "expected"), [case[1:] for case in TEMPLATES], ids=[case[0] for case in TEMPLATES]
)
def test_a_template_that_does_not_work(desk: Desk, template: str, expected: str) -> None:
    desk.write("templates/odd/default.j2", template)
    desk.replace(
        "campaigns/harbour.toml", "text = \"Today is {{ day.name }}. {{ hashtags | join(' ') }}\"", 'template = "odd"'
    )
    before = desk.files()

    said = desk.type("plan")

    assert said.code == 1
    assert 'slot "on-the-day"' in said.err
    assert expected in said.err
    assert "Traceback" not in said.err
    assert desk.files() == before


# ── The configuration ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_config_with_mistakes_has_them_all_said(desk: Desk) -> None:
    desk.replace("config.toml", 'time_zone = "Europe/London"', 'time_zone = "Europe/Londn"')
    desk.replace("config.toml", 'like = "x"', 'liek = "x"')

    assert_refused(desk, "plan", expected='unknown key "liek"; did you mean "like"?', lines=2)


def test_a_secret_in_the_config_is_refused_and_not_repeated(desk: Desk) -> None:
    account = (
        '[accounts.real]\nplatform = "mastodon"\nbase_url = "https://social.example"\naccess_token = "hush-hush"\n'
    )
    desk.write("config.toml", account).chmod(0o600)

    assert_refused(desk, "posts", expected="a secret must not stand in this file itself")
    assert "hush-hush" not in desk.type("posts").err


# ── The book ──────────────────────────────────────────────────────────────────────────────────────────────────────

# Every way in: reading, writing, planning, publishing.
COMMANDS: list[list[object]] = [
    ["posts"],
    ["show", 1],
    ["status"],
    ["preview", "--saved"],
    ["plan"],
    ["approve", 1, "--yes"],
    ["edit", 1, "--text", "Other words."],
    ["hold", "--reason", "a storm"],
    ["run", "--until-done"],
]
WRITING: list[list[object]] = [
    ["plan"],
    ["approve", 1, "--yes"],
    ["edit", 1, "--text", "Other words."],
    ["hold", "--reason", "a storm"],
]


@pytest.mark.parametrize("words", COMMANDS, ids=[str(words[0]) for words in COMMANDS])
def test_a_book_of_a_newer_version(planned: Desk, words: list[object]) -> None:
    with closing(sqlite3.connect(planned.folder / DATABASE)) as book, book:
        book.execute("UPDATE alembic_version SET version_num = '9999'")

    assert_refused(planned, *words, expected="made by a newer Redletter (version 9999")


@pytest.mark.parametrize("words", COMMANDS, ids=[str(words[0]) for words in COMMANDS])
def test_a_book_that_is_no_database(planned: Desk, words: list[object]) -> None:
    planned.write(DATABASE, "This was a letter to the editor. " * 99)

    assert_refused(planned, *words, expected="it is damaged or not a database")


def test_a_database_of_another_program(desk: Desk) -> None:
    with closing(sqlite3.connect(desk.folder / DATABASE)) as other, other:
        other.execute("CREATE TABLE recipes (name)")

    assert_refused(desk, "plan", expected="this database is not a book of Redletter")


@pytest.mark.parametrize("words", [words for words in COMMANDS if words[0] != "plan"], ids=lambda words: str(words[0]))
def test_a_book_that_is_not_there(desk: Desk, words: list[object]) -> None:
    assert_refused(desk, *words, expected="there is no book yet; `redletter plan` makes one")


@contextmanager
def locked(path: Path) -> Iterator[None]:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


def test_a_book_that_another_program_has_locked(planned: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scheduler.posts.book.BUSY_SECONDS", 0.05)
    planned.replace("campaigns/harbour.toml", "Today is", "It is")

    with locked(planned.folder / DATABASE):
        for words in WRITING:
            assert_refused(planned, *words, expected="another program has locked it")
        assert planned.type("posts").code == 0


def in_a_process(desk: Desk, *words: object, prepare: str) -> subprocess.CompletedProcess[str]:
    """Types the command in a process of its own that the program `prepare` has put in want of something."""
    program = f"import os, sys\n{prepare}\nos.execv(sys.executable, [sys.executable, '-m', 'scheduler', *sys.argv[1:]])"
    command = [sys.executable, "-c", program, "--workspace", str(desk.folder), *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


# A superuser may write what is read-only. This gives that right up (Linux: PR_CAPBSET_DROP, CAP_DAC_OVERRIDE).
WITHOUT_THE_RIGHTS_OF_ROOT = """
if os.geteuid() == 0:
    import ctypes
    assert ctypes.CDLL(None).prctl(24, 1, 0, 0, 0) == 0
"""


def with_a_disk_of(size: int) -> str:
    """No file of the process grows beyond `size` bytes: what it meets is a full disk."""
    return f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({size}, {size}))"


@pytest.mark.parametrize("words", WRITING, ids=[str(words[0]) for words in WRITING])
def test_a_book_that_cannot_be_written(planned: Desk, words: list[object]) -> None:
    before = planned.files()
    (planned.folder / DATABASE).chmod(0o444)
    planned.folder.chmod(0o555)

    ended = in_a_process(planned, *words, prepare=WITHOUT_THE_RIGHTS_OF_ROOT)

    planned.folder.chmod(0o755)
    assert ended.returncode == 1
    assert "it cannot be written; check who owns the file and its folder" in ended.stderr
    assert len(ended.stderr.splitlines()) == 1
    assert planned.files() == before


@pytest.mark.parametrize("words", WRITING[1:], ids=[str(words[0]) for words in WRITING[1:]])
def test_a_full_disk(planned: Desk, words: list[object]) -> None:
    before = planned.posts()

    ended = in_a_process(planned, *words, prepare=with_a_disk_of(4096))

    assert ended.returncode == 1, ended
    assert "the disk is full or failing; nothing was changed" in ended.stderr
    assert len(ended.stderr.splitlines()) == 1
    assert planned.posts() == before


def test_a_disk_too_full_for_a_new_book(desk: Desk) -> None:
    # A year to come on the clock of this machine, since the process has no other.
    desk.write("campaigns/harbour.toml", CAMPAIGN.replace("years = [2027]\n", ""))

    ended = in_a_process(desk, "plan", prepare=with_a_disk_of(16 * 1024))
    afterwards = desk.done("plan")

    assert ended.returncode == 1
    assert "the disk is full or failing; nothing was changed" in ended.stderr
    assert len(ended.stderr.splitlines()) == 1
    assert "Saved: 4 new." in afterwards.lines


def test_a_full_disk_under_a_new_workspace(tmp_path: Path) -> None:
    ended = in_a_process(Desk(tmp_path), "init", tmp_path / "new", prepare=with_a_disk_of(1024))

    assert ended.returncode == 1
    assert "the workspace cannot be written" in ended.stderr
    assert not (tmp_path / "new").exists()


def test_a_workspace_that_is_not_there_is_a_wrong_usage(tmp_path: Path) -> None:
    said = Desk(tmp_path / "nowhere").type("posts")

    assert said.code == 2
    assert "does not exist" in said.err
