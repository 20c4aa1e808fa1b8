"""The style of the year planner: light and dark, a phone and a wide screen, and one page of paper, A4 or A3."""

from collections.abc import Sequence
from math import ceil

from scheduler.preview.style import PALETTE

YEAR_STYLE = (
    PALETTE
    + """
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink);
  font: 15px/1.4 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
header, main, footer { max-width: 110rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 1.5rem; border-top: .4rem solid var(--red); }
h1 { font-size: 2rem; line-height: 1.15; margin: 0 0 .75rem; }
h2 { font-size: 1.1rem; line-height: 1.25; margin: 0 0 .35rem; }
a:focus-visible { outline: 3px solid var(--red); outline-offset: 2px; }
.skip { position: absolute; left: -99rem; }
.skip:focus { left: 1rem; top: 1rem; background: var(--sheet); padding: .5rem 1rem; }
.hidden, caption { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.kicker { margin: 0 0 .25rem; color: var(--red); font-weight: 600; }
dl { display: flex; flex-wrap: wrap; gap: .5rem 2rem; margin: 0 0 .75rem; }
dt { font-size: .85rem; color: var(--soft); } dd { margin: 0; font-weight: 600; }
ul { margin: 0; padding: 0; list-style: none; }
.legend { display: flex; flex-wrap: wrap; gap: .35rem 1.25rem; padding-bottom: 1rem; color: var(--soft); font-size: .9rem; }
.sign { display: inline-block; width: 1.9em; text-align: center; line-height: 1.6; }
.months { display: grid; grid-template-columns: repeat(4, 1fr); gap: 1rem; }
.month { background: var(--sheet); border: 1px solid var(--rule); border-radius: .35rem; padding: .75rem .8rem; min-width: 0; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
.month table { width: 100%; table-layout: fixed; margin-bottom: .5rem; position: relative; }
.month th, .month td { text-align: center; padding: .05rem; font-weight: 400; position: relative; }
.month th { color: var(--soft); font-size: .8rem; }
td > span { display: block; border: 2px solid transparent; border-radius: .25rem; line-height: 1.5; }
.weekend { color: var(--soft); }
td.maybe-week > span { border-bottom: 2px dashed var(--red); border-radius: 0; }
td.week > span, .sign.week { border-bottom: 2px solid var(--red); border-radius: 0; }
td.maybe-day > span, .sign.maybe-day { border: 2px dashed var(--red); border-radius: .25rem; }
td.day > span, .sign.day { border: 2px solid var(--red); border-radius: .25rem; }
td.posts > span, .sign.posts { background: var(--red); color: var(--sheet); font-weight: 700; border-radius: .25rem; }
td.posts.day > span, td.posts.maybe-day > span { box-shadow: inset 0 0 0 2px var(--sheet); }
td.holiday > span, .sign.holiday { text-decoration: underline dotted; text-underline-offset: .2em; font-style: italic; }
.rows li { display: flex; gap: .5rem; padding: .1rem 0; overflow-wrap: anywhere; }
.rows li::before { content: "○"; flex: none; width: .8rem; color: var(--red); }
.rows .computed::before { content: "◌"; } .rows .plan::before { content: "●"; } .rows .faint::before { content: "·"; }
.rows .faint { color: var(--soft); } .rows .faint::before { color: inherit; text-align: center; }
.dates { flex: none; min-width: 3.9rem; color: var(--soft); font-weight: 400; font-variant-numeric: tabular-nums; }
.tag { border: 1px solid currentColor; border-radius: .6rem; padding: 0 .4rem; font-size: .8em; font-weight: 400;
  color: var(--soft); white-space: nowrap; }
.below { display: grid; gap: 1.5rem 2.5rem; margin-top: 1.5rem; align-items: start; }
.findings { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(24rem, 100%), 1fr)); gap: 1.5rem 2.5rem;
  align-items: start; }
.findings section { min-width: 0; overflow-wrap: anywhere; }
.findings li { padding: .3rem 0; border-top: 1px solid var(--rule); }
.clashes, .not_announced, .not_dated { border-left: .3rem solid var(--warn-edge); padding-left: .8rem; }
.answer { margin: .1rem 0 0; color: var(--soft); font-size: .9rem; }
.wide { overflow-x: auto; }
.accounts th, .accounts td { padding: .2rem .5rem; text-align: right; border-bottom: 1px solid var(--rule); }
.accounts thead th { color: var(--soft); font-weight: 400; font-size: .85rem; }
.accounts tr > :first-child { text-align: left; padding-left: 0; white-space: nowrap; font-weight: 600; }
.problems { background: var(--bad-page); border-left: .3rem solid var(--bad-edge); padding: .5rem .8rem; margin-bottom: 1rem;
  overflow-wrap: anywhere; }
footer { margin-top: 1.5rem; padding-bottom: 1rem; color: var(--soft); font-size: .85rem; }
@media (min-width: 100rem) { .months { grid-template-columns: repeat(6, 1fr); } }
@media (max-width: 68rem) { .months { grid-template-columns: repeat(3, 1fr); } }
@media (max-width: 52rem) { .months { grid-template-columns: repeat(2, 1fr); } }
@media (max-width: 36rem) { .months { grid-template-columns: 1fr; } }
@page { size: landscape; margin: 7mm; }
@media print {
  :root { color-scheme: light; --page: #fff; --sheet: #fff; --ink: #000; --soft: #454a52; --rule: #b9bec6; --red: #a01018;
    --warn-page: #fff; --warn-edge: #8a5600; --bad-page: #fff; --bad-edge: #a01018; }
  html { font-size: 6pt; } body { font-size: 1rem; line-height: 1.25; } * { print-color-adjust: exact; }
  header, main, footer { max-width: none; padding: 0 1px; }
  header { border: 0; display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 2rem; }
  .skip, .problems { display: none; } .kicker, h1, dl, .legend { margin: 0; padding: 0; }
  dl div { display: flex; gap: .4rem; align-items: baseline; } h1 { font-size: 1.6rem; } dl { gap: 0 1.2rem; }
  .legend { margin-left: auto; gap: 0 1rem; } .sign { line-height: 1.2; }
  .months { grid-template-columns: repeat(6, 1fr); gap: .5rem; margin-top: .4rem; }
  .month { padding: .35rem .4rem; break-inside: avoid; } .month table { margin-bottom: .2rem; }
  td[class] > span, td > span, .legend .sign { border-width: 1px; line-height: 1.2; }
  td.posts.day > span, td.posts.maybe-day > span { box-shadow: inset 0 0 0 1px var(--sheet); }
  h2 { font-size: 1.1rem; margin: 0 0 .15rem; }
  .rows li { gap: .35rem; padding: 0; } .dates { min-width: 3.4rem; } .rows li::before { width: .7rem; }
  .below { grid-template-columns: auto 1fr; gap: 2rem; margin-top: .5rem; }
  .findings { display: block; columns: 4; column-gap: 1.5rem; } .findings section { margin-bottom: .4rem; }
  .findings li { padding: .05rem 0; break-inside: avoid; }
  .findings h2 { break-after: avoid; break-inside: avoid; font-size: 1rem; }
  .accounts th, .accounts td { padding: 0 .35rem; } .answer { font-size: .9em; }
  footer { margin-top: .3rem; padding: 0; } footer p { margin: 0; }
}
"""
)

