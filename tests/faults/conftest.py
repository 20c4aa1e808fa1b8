from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crash.platforms import TroubledPlatforms
from tests.crash.scene import Scene, make_scene


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    """A book, platforms that do as they are told, and calls that may take a second."""
    with make_scene(tmp_path, TroubledPlatforms(), at_once=8, timeout="1s", drain="5s") as scene:
        yield scene
