"""The log in a terminal: no secrets, the reader's own time, and tracebacks only for those who ask."""

import logging
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from scheduler.cli.logs import log_to_terminal
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
