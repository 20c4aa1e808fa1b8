"""The style of the HTML preview: light and dark, narrow and wide, on screen and on paper; nothing is loaded."""

PALETTE = """
:root { color-scheme: light dark; --page: #f5f6f8; --sheet: #fff; --ink: #17191c; --soft: #565d66; --rule: #d5d9df;
  --warn-page: #fff4d6; --warn-edge: #a86a00; --bad-page: #fde7e7; --bad-edge: #b3261e;
  --red: #b3131b; --x: #0b65a8; --mastodon: #563acc; --bluesky: #0a5fc4; --neutral: #46505c; }
@media (prefers-color-scheme: dark) { :root { --page: #121417; --sheet: #1c1f24; --ink: #eceef1; --soft: #a9b1bb;
  --rule: #3a4048; --warn-page: #372b0d; --warn-edge: #e2ab45; --bad-page: #3b1716; --bad-edge: #ff8a80;
  --red: #ff7b80; --x: #6cb8f5; --mastodon: #b3a5ff; --bluesky: #79b3ff; --neutral: #b7c0cb; } }
"""

STYLE = (
    PALETTE
    + """* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
header, main, footer { max-width: 74rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 2rem; border-top: .4rem solid var(--red); }
h1 { font-size: 2rem; line-height: 1.15; margin: 0 0 1rem; }
h2 { font-size: 1.3rem; line-height: 1.25; margin: 2.25rem 0 .75rem; }
h3 { font-size: 1.05rem; margin: 1.5rem 0 .6rem; }
h4 { font-size: .9rem; font-weight: 600; margin: 0 0 .4rem; color: var(--soft); }
a { color: inherit; }
a:focus-visible { outline: 3px solid var(--red); outline-offset: 2px; }
.skip { position: absolute; left: -99rem; }
.skip:focus { left: 1rem; top: 1rem; background: var(--sheet); padding: .5rem 1rem; }
.kicker { margin: 0 0 .25rem; color: var(--red); font-weight: 600; }
dl { display: flex; flex-wrap: wrap; gap: .75rem 2rem; margin: 0; padding-bottom: 1.25rem; border-bottom: 1px solid var(--rule); }
dt { font-size: .85rem; color: var(--soft); } dd { margin: 0; font-weight: 600; }
table { border-collapse: collapse; width: 100%; font-size: .95rem; }
th, td { text-align: left; vertical-align: top; padding: .35rem .9rem .35rem 0; border-bottom: 1px solid var(--rule); }
tbody th { font-weight: 600; white-space: nowrap; } thead th { color: var(--soft); font-size: .85rem; font-weight: 400; }
small { color: var(--soft); font-size: .85em; margin-left: .35rem; } .wide { overflow-x: auto; }
td:nth-child(2) { white-space: nowrap; font-variant-numeric: tabular-nums; }
.chip { display: inline-block; margin: .1rem .3rem .1rem 0; padding: 0 .6rem; border: 1px solid currentColor;
  border-radius: 1rem; text-decoration: none; font-size: .85rem; line-height: 1.6; }
.chip:hover { text-decoration: underline; }
.x { --accent: var(--x); } .mastodon { --accent: var(--mastodon); } .bluesky { --accent: var(--bluesky); }
.neutral { --accent: var(--neutral); } .chip.x { color: var(--ink); } .x .avatar { background: var(--ink); }
.chip { color: var(--accent); }
.slot { font-weight: 400; color: var(--soft); }
.moment { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(21rem, 100%), 1fr));
  gap: 1.25rem; align-items: start; }
.state { font-weight: 400; }
.card { background: var(--sheet); border: 1px solid var(--rule); }
.card.x { border-radius: 1rem; } .card.mastodon { border-radius: .35rem; border-top: 3px solid var(--accent); }
.card.bluesky { border-radius: .6rem; } .card.neutral { border-style: dashed; border-radius: .25rem; }
.part { padding: .9rem 1rem; } .part + .part { border-top: 1px solid var(--rule); }
.who { display: flex; align-items: center; gap: .65rem; }
.avatar { flex: none; width: 2.6rem; height: 2.6rem; border-radius: 50%; background: var(--accent); color: var(--sheet);
  display: grid; place-items: center; font-weight: 700; font-size: .95rem; }
.mastodon .avatar { border-radius: .5rem; } .neutral .avatar { border-radius: .25rem; }
.names { flex: 1; min-width: 0; line-height: 1.25; overflow-wrap: anywhere; } .names b, .handle { display: block; }
.x .names b, .x .handle { display: inline; } .x .handle { margin-left: .35rem; }
.handle, time { color: var(--soft); font-size: .9rem; } time { white-space: nowrap; align-self: flex-start; }
.text { margin: .7rem 0 .8rem; white-space: pre-wrap; overflow-wrap: anywhere; unicode-bidi: isolate; }
.text a, .tag { color: var(--accent); } .text a { text-decoration: underline; text-underline-offset: .15em; }
.cw { margin: .7rem 0 0; padding: .4rem .6rem; border: 1px solid var(--rule); border-radius: .35rem; }
.length { display: flex; align-items: center; gap: .6rem; margin: 0; padding-top: .6rem; border-top: 1px solid var(--rule);
  color: var(--soft); font-size: .85rem; font-variant-numeric: tabular-nums; }
.bar { flex: none; width: 4rem; height: .4rem; border-radius: .2rem; background: var(--rule); overflow: hidden; }
.bar span { display: block; height: 100%; background: var(--accent); }
.warnings, .problems { background: var(--warn-page); border-left: .3rem solid var(--warn-edge); padding: .5rem .8rem;
  margin: .5rem 0 0; font-size: .9rem; overflow-wrap: anywhere; }
.problems { background: var(--bad-page); border-color: var(--bad-edge); margin-top: 1.5rem; font-size: 1rem; }
.problems h2 { margin-top: .25rem; } .warnings p { margin: 0; } .warnings ul, .problems ul { margin: 0; padding-left: 1.1rem; }
.source { margin: .4rem 0 0; color: var(--soft); font-size: .8rem; overflow-wrap: anywhere; }
.bonds { margin: .4rem 0 0; font-size: .85rem; } .bonds summary { cursor: pointer; color: var(--soft); }
.bonds summary:focus-visible { outline: 3px solid var(--red); outline-offset: 2px; }
.bonds td { width: 50%; white-space: pre-line; overflow-wrap: anywhere; }
.bonds ins { font-weight: 700; } .bonds p { margin: 0; } .bonds .place { color: var(--soft); }
footer { margin-top: 3rem; padding-bottom: 2rem; color: var(--soft); font-size: .9rem; }
@media (max-width: 44rem) { thead { position: absolute; left: -99rem; } tr, td:last-child { display: block; }
  th, td { display: inline-block; border: 0; } tr { border-bottom: 1px solid var(--rule); padding: .35rem 0; }
  tr > td:first-child { display: none; } .bonds td, .bonds tr > td:first-child { display: block; width: auto; padding-right: 0; }
  tbody th { display: block; } h1 { font-size: 1.6rem; } }
@media print { body { background: #fff; } .skip { display: none; } .post, tr { break-inside: avoid; }
  h2, h3 { break-after: avoid; } * { print-color-adjust: exact; } }
"""
)

