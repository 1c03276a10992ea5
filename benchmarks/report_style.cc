#include "benchmarks/report_style.h"

namespace espalier {

const char kReportStyle[] = R"css(
:root {
  --paper: #fdfdfc; --raised: #f5f5f2; --ink: #1d211f; --soft: #646b67; --line: #e1e3df;
  --done: #17714f; --cut: #b06000; --stopped: #5468b8; --pruned: #8d9490; --failed: #bf2b31;
  --s0: #17714f; --s1: #3557b7; --s2: #a85800; --s3: #a0306f; --s4: #0d7182; --s5: #7d4f24; --s6: #6a49b0; --s7: #59615d;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #131615; --raised: #1b1f1d; --ink: #e4e8e5; --soft: #98a19c; --line: #2c322f;
    --done: #4fbf8f; --cut: #e39a3b; --stopped: #8fa2ec; --pruned: #7b837f; --failed: #f2696c;
    --s0: #4fbf8f; --s1: #8fa2ec; --s2: #e39a3b; --s3: #e883b8; --s4: #4fb8cb; --s5: #c79c72; --s6: #b79df0; --s7: #a3aca7;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
  font-variant-numeric: tabular-nums; -webkit-text-size-adjust: 100%;
}
main { max-width: 64rem; margin: 0 auto; padding: 3rem 1.5rem 5rem; }
code, pre { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: .86em; }
h1 { font-size: 1.9rem; line-height: 1.2; letter-spacing: -.015em; margin: .1rem 0 .3rem; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin: 3rem 0 .6rem; }
h3 { font-size: 1rem; margin: 0; display: flex; flex-wrap: wrap; gap: .2rem .8rem; align-items: baseline; }
p { margin: .3rem 0; }
header { margin-bottom: 2rem; }
.kicker { color: var(--done); font-weight: 600; font-size: .85rem; margin: 0; }
.soft, .note, .tick { color: var(--soft); }
.note { font-size: .85rem; max-width: 46rem; }
.notice { border-left: 3px solid var(--cut); padding-left: .8rem; margin-top: 1rem; }
.error { color: var(--failed); overflow-wrap: anywhere; }

.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { padding: .55rem .6rem; text-align: right; vertical-align: top; border-bottom: 1px solid var(--line); }
thead th { font-weight: 500; color: var(--soft); font-size: .8rem; vertical-align: bottom; }
th:first-child, th:last-child, td:last-child { text-align: left; }
th:first-child { padding-left: 0; }
tbody th { font-weight: 600; overflow-wrap: anywhere; min-width: 13rem; }
td span { white-space: nowrap; }
tbody td { white-space: nowrap; }
tbody td:last-child { white-space: normal; min-width: 8rem; }
small { display: block; font-weight: 400; color: var(--soft); font-size: .8em; }

svg { display: block; overflow: visible; }
svg text { font-size: 12px; fill: currentColor; }
svg .tick { font-size: 11px; fill: var(--soft); text-anchor: middle; }
svg .anchor-end, svg .tick.anchor-end { text-anchor: end; }
svg .grid { stroke: var(--line); stroke-width: 1; }
.chart { margin: 1rem 0 0; }
.series-0 { --series: var(--s0); } .series-1 { --series: var(--s1); } .series-2 { --series: var(--s2); }
.series-3 { --series: var(--s3); } .series-4 { --series: var(--s4); } .series-5 { --series: var(--s5); }
.series-6 { --series: var(--s6); } .series-7 { --series: var(--s7); }
.mark { fill: var(--series); }
.mark .hollow { fill: var(--paper); stroke: var(--series); stroke-width: 2.5; }
.whisker { stroke: var(--series); stroke-width: 2; }
.chart .whisker { opacity: .45; }
.chart .leader { stroke: var(--soft); stroke-width: 1; }
.curve line { stroke: var(--series); stroke-width: 2; }
.curve.dashed line { stroke-dasharray: 5 4; }
.curve circle { fill: var(--series); }
.chart .label { font-weight: 600; paint-order: stroke; stroke: var(--paper); stroke-width: 4px; }
section > .plot { padding: 0 1rem 0 2.75rem; }
article .plot { padding: .8rem 8.5rem .4rem .5rem; overflow: hidden; }

.tree .root { fill: var(--ink); }
.tree line, .tree path { stroke: var(--branch); stroke-width: 2; fill: none; }
.tree line.grid { stroke: var(--line); stroke-width: 1; }
.tree circle { fill: var(--branch); }
.tree circle.hollow { fill: var(--paper); stroke: var(--branch); stroke-width: 2; }
.tree .stopped line { stroke-dasharray: 6 3; }
.tree .pruned line { stroke-dasharray: 2 3; }
.tree g line.fork { stroke: var(--pruned); stroke-dasharray: none; stroke-width: 1; }
.tree .tip text { fill: var(--soft); }
.tree .done .tip text { fill: var(--ink); }
.tree .tip text.correct { fill: var(--done); font-weight: 700; }
.done { --branch: var(--done); } .cut { --branch: var(--cut); } .stopped { --branch: var(--stopped); }
.pruned { --branch: var(--pruned); } .failed { --branch: var(--failed); }
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1.4rem; font-size: .85rem; margin: .6rem 0 1.2rem; }
.legend span { display: inline-flex; align-items: center; gap: .35rem; }

