"""The JSON schema of campaign files, with which editors complete keys and mark mistakes."""

from typing import Any

from scheduler.campaigns.campaign import Campaign


def json_schema() -> dict[str, Any]:
    """Returns a schema of draft 2020-12 that describes every key of a campaign file."""
    schema = _plain(Campaign.model_json_schema(by_alias=True))
    del schema["properties"]["file"]
    schema["properties"]["late"]["default"] = "2h"
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "A Redletter campaign",
        "description": "One campaign: an awareness day, the accounts that post, the articles, and the planned moments.",
    }


def _plain(schema: Any) -> Any:
    """Leaves out what TOML does not have (null) and what editors need not show (titles made from key names)."""
    if isinstance(schema, list):
        return [_plain(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {key: _plain(value) for key, value in schema.items() if not _is_noise(key, value)}
    choices = [choice for choice in kept.pop("anyOf", []) if choice != {"type": "null"}]
    if len(choices) == 1:
        return choices[0] | kept
    return kept | {"anyOf": choices} if choices else kept


def _is_noise(key: str, value: Any) -> bool:
    return (key == "default" and value is None) or (key == "title" and isinstance(value, str))
