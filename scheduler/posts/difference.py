"""What became of some words: which went and which came, word by word, for a person to read at a glance."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from scheduler.posts.wording import count

LEGEND = "[-removed-] [+added+]"

_NAMED = 3  # changes in one line
_LONGEST = 60  # characters of one of them
_MANY = 4_000_000  # pairs of paragraphs
_MANY_ALIKE = 1_000_000  # pairs of the same word, which is what a comparison spends its time on


@dataclass(frozen=True, slots=True)
class Change:
    """A stretch of words. was == now: they stayed; was empty: they came; now empty: they went."""

    was: str
    now: str

    @property
    def is_change(self) -> bool:
        return self.was != self.now


def changes(was: str, now: str) -> list[Change]:
    """Returns the words of both texts side by side, in their order; spaces and line ends make no difference.

    Of texts so long that it would take seconds, all between the first change and the last is one.
    """
    old, new = was.split(), now.split()
    if _alike(old, new) > _MANY_ALIKE:
        return _roughly(old, new)
    # Without it, a word that is frequent in a long text is taken for noise.
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    return [Change(" ".join(old[a:b]), " ".join(new[c:d])) for _, a, b, c, d in matcher.get_opcodes()]


def _alike(old: Sequence[str], new: Sequence[str]) -> int:
    frequent = Counter(new)
    return sum(number * frequent[word] for word, number in Counter(old).items())


def _roughly(old: Sequence[str], new: Sequence[str]) -> list[Change]:
    most = min(len(old), len(new))
    start = next((place for place in range(most) if old[place] != new[place]), most)
    end = next((place for place in range(most - start) if old[-1 - place] != new[-1 - place]), most - start)
    before, after = " ".join(old[:start]), " ".join(old[len(old) - end :])
    between = Change(" ".join(old[start : len(old) - end]), " ".join(new[start : len(new) - end]))
    return [change for change in (Change(before, before), between, Change(after, after)) if change.was or change.now]


def marked(found: Sequence[Change], around: int | None = None) -> str:
    """Writes the text once, with what went as [-twelve-] and what came as [+thirteen+]; `LEGEND` explains it.

    around: so many words at most on each side of a change, the rest as "…"; None for all.
    """
    return " ".join(_pieces(found, around))


def _pieces(found: Sequence[Change], around: int | None) -> Iterator[str]:
    for place, change in enumerate(found):
        if not change.is_change:
            yield _shortened(change.now, around, at_start=place == 0, at_end=place == len(found) - 1)
            continue
        if change.was:
            yield f"[-{change.was}-]"
        if change.now:
            yield f"[+{change.now}+]"


def _shortened(words: str, around: int | None, *, at_start: bool, at_end: bool) -> str:
    split = words.split()
    before, after = (0 if at_start else around, 0 if at_end else around)
    if around is None or before is None or after is None or len(split) <= before + after + 2:
        return words
    return " ".join((*split[:before], "…", *split[len(split) - after :]))


def in_brief(found: Sequence[Change]) -> str:
    """Says the changes in one line: 'removed “twelve”, added “thirteen”'."""
    changed = [change for change in found if change.is_change]
    said = [_said(change) for change in changed[:_NAMED]]
    if len(changed) > _NAMED:
        said.append(f"and {count(len(changed) - _NAMED, 'more change')}")
    return "; ".join(said)


def changed_paragraphs(was: str, now: str) -> tuple[str, str]:
    """Returns of two texts the paragraphs that are not in both of them in the same order."""
    old, new = ([each for each in text.split("\n") if each.strip()] for text in (was, now))
    if len(old) * len(new) > _MANY:  # to compare their order would take minutes
        both = set(old) & set(new)
        return "\n".join(each for each in old if each not in both), "\n".join(each for each in new if each not in both)
    pairs = [codes for codes in SequenceMatcher(None, old, new, autojunk=False).get_opcodes() if codes[0] != "equal"]
    went = [each for _, start, end, _, _ in pairs for each in old[start:end]]
    return "\n".join(went), "\n".join(each for _, _, _, start, end in pairs for each in new[start:end])


def _said(change: Change) -> str:
    went, came = f"removed “{_cut(change.was)}”", f"added “{_cut(change.now)}”"
    return ", ".join(said for said, words in ((went, change.was), (came, change.now)) if words)


def _cut(words: str) -> str:
    return words if len(words) <= _LONGEST else f"{words[:_LONGEST].rsplit(' ', 1)[0]} …"