summary { cursor: pointer; }
summary:focus-visible { outline: 2px solid var(--stopped); outline-offset: 2px; }
.problem { border-top: 1px solid var(--line); }
.problem:last-child { border-bottom: 1px solid var(--line); }
.problem > summary { display: flex; gap: .9rem; align-items: baseline; padding: .7rem 0; list-style: none; }
.problem > summary::-webkit-details-marker { display: none; }
.problem > summary::before { content: "▸"; color: var(--soft); width: .8em; flex: none; }
.problem[open] > summary::before { content: "▾"; }
.id { color: var(--soft); flex: none; }
.question { flex: 1; min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; unicode-bidi: isolate; }
.problem[open] > summary .question { visibility: hidden; }
.marks { display: flex; flex: none; flex-wrap: wrap; gap: .3rem .9rem; font-size: .85rem; }
.right { color: var(--done); font-weight: 600; }
.wrong { color: var(--failed); }
.body { padding: 0 0 1.6rem 1.7rem; }
.text { max-width: 44rem; white-space: pre-wrap; overflow-wrap: anywhere; unicode-bidi: plaintext; margin-top: 0; }
article { margin-top: 1.5rem; }
article h3 code { overflow-wrap: anywhere; }
.answer { font-weight: 600; overflow-wrap: anywhere; unicode-bidi: isolate; }
.facts { font-size: .85rem; }
.texts { font-size: .9rem; margin-top: .3rem; }
.texts > summary { color: var(--soft); font-size: .85rem; }
.branch { border-left: 3px solid var(--branch); margin: .6rem 0; padding-left: .8rem; }
.branch > summary { overflow-wrap: anywhere; }
pre {
  background: var(--raised); border-radius: 6px; padding: .8rem 1rem; margin: .5rem 0; line-height: 1.5;
  white-space: pre-wrap; overflow-wrap: anywhere; unicode-bidi: plaintext;
}

@media screen and (max-width: 44rem) {
  main { padding: 1.5rem 1rem 4rem; }
  h1 { font-size: 1.5rem; }
  thead { display: none; }
  tbody tr { display: block; padding: .7rem 0; border-bottom: 1px solid var(--line); }
  tbody th, tbody td { display: block; border: 0; padding: .08rem 0; text-align: left; }
  tbody th { padding-bottom: .4rem; }
  tbody td { display: flex; justify-content: space-between; gap: 1rem; white-space: normal; }
  tbody td:last-child { text-align: right; }
  td::before { content: attr(data-column); color: var(--soft); flex: none; }
  .problem > summary { flex-wrap: wrap; gap: .1rem .6rem; }
  .question { flex-basis: 60%; }
  .marks { flex-basis: 100%; padding-left: 1.4rem; }
  .body { padding-left: 0; }
  article .plot { padding-right: 6.5rem; }
}

@media print {
  :root {
    color-scheme: light;
    --paper: #fff; --raised: #f5f5f2; --ink: #111; --soft: #555b58; --line: #d8dad6;
    --done: #17714f; --cut: #b06000; --stopped: #5468b8; --pruned: #8d9490; --failed: #bf2b31;
    --s0: #17714f; --s1: #3557b7; --s2: #a85800; --s3: #a0306f; --s4: #0d7182; --s5: #7d4f24; --s6: #6a49b0; --s7: #59615d;
  }
  @page { margin: 14mm 12mm; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  body { font-size: 13px; }
  main { max-width: none; padding: 0; }
  h2 { margin-top: 1.6rem; }
  h1, h2, h3 { break-after: avoid; }
  svg, tr, .plot, .problem > summary { break-inside: avoid; }
  thead { display: table-header-group; }
  .scroll { overflow: visible; }
  th, td { padding: .3rem .4rem; }
  tbody th { min-width: 0; }
}
)css";

}  // namespace espalier