# What a page of paper takes, in thousandths of its height; A4 and A3, landscape, are 1.41 times as wide as high, Letter 1.29.
_LARGEST, _SMALLEST = 14.0, 7.0  # letters: on A4 from 7.7 to 3.9 points, on A3 from 10.9 to 5.5
_STEP = 0.5
_WIDTH = 1290
_HEIGHT = 970
_TABLE = 34  # the width of the table of accounts, in letters' heights
_LINE = 1.27
_LETTER = 0.53  # the width of one, in its height
_CALENDAR = 9  # lines of a month before its list: its name, the days of the week, at most six weeks


def fitting(months: Sequence[Sequence[int]], below: Sequence[int], accounts: int) -> str:
    """Returns the rule for the size of letters with which the year fits on one page of paper.

    months: how long the lines of each month are; below: those of what wants a look; accounts: how many lines their table has.
    With more than a page can hold, letters stay readable and the rest goes on another one.
    """
    size = _LARGEST
    while size > _SMALLEST and _lines(months, below, accounts, size) * size * _LINE > _HEIGHT:
        size -= _STEP
    return f"@media print {{ html {{ font-size: {size / 10}vh; }} }}\n"


def _lines(months: Sequence[Sequence[int]], below: Sequence[int], accounts: int, size: float) -> int:
    """How many lines the page has at a size: both rows of months, and what stands below them."""
    of_month = _WIDTH / 6 / (size * _LETTER) - 5
    of_column = (_WIDTH / size - _TABLE) / 4 / _LETTER - 3
    heights = [sum(ceil(length / of_month) for length in lines) for lines in months]
    findings = ceil(sum(ceil(length / of_column) for length in below) / 4) + 2 if any(below) else 0
    return 5 + 2 * _CALENDAR + max(heights[:6]) + max(heights[6:]) + max(findings, accounts + 2)
