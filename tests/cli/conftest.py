"""A workspace for each test, and a log that is as it was before."""

import logging
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.builders.workspaces import Desk, make_workspace


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return make_workspace(tmp_path / "workspace")


@pytest.fixture(scope="session")
def _planned_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    desk = make_workspace(tmp_path_factory.mktemp("planned") / "workspace")
    desk.done("plan")
    return desk.folder


@pytest.fixture
def planned(_planned_once: Path, tmp_path: Path) -> Desk:
    """A workspace whose campaign is planned: posts 1 and 2 a week before, 3 and 4 on the day; all drafts."""
    return Desk(Path(shutil.copytree(_planned_once, tmp_path / "workspace")))


@pytest.fixture(autouse=True)
def _the_log_is_left_as_it_was() -> Iterator[None]:
    root, ours = logging.getLogger(), logging.getLogger("redletter")
    before = list(root.handlers), root.level, ours.level
    yield
    root.handlers[:] = before[0]
    root.setLevel(before[1])
    ours.setLevel(before[2])
