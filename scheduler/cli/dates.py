"""Days as options take them."""

from datetime import datetime
from typing import Any

import click


class Day(click.DateTime):
    """A day such as 2027-03-18; of anything else it says what was expected."""

    def __init__(self) -> None:
        super().__init__(["%Y-%m-%d"])

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            self.fail(f'expected a day such as 2027-03-18, found "{value}"', param, ctx)
