"""The outbox writes what would go out."""

import json
from datetime import UTC, datetime
from random import Random

import pytest

from scheduler.errors import ConfigError, TemporaryFailure
from scheduler.platforms.contract import Doubt, Verdict
from scheduler.platforms.outbox import _STANDS_IN_FOR
from tests.builders.platforms import make_adapter, make_message, publish

NOW = datetime(2027, 3, 18, 9, 0, tzinfo=UTC)


def payload_of(adapter, text="Look out for #CEADay27 today.", **settings):
    return adapter.payload(make_message(text, **settings), adapter.new_key(NOW, Random(text)))


def files_in(folder):
    return sorted(path for path in folder.rglob("*") if path.is_file())


async def test_a_post_is_one_file_named_by_its_key(tmp_path):
    adapter = make_adapter("outbox", tmp_path)
    payload = payload_of(adapter, "“Hello”", content_warning="abuse")

    receipt = await publish(adapter, payload)

    [file] = files_in(tmp_path / "outbox" / "force")
    assert file.name == f"{payload.key}.json"
    assert receipt.url == file.as_uri()
    assert json.loads(file.read_text(encoding="utf-8")) == {
        "account": "force",
        "looks_like": "outbox",
        "method": "WRITE",
        "path": f"{payload.key}.json",
        "key": payload.key,
        "headers": {},
        "body": {"text": "“Hello”", "language": "en-GB", "content_warning": "abuse"},
    }


async def test_the_same_key_again_leaves_the_first_file(tmp_path):
    adapter = make_adapter("outbox", tmp_path)
    payload = payload_of(adapter)
    first = await publish(adapter, payload)
    [file] = files_in(tmp_path / "outbox")
    written = file.stat().st_mtime_ns

    second = await publish(adapter, payload)

    assert second == first
    assert [path.stat().st_mtime_ns for path in files_in(tmp_path / "outbox")] == [written]


async def test_what_it_is_like_is_found_in_its_folder_too(tmp_path):
    adapter = make_adapter("outbox", tmp_path, settings={"like": "webhook"})
    payload = payload_of(adapter)
    doubt = Doubt(payload, NOW)
    [before] = await adapter.find([doubt], lambda _: False)
    receipt = await publish(adapter, payload)

    [after] = await adapter.find([doubt], lambda _: False)

    assert (before.verdict, after.verdict, after.receipt) == (Verdict.REPEATABLE, Verdict.OUT, receipt)


async def test_half_a_file_is_not_a_post(tmp_path):
    adapter = make_adapter("outbox", tmp_path)
    payload = payload_of(adapter)
    (tmp_path / "outbox" / "force").mkdir(parents=True)
    (tmp_path / "outbox" / "force" / f"{payload.key}.part").write_text("{", encoding="utf-8")

    [finding] = await adapter.find([Doubt(payload, NOW)], lambda _: False)

    assert finding.verdict is Verdict.REPEATABLE
    assert await publish(adapter, payload)


@pytest.mark.parametrize("like", sorted(_STANDS_IN_FOR))
async def test_it_writes_the_request_of_the_platform_that_it_is_like(tmp_path, like):
    outbox = make_adapter("outbox", tmp_path, settings={"like": like, "handle": "testshire.example"})
    model = make_adapter(like, tmp_path)
    payload = payload_of(outbox, "Read gov.scot, #CEADay27")

    await outbox.send(payload)

    [file] = files_in(tmp_path / "outbox")
    written = json.loads(file.read_text(encoding="utf-8"))
    assert payload == payload_of(model, "Read gov.scot, #CEADay27")
    assert (written["looks_like"], written["path"]) == (like, payload.path)
    assert outbox.looks_like == like
    assert outbox.platform == "outbox"


async def test_a_thread_of_parts_can_be_written_for_every_platform(tmp_path):
    for like in sorted(_STANDS_IN_FOR):
        adapter = make_adapter("outbox", tmp_path, settings={"like": like})
        message = make_message("One.", "Two.")
        first = await publish(adapter, adapter.payload(message, adapter.new_key(NOW, Random(1))))

        second = await publish(adapter, adapter.payload(message, adapter.new_key(NOW, Random(2)), [first]))

        assert second.platform_id != first.platform_id


async def test_its_folder_can_be_chosen(tmp_path):
    adapter = make_adapter("outbox", tmp_path, settings={"folder": "elsewhere"})

    await publish(adapter, payload_of(adapter))

    assert len(files_in(tmp_path / "elsewhere" / "force")) == 1


async def test_a_folder_that_cannot_be_written_to_is_said(tmp_path):
    (tmp_path / "outbox").write_text("a file in the way", encoding="utf-8")
    adapter = make_adapter("outbox", tmp_path)

    with pytest.raises(TemporaryFailure, match="cannot write"):
        await publish(adapter, payload_of(adapter))
    with pytest.raises(TemporaryFailure, match="cannot write"):
        await adapter.check_login()


async def test_checking_leaves_no_file_behind(tmp_path):
    assert await make_adapter("outbox", tmp_path).check_login() == str(tmp_path / "outbox" / "force")

    assert files_in(tmp_path) == []


def test_what_it_is_like_must_be_a_platform(tmp_path):
    with pytest.raises(ConfigError, match='"bluesky", "mastodon", "webhook", "x", not "myspace"'):
        make_adapter("outbox", tmp_path, settings={"like": "myspace"})