# An article: what is cut out of it has a label and an edge of its own kind, so that no colour is needed to tell them apart.
ARTICLE_STYLE = """
:root { --lead: #0a6a75; --quote: #2d6a12; --key: #2b57a8; --fact: #8a2f86; --call: #8a4b00; }
@media (prefers-color-scheme: dark) { :root { --lead: #5fd0dc; --quote: #9ad97a; --key: #93b8ff; --fact: #e79be2;
  --call: #f0b266; } }
.lead { --mark: var(--lead); } .quote { --mark: var(--quote); } .key { --mark: var(--key); } .fact { --mark: var(--fact); }
.call { --mark: var(--call); }
header, main, footer { max-width: 52rem; }
dd { overflow-wrap: anywhere; }
.index { columns: 18rem; column-gap: 2rem; margin: 0; padding-left: 1.1rem; }
.index li { break-inside: avoid; margin-bottom: .2rem; } .index a { text-underline-offset: .15em; }
.article { font-size: 1.05rem; }
.paragraph { display: flex; gap: .9rem; margin: 0 0 1.1rem; }
.number { flex: none; width: 1.8rem; text-align: right; color: var(--soft); font-size: .85rem; line-height: 1.9; }
.stretches { flex: 1; min-width: 0; overflow-wrap: anywhere; }
.stretches p, .stretches h3 { margin: 0 0 .35rem; white-space: pre-line; } .stretches h3 { font-size: 1.15rem; }
.stretches > p:not(.kind), .stretches > h3 { padding-left: 1.05rem; }
.kind { color: var(--soft); font-size: .85rem; font-style: italic; padding-left: 1.05rem; }
.cut { border-left: .3rem solid var(--mark); padding: .05rem 0 .05rem .75rem; margin: 0 0 .35rem; }
.cut.quote { border-left-style: double; border-left-width: .4rem; padding-left: .65rem; }
.cut.key { border-left-style: dashed; } .cut.fact { border-left-style: dotted; }
.cut.call { border-left-style: groove; border-left-width: .4rem; padding-left: .65rem; }
.stretches .label { color: var(--mark); font-size: .85rem; line-height: 1.4; margin: 0 0 .15rem; }
.label span { color: var(--ink); }
.label:target { outline: 3px solid var(--mark); outline-offset: 2px; }
.label .unsure, .index .unsure { color: var(--bad-edge); font-weight: 700; }
.inside { border-bottom: 1px solid currentColor; } .inside i { font-size: .75em; color: var(--soft); }
.inside a { text-decoration: none; }
.reach { margin: 0; padding-left: 1.1rem; overflow-wrap: anywhere; } .reach li { margin-bottom: .25rem; }
.hidden { position: absolute; left: -99rem; }
@media (max-width: 34rem) { .paragraph { gap: .4rem; } .number { width: 1.3rem; } dl { gap: .5rem 1.5rem; } }
@media print { .paragraph { break-inside: avoid; } nav a { text-decoration: none; } }
"""
