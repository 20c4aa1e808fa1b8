"""The systemd unit that docs/running.md hands out: valid, careful, and in agreement with the program."""

import re
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path

import click
import pytest

from scheduler.cli.main import cli
from scheduler.config import Publishing

UNIT = Path(__file__).parents[2] / "docs" / "redletter.service"


def _setting(name: str) -> str:
    found = re.findall(rf"^{name}=(.*)$", UNIT.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(found) == 1, name
    return str(found[0])


def test_systemd_finds_nothing_wrong_with_it(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not there")
    unit = tmp_path / "redletter.service"
    # The program is somewhere else here, and the page of its documentation.
    text = UNIT.read_text(encoding="utf-8").replace("/opt/redletter/.venv/bin/redletter", "/bin/true")
    unit.write_text(text, encoding="utf-8")

    said = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(unit)], capture_output=True, text=True, check=False
    )

    assert (said.returncode, said.stdout, said.stderr) == (0, "", "")


def test_its_command_is_one_that_the_program_understands() -> None:
    _, *words = _setting("ExecStart").split()
    command = cli.get_command(click.Context(cli), words[2])

    assert words[:3] == ["--workspace", "/srv/redletter", "run"]
    assert command is not None
    command.make_context("run", words[3:])  # raises for an option that is not there


def test_it_waits_longer_than_the_daemon_drains() -> None:
    assert timedelta(seconds=int(_setting("TimeoutStopSec"))) > Publishing().drain * 2


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Type", "notify"),
        ("Restart", "always"),
        ("ExecReload", "/bin/kill -HUP $MAINPID"),
        ("TimeoutStartSec", "infinity"),
        ("ProtectSystem", "strict"),
        ("NoNewPrivileges", "true"),
    ],
)
def test_it_says_what_the_docs_promise(name: str, value: str) -> None:
    assert _setting(name) == value
