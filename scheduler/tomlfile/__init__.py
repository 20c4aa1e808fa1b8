"""Reads the TOML files that people write, and says what is wrong with them: file, line, key, likely fix."""

from scheduler.tomlfile.durations import Period, parse_duration, parse_period
from scheduler.tomlfile.problems import Expected, did_you_mean, plain_key, plain_kind, problem, problems_of, unknown_key
from scheduler.tomlfile.reading import LARGEST_FILE, TomlFile, read_toml

__all__ = [
    "LARGEST_FILE",
    "Expected",
    "Period",
    "TomlFile",
    "did_you_mean",
    "parse_duration",
    "parse_period",
    "plain_key",
    "plain_kind",
    "problem",
    "problems_of",
    "read_toml",
    "unknown_key",
]
