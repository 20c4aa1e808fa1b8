"""The command itself: help, options for all, exit codes, and what is said when something breaks."""

import os
import pwd
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace

import click
import pytest

from scheduler.cli import main
from scheduler.cli.main import COMMANDS, Redletter, cli
from scheduler.config import register_secret
from scheduler.errors import ConfigError
from tests.builders.processes import redletter
from tests.builders.workspaces import Desk

HEAVY = ("aiohttp", "alembic", "apscheduler", "sqlalchemy", "sqlmodel", "trafilatura", "tweepy")


def every_command() -> list[tuple[str, str]]:
    return [(name, words) for chapter in COMMANDS.values() for name, (_, words) in chapter.items()]


@pytest.mark.parametrize(("name", "words"), every_command())
def test_the_table_of_commands_agrees_with_each_commands_own_help(name: str, words: str) -> None:
    command = cli.get_command(click.Context(cli), name)

    assert command is not None
    assert command.name == name
    assert (command.help or "").splitlines()[0] == words


def imported_by(*arguments: str) -> set[str]:
    """The modules that a fresh process has imported when a command has ended."""
    program = (
        "import sys; from scheduler.cli.main import cli\n"
        "try: cli.main(sys.argv[1:])\n"
        "finally: print(*sys.modules, file=sys.stderr)"
    )
    ended = subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=True)
    return set(ended.stderr.split())


@pytest.mark.parametrize("arguments", [("--help",), ("--version",)])
def test_help_is_there_at_once_since_it_loads_no_room_of_the_house(arguments: Sequence[str]) -> None:
    imported = imported_by(*arguments)

    ours = {module for module in imported if module.startswith("scheduler")}
    assert ours == {
        "scheduler",
        "scheduler.cli",
        "scheduler.cli.door",
        "scheduler.cli.main",
        "scheduler.cli.output",
        "scheduler.errors",
    }
    assert not imported & {*HEAVY, "asyncio", "jinja2", "pydantic", "yaml"}


def test_a_preview_loads_neither_a_database_nor_a_network(desk: Desk) -> None:
    imported = imported_by("--workspace", str(desk.folder), "preview", "harbour", "--year", "2027")

    assert "scheduler.drafting" in imported
    assert not imported & set(HEAVY)


def test_the_daemon_never_loads_what_migrates_the_book(planned: Desk) -> None:
    imported = imported_by("--workspace", str(planned.folder), "run", "--until-done")

    assert "apscheduler" in imported
    assert not imported & {"alembic", "mako"}


def test_without_a_command_the_help_is_shown() -> None:
    ended = subprocess.run([sys.executable, "-m", "scheduler"], capture_output=True, text=True, check=False)

    assert ended.returncode == 2
    assert "Usage: redletter" in ended.stdout + ended.stderr


def test_an_unknown_command_is_a_wrong_usage_with_a_guess(desk: Desk) -> None:
    said = desk.type("prevew")

    assert said.code == 2
    assert 'unknown command "prevew"; did you mean "preview"?' in said.err


def test_an_unknown_option_is_a_wrong_usage(desk: Desk) -> None:
    said = desk.type("plan", "--yeer", "2027")

    assert said.code == 2
    assert "--yeer" in said.err
    assert "redletter plan --help" in said.err


def test_an_option_that_counts_once_cannot_be_given_twice(planned: Desk) -> None:
    said = planned.type("approve", "--campaign", "harbour-day", "--yes", "--campaign=park-day")

    assert said.code == 2
    assert "--campaign can be given only once" in said.err
    assert "redletter approve --help" in said.err


@pytest.mark.parametrize(
    "arguments",
    [("--as", "noor", "--as", "sam", "posts"), ("--as", "noor", "posts", "--as", "sam"), ("posts", "--as=a", "--as=b")],
)
def test_an_option_for_all_commands_cannot_be_given_twice_either(planned: Desk, arguments: Sequence[str]) -> None:
    said = planned.type(*arguments, name=None)

    assert said.code == 2
    assert "--as can be given only once" in said.err


def test_an_option_that_may_be_repeated_can_be(planned: Desk) -> None:
    said = planned.type("export", "--campaign", "harbour-day", "--campaign", "park-day", "out")

    assert "only once" not in said.err


