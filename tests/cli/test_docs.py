"""docs/commands.md is complete: every command and every option; docs/json.md: every command that prints JSON."""

import re
import shlex
from pathlib import Path

import click
import pytest

from scheduler.cli.main import cli

DOCS = Path(__file__).parents[2] / "docs"
GLOBAL = {"--workspace", "--as", "--debug", "--version", "--help"}


def commands() -> dict[str, click.Command]:
    context = click.Context(cli)
    found = {name: cli.get_command(context, name) for name in cli.list_commands(context)}
    return {name: command for name, command in found.items() if command is not None}


def sections() -> dict[str, str]:
    """The text under each heading that is a command."""
    pieces = re.split(
        r"^### `redletter (\w+(?: [a-z]+)?)[^\n]*\n",
        (DOCS / "commands.md").read_text(encoding="utf-8"),
        flags=re.MULTILINE,
    )
    return dict(zip(pieces[1::2], pieces[2::2], strict=True))


def options_of(command: click.Command) -> set[str]:
    return {name for option in command.params if isinstance(option, click.Option) for name in option.opts} - GLOBAL


def test_every_command_is_documented_and_no_other() -> None:
    assert sections().keys() == commands().keys()


@pytest.mark.parametrize("name", sorted(commands()))
def test_every_option_is_documented_with_its_command_and_no_other(name: str) -> None:
    headings = re.findall(
        rf"^### .*`redletter {name}\b(?! [a-z]).*$", (DOCS / "commands.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    documented = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", sections()[name] + "".join(headings)))

    assert documented - GLOBAL == options_of(commands()[name])


@pytest.mark.parametrize("option", sorted(GLOBAL))
def test_every_option_of_all_commands_is_documented(option: str) -> None:
    assert f"`{option}" in (DOCS / "commands.md").read_text(encoding="utf-8")


def test_every_command_that_prints_json_is_in_the_docs_of_json() -> None:
    described = set(
        re.findall(r"^## `redletter (\w+(?: [a-z]+)?)", (DOCS / "json.md").read_text(encoding="utf-8"), re.MULTILINE)
    )

    assert described == {name for name, command in commands().items() if "--json" in options_of(command)}


@pytest.mark.parametrize("name", sorted(commands()))
def test_every_option_says_what_it_does(name: str) -> None:
    options = [option for option in commands()[name].params if isinstance(option, click.Option)]

    assert all((option.help and option.help.endswith(".")) or option.hidden for option in options)


def test_the_demo_types_only_what_the_commands_understand() -> None:
    script = (DOCS.parent / "scripts/demo").read_text(encoding="utf-8")
    typed = [
        shlex.split(line.partition(" 2>")[0])[1:] for line in re.findall(r'^"\$redletter".*$', script, re.MULTILINE)
    ]

    assert [words[0] for words in typed] == ["init", "preview", "preview", "plan", "approve", "run", "status", "posts"]
    for name, *words in typed:
        commands()[name].make_context(name, words)  # raises for an option that is not there
