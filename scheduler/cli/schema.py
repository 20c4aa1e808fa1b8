"""`redletter schema`: what an editor needs to complete and check campaign files."""

import click

from scheduler.cli.output import say_json


@click.command()
def schema() -> None:
    """Print the JSON schema of campaign files, for editors.

    Keep it beside them: redletter schema > campaign.schema.json
    """
    from scheduler.campaigns import json_schema

    say_json(json_schema())