def test_global_options_are_taken_before_and_after_the_command(planned: Desk) -> None:
    planned.done("reject", 1, "--as", "sam", name=None)
    planned.done("--as", "noor", "reject", 2, name=None)

    who = [planned.json("show", post)["history"][-1]["who"] for post in (1, 2)]
    assert who == ["sam", "noor"]


def test_a_name_of_nothing_is_a_wrong_usage(desk: Desk) -> None:
    assert desk.type("plan", "--as", " ", name=None).code == 2


def test_without_a_name_it_is_the_system_user(desk: Desk) -> None:
    desk.done("plan", name=None)

    assert desk.json("show", 1)["history"][0]["who"] == pwd.getpwuid(os.getuid()).pw_name


def test_the_workspace_is_found_from_a_folder_below_it(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(desk.folder / "campaigns")

    command = [sys.executable, "-m", "scheduler", "preview", "harbour", "--year", "2027"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)

    assert "Harbour Open Day: 18 March 2027" in ended.stdout, ended.stderr


def test_where_there_is_no_workspace_the_answer_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    ended = subprocess.run([sys.executable, "-m", "scheduler", "plan"], capture_output=True, text=True, check=False)

    assert ended.returncode == 1
    assert "no workspace here" in ended.stderr
    assert "redletter init" in ended.stderr


def test_what_the_config_warns_of_is_said_once_on_stderr(desk: Desk) -> None:
    (desk.folder / "config.toml").chmod(0o644)

    said = desk.done("plan")

    assert said.err.count("can be read by other users") == 1
    assert "warning" not in said.out


def broken(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    """Makes the command `days` fail in its own way."""

    @click.command()
    def days() -> None:
        raise error

    monkeypatch.setattr(main, "import_module", lambda _name: SimpleNamespace(days=days))


def test_a_defect_is_one_line_without_a_traceback(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    broken(monkeypatch, TypeError("no such thing"))

    said = desk.type("days")

    assert said.code == 1
    assert said.err == (
        "this is a defect in Redletter: TypeError: no such thing; please report it; details with --debug\n"
    )


def test_with_debug_a_defect_shows_where_it_happened_and_still_no_secret(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    register_secret("hush-hush-91")
    broken(monkeypatch, TypeError("token hush-hush-91"))

    said = desk.type("--debug", "days")

    assert said.code == 1
    assert "Traceback" in said.err
    assert "token [secret]" in said.err
    assert "hush-hush-91" not in said.err


def test_a_message_shows_no_secret(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    register_secret("hush-hush-92")
    broken(monkeypatch, ConfigError("the server said: hush-hush-92"))

    assert desk.type("days").err == "the server said: [secret]\n"


def test_a_message_cannot_steer_the_terminal(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    broken(monkeypatch, ConfigError("the file \x1b[2J is odd"))

    assert "\x1b" not in desk.type("days").err


def test_what_the_system_refuses_is_no_defect(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    broken(monkeypatch, OSError(28, "No space left on device", "preview.html"))

    said = desk.type("days")

    assert said.code == 1
    assert "preview.html: the disk is full; make room and try again" in said.err
    assert "defect" not in said.err


def test_an_interrupt_is_quiet(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    broken(monkeypatch, KeyboardInterrupt())

    said = desk.type("days")

    assert said.code == 130
    assert said.err.strip() == ""


def test_a_reader_who_goes_away_is_no_reason_to_complain() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as nobody:
        ended = subprocess.run(
            [sys.executable, "-m", "scheduler", "days"], stdout=nobody, stderr=subprocess.PIPE, text=True, check=False
        )

    assert ended.stderr == ""
    assert ended.returncode == 1


def test_ctrl_c_ends_the_daemon_in_good_order(planned: Desk) -> None:
    daemon = redletter(planned.folder, "run")
    daemon.wait_for("publishing from")

    daemon.signal(signal.SIGINT)

    assert daemon.wait() == 0
    assert "Traceback" not in daemon.output


def test_the_group_names_every_command_once() -> None:
    names = [name for name, _ in every_command()]

    assert len(names) == len(set(names))
    assert isinstance(cli, Redletter)
    assert cli.list_commands(click.Context(cli)) == names
