"""Builds campaign files: the least that is a campaign, with the keys that a test is about."""

from pathlib import Path

from scheduler.campaigns import Campaign, load_campaign
from tests.builders.tomlfile import write

LEAST = 'id = "open-day"\ntitle = "Open Day"\nday = "white-ribbon-day"\naccounts = ["team-x"]\n'
SLOT = '[[slot]]\nid = "on-the-day"\nwhen = "09:00"\ntext = "Come in."\n'
ARTICLES = '[articles]\nrelease = "articles/release.md"\npartner = "https://partner.example/news"\n'


def campaign(folder: Path, keys: str = "", slots: str = SLOT, least: str = LEAST) -> Campaign:
    return load_campaign(write(folder, f"{least}{keys}\n{slots}", "open-day.toml"), "open-day.toml")


def slot(keys: str) -> str:
    return f'[[slot]]\nid = "on-the-day"\nwhen = "09:00"\n{keys}\n'


def write_campaign(workspace: Path, identifier: str, name: str | None = None, extra: str = "") -> Path:
    text = LEAST.replace("open-day", identifier) + extra + SLOT
    return write(workspace / "campaigns", text, name or f"{identifier}.toml")
