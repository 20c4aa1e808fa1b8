"""What hangs is left behind, and keeps nobody else waiting."""

import asyncio
import threading
from collections.abc import Iterator

import pytest

from scheduler.publishing.aside import Aside


class Share:
    """Answers with the name, but for what lies in `share/`, until it is back. asked: in that order."""

    def __init__(self) -> None:
        self.is_back = threading.Event()
        self.asked: list[str] = []

    def __call__(self, name: str) -> str:
        self.asked.append(name)
        if name.startswith("share/"):
            self.is_back.wait(20)
        return name


@pytest.fixture
def share() -> Iterator[Share]:
    share = Share()
    yield share
    share.is_back.set()


async def test_what_hangs_is_left_behind_with_all_that_lies_beside_it(share: Share) -> None:
    names = ["a.md", "share/1.md", "share/2.md", "b.md", "https://harbour.example/share"]

    answers = await Aside().ask(share, names, asyncio.Event(), within=0.05)

    assert list(answers) == ["a.md", "b.md", "https://harbour.example/share"]
    assert share.asked == ["a.md", "share/1.md", "b.md", "https://harbour.example/share"]


async def test_what_hangs_is_asked_again_once_it_has_answered(share: Share) -> None:
    aside = Aside()
    assert aside.ask_now(share, ["share/1.md"], within=0.05) == {}
    assert aside.ask_now(share, ["share/2.md", "a.md"], within=20) == {"a.md": "a.md"}
    (has_answered,) = aside._hanging.values()

    share.is_back.set()
    assert await asyncio.to_thread(has_answered.over.wait, 20)

    assert aside.ask_now(share, ["share/2.md"], within=20) == {"share/2.md": "share/2.md"}
    assert share.asked == ["share/1.md", "a.md", "share/2.md"]


async def test_what_did_not_answer_in_a_moment_has_the_rest_of_its_time_for_who_can_wait(share: Share) -> None:
    aside = Aside()
    assert aside.ask_now(share, ["share/1.md"], within=0.01) == {}

    asking = asyncio.create_task(aside.ask(share, ["share/1.md", "a.md"], asyncio.Event(), within=20))
    while "a.md" not in share.asked:
        await asyncio.sleep(0.01)
    share.is_back.set()

    assert await asyncio.wait_for(asking, 20) == {"a.md": "a.md", "share/1.md": "share/1.md"}


async def test_what_has_hung_long_enough_is_not_waited_for_again(share: Share) -> None:
    aside = Aside()
    assert await aside.ask(share, ["share/1.md"], asyncio.Event(), within=0.05) == {}

    answers = await asyncio.wait_for(aside.ask(share, ["share/2.md", "a.md"], asyncio.Event(), within=0.05), 5)

    assert (answers, share.asked) == ({"a.md": "a.md"}, ["share/1.md", "a.md"])


async def test_many_slow_answers_are_not_one_that_hangs() -> None:
    slow = threading.Event()

    def ask(name: str) -> str:
        slow.wait(0.02)
        return name

    names = [str(number) for number in range(30)]

    assert list(await Aside().ask(ask, names, asyncio.Event(), within=0.3)) == names


async def test_the_end_waits_for_nothing_that_hangs(share: Share) -> None:
    stop = asyncio.Event()
    asking = asyncio.create_task(Aside().ask(share, ["share/1.md", "a.md"], stop, within=20))
    while not share.asked:
        await asyncio.sleep(0.01)

    stop.set()

    assert await asyncio.wait_for(asking, 5) == {}


def test_a_defect_is_the_business_of_who_asks() -> None:
    with pytest.raises(ZeroDivisionError):
        Aside().ask_now(lambda name: 1 / 0, ["a.md"], within=20)
