"""HOW: a campaign, an occurrence and its accounts become drafts: templates, fitting, and what a reviewer must see."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from scheduler.drafting.draft import Draft, Drafted, PostKey, Source

if TYPE_CHECKING:
    from scheduler.drafting.compose import draft_campaign
    from scheduler.drafting.templates import RenderingFailed, Templates, shipped_templates
else:
    # The book has to know what a draft is, and not how one is made: a resting daemon stays small.
    _MAKING = {
        "draft_campaign": "scheduler.drafting.compose",
        "RenderingFailed": "scheduler.drafting.templates",
        "Templates": "scheduler.drafting.templates",
        "shipped_templates": "scheduler.drafting.templates",
    }

    def __getattr__(name: str) -> Any:
        if name not in _MAKING:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(_MAKING[name]), name)


__all__ = [
    "Draft",
    "Drafted",
    "PostKey",
    "RenderingFailed",
    "Source",
    "Templates",
    "draft_campaign",
    "shipped_templates",
]
