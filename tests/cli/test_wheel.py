"""Installed from a wheel, the example, the templates and the calendar are there too."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.builders.workspaces import Desk

TOP = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package as a wheel brings it, in a folder of its own; built and installed without a network."""
    folder = tmp_path_factory.mktemp("wheel")
    _run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder), cwd=TOP)
    (wheel,) = folder.glob("*.whl")
    target = folder / "installed"
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    _run(*pip, "--no-index", "--no-deps", "--target", str(target), str(wheel), cwd=folder)
    return target


def _run(*command: str, cwd: Path, **options: str) -> str:
    ended = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False, env=options or None)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


def redletter(installed: Path, cwd: Path, *words: str) -> str:
    """Runs the installed command, and not the one of this checkout."""
    program = "import sys, scheduler.cli.main as door; assert sys.argv.pop(1) in door.__file__; door.main()"
    command = (sys.executable, "-c", program, str(installed), *words)
    return _run(*command, cwd=cwd, PYTHONPATH=str(installed), COLUMNS="100")


def test_from_a_wheel_a_workspace_is_made_and_previewed(installed: Path, tmp_path: Path) -> None:
    redletter(installed, tmp_path, "init", "new")
    preview = redletter(installed, tmp_path / "new", "preview", "child-exploitation")

    assert "nothing was saved, nothing was sent." in preview
    assert "force-bluesky on Bluesky (outbox)" in preview


def test_a_wheel_and_a_checkout_make_the_same_workspace(installed: Path, tmp_path: Path) -> None:
    redletter(installed, tmp_path, "init", "from-wheel")
    _run(sys.executable, "-m", "scheduler", "init", str(tmp_path / "from-checkout"), cwd=TOP)

    assert Desk(tmp_path / "from-wheel").files() == Desk(tmp_path / "from-checkout").files()


def test_the_calendar_is_there(installed: Path, tmp_path: Path) -> None:
    assert "White Ribbon Day" in redletter(installed, tmp_path, "days", "--year", "2027")


def test_posts_are_planned_and_the_migrations_are_there(installed: Path, tmp_path: Path) -> None:
    redletter(installed, tmp_path, "init", "new")

    assert "Saved:" in redletter(installed, tmp_path / "new", "plan")
    assert (installed / "scheduler/posts/migrations/versions").is_dir()


def test_the_wheel_holds_the_package_alone(installed: Path) -> None:
    (wheel,) = installed.parent.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        tops = {name.partition("/")[0] for name in archive.namelist()}

    assert {top for top in tops if not top.endswith(".dist-info")} == {"scheduler"}
