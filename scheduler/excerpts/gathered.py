"""A quote while it is being gathered from the paragraphs of an article."""

from dataclasses import dataclass

from scheduler.articles.article import Span
from scheduler.excerpts.attribution import Attribution


@dataclass(slots=True)
class Gathered:
    """Its stretches, its attribution once found, and whether it may go on in the next paragraph.

    told: of whom the words above it tell; they count where nothing beside it says who speaks.
    """

    spans: list[Span]
    attribution: Attribution | None
    may_go_on: bool = False
    closed: bool = True
    last_paragraph: int = 0
    damaged: bool = False
    single: bool = False
    told: Attribution | None = None
