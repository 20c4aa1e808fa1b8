"""HOW: a campaign, an occurrence and its accounts become drafts: templates, fitting, and what a reviewer must see."""

from scheduler.drafting.compose import draft_campaign
from scheduler.drafting.draft import Draft, Drafted, PostKey, Source
from scheduler.drafting.templates import RenderingFailed, Templates, shipped_templates

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
