"""The log in a terminal: no secrets, the reader's own time, and tracebacks only for those who ask."""

import json
import logging
import subprocess
import sys
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from scheduler.cli.logs import LogForm, log_to_terminal
from scheduler.config import register_secret

log = logging.getLogger("redletter.test")


def test_no_secret_is_logged_wherever_it_hides(capsys: pytest.CaptureFixture[str]) -> None:
    register_secret("hush/hush now")
    log_to_terminal(debug=True)

    log.info("header %s", "Bearer hush/hush now")
    logging.getLogger("tweepy.client").debug("url ?token=%s", "hush%2Fhush%20now")
    try:
        raise ValueError("hush/hush now")
    except ValueError:
        log.exception("it failed")

    said = capsys.readouterr().err
    assert said.count("[secret]") == 4  # the last exception shows its line of source, too
    assert "now" not in said


def test_without_debug_an_exception_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    log_to_terminal(debug=False)

    try:
        raise ValueError("no such part")
    except ValueError:
        log.exception("the adapter failed")

    said = capsys.readouterr().err
    assert "ValueError: no such part (details with --debug)" in said
    assert "Traceback" not in said


def test_with_debug_it_is_shown_whole(capsys: pytest.CaptureFixture[str]) -> None:
    log_to_terminal(debug=True)

    try:
        raise ValueError("no such part")
    except ValueError:
        log.exception("the adapter failed")

    assert "Traceback" in capsys.readouterr().err


def test_times_are_those_of_the_clock_and_zone_it_was_given(capsys: pytest.CaptureFixture[str]) -> None:
    summer = datetime(2027, 6, 1, 8, 0, tzinfo=UTC)
    log_to_terminal(debug=False, level=logging.INFO, zone=ZoneInfo("Europe/London"), now=lambda: summer)

    log.info("published")

    assert capsys.readouterr().err == "2027-06-01 09:00:00 INFO    published\n"


def test_set_up_twice_it_speaks_once(capsys: pytest.CaptureFixture[str]) -> None:
    log_to_terminal(debug=False)
    log_to_terminal(debug=False)

    log.warning("the account is held")

    assert capsys.readouterr().err.count("held") == 1


def test_other_peoples_small_talk_is_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    log_to_terminal(debug=False, level=logging.INFO)

    logging.getLogger("apscheduler.scheduler").info("added job")

    assert capsys.readouterr().err == ""


ABOUT_A_POST = {"post": 12, "campaign": "harbour", "slot": "09:00", "account": "force-x", "attempt": 1}


def test_a_line_about_a_post_names_it_by_its_fields(capsys: pytest.CaptureFixture[str]) -> None:
    log_to_terminal(debug=False, level=logging.INFO)

    log.info("published", extra={**ABOUT_A_POST, "url": "https://social.example/1"})
    log.error("failed", extra={**ABOUT_A_POST, "why": "the platform said: too long"})

    first, second = (line.split(None, 3)[3] for line in capsys.readouterr().err.splitlines())
    fields = "post=12 campaign=harbour slot=09:00 account=force-x attempt=1"
    assert first == f"published {fields} url=https://social.example/1"
    assert second == f"failed: {fields}: the platform said: too long"


def test_a_field_that_would_look_like_several_is_quoted(capsys: pytest.CaptureFixture[str]) -> None:
    log_to_terminal(debug=False)

    log.warning("published", extra={"slot": '-7d 10:00 post="13"'})

    assert capsys.readouterr().err == 'WARNING: published slot="-7d 10:00 post=\\"13\\""\n'


def test_as_json_each_record_is_one_object_with_its_fields(capsys: pytest.CaptureFixture[str]) -> None:
    summer = datetime(2027, 6, 1, 8, 0, tzinfo=UTC)
    log_to_terminal(debug=False, level=logging.INFO, zone=ZoneInfo("Europe/London"), now=lambda: summer, form="json")

    log.info("%s is out", "a part", extra=ABOUT_A_POST)

    assert json.loads(capsys.readouterr().err) == {
        "time": "2027-06-01T08:00:00.000+00:00",
        "level": "info",
        "logger": "redletter.test",
        "message": "a part is out",
        **ABOUT_A_POST,
    }


def test_as_json_an_exception_is_a_field(capsys: pytest.CaptureFixture[str]) -> None:
    log_to_terminal(debug=True, form="json")

    try:
        raise ValueError("no such part")
    except ValueError:
        log.exception("the adapter failed")

    assert "ValueError: no such part" in json.loads(capsys.readouterr().err)["exception"]


@pytest.mark.parametrize("form", ["text", "json"])
def test_what_a_platform_answers_cannot_begin_a_line_of_its_own(
    capsys: pytest.CaptureFixture[str], form: LogForm
) -> None:
    log_to_terminal(debug=False, form=form)
    answer = 'no\n2027-06-01 09:00:00 INFO    published post=13\r\u2028{"level": "info"}\x1b[2J'

    log.error("failed with %s", answer, extra={"post": 12, "why": answer})

    said = capsys.readouterr().err
    assert len(said.splitlines()) == 1
    assert "\x1b" not in said


def test_a_process_out_of_files_still_logs() -> None:
    script = """
import logging, os, resource
from scheduler.cli.logs import log_to_terminal
log_to_terminal(debug=False)
resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))
logging.getLogger("redletter.test").error("no more files\\nleft")
"""

    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert ended.stderr == "ERROR: no more files\\nleft\n"


def test_nor_can_an_exception(capsys: pytest.CaptureFixture[str]) -> None:
    log_to_terminal(debug=False)

    try:
        raise ValueError("no\n2027-06-01 09:00:00 INFO    published post=13")
    except ValueError:
        log.exception("it failed")

    assert [line.split(":")[0] for line in capsys.readouterr().err.splitlines()] == ["ERROR", "ValueError"]


@pytest.mark.parametrize("secret", ["hush/hush now", 'hu"sh\\', '", "level": "debug', "geheim\u00df\n"])
def test_as_json_no_secret_is_shown_and_none_takes_a_line_apart(
    capsys: pytest.CaptureFixture[str], secret: str
) -> None:
    register_secret(secret)
    log_to_terminal(debug=True, form="json")

    log.error(
        "said %s", secret, extra={"post": 12, "why": f"because of {secret}", "url": f"https://x.example/?{secret}"}
    )

    line = capsys.readouterr().err
    value = json.loads(line)
    assert secret not in line
    assert not [each for each in value.values() if isinstance(each, str) and secret in each]
    assert (value["post"], value["level"], value["why"]) == (12, "error", "because of [secret]")
