"""A disk that can only be read: every command says so in one sentence, and nothing goes out."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.builders.posts import make_book, make_post
from tests.builders.processes import Platforms, redletter, write_config


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    try:
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(folder)], check=True, capture_output=True, text=True
        )
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"no disk can be mounted here: {getattr(error, 'stderr', '') or error}")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture
def platforms() -> Iterator[Platforms]:
    platforms = Platforms()
    yield platforms
    platforms.kill()


def _remount(disk: Path, how: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{how}", str(disk)], check=True)


@pytest.mark.parametrize(
    "words",
    [
        ["run", "--until-done"],
        ["hold", "--reason", "mourning"],
        ["cancel", "1"],
        ["restore", "{copy}", "--yes"],
    ],
)
def test_on_a_disk_that_can_only_be_read_it_is_said_and_nothing_goes_out(
    disk: Path, tmp_path: Path, platforms: Platforms, words: list[str]
) -> None:
    write_config(disk, platforms)
    book = make_book(disk)
    make_post(book, account="force-mastodon")
    book.close()
    copy = tmp_path / "copy.db"
    assert redletter(disk, "backup", str(copy)).wait() == 0
    _remount(disk, "ro")

    said = redletter(disk, *(word.format(copy=copy) for word in words))
    code = said.wait()
    _remount(disk, "rw")

    assert code == 1
    assert len(said.lines) == 1
    assert str(disk) in said.output
    assert platforms.texts() == []
