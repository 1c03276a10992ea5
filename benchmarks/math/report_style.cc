#include "benchmarks/math/report_style.h"

namespace espalier {

const char kMathReportStyle[] = R"css(
main { max-width: 76rem; }
.settings { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; margin: 1rem 0 0; font-size: .85rem; }
.settings dt { color: var(--soft); }
.settings dd { margin: 0; overflow-wrap: anywhere; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); gap: 1.6rem 2rem; }
.charts > figure, .panels > figure { margin: 0; min-width: 0; break-inside: avoid; }
.charts > figure { padding: 0 1rem 0 2.75rem; }
figcaption { font-weight: 600; font-size: .95rem; }
.charts > figure > figcaption { margin-left: -2.75rem; }
td b { font-weight: 700; }
table .key { display: inline-block; vertical-align: -2px; margin-right: .35rem; overflow: visible; }
.headline td small { white-space: nowrap; }
.interval { color: var(--soft); white-space: nowrap; }

.panels { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 28rem), 1fr)); gap: 1.6rem 2.5rem; margin-top: 1rem; }
.panels.wide { grid-template-columns: 1fr; max-width: 60rem; }
.row { display: grid; grid-template-columns: minmax(0, 12rem) minmax(6rem, 1fr) 9.5rem; gap: 0 1rem; align-items: center; font-size: .85rem; padding: .18rem 0; break-inside: avoid; }
.wide .row { grid-template-columns: minmax(0, 15rem) minmax(6rem, 1fr) 15rem; padding: .3rem 0; }
.row .name { overflow-wrap: anywhere; line-height: 1.3; }
.row .value { white-space: nowrap; }
.row.axis { padding: 0; }
.row .detail { grid-column: 2 / -1; color: var(--soft); }
.bar rect { fill: var(--series); }
.bar .ground { fill: var(--raised); }
.bar .whisker { stroke: var(--ink); stroke-width: 1.5; }
.bar .zero { stroke: var(--soft); stroke-width: 1.5; }
.stack rect { stroke: var(--paper); stroke-width: 1; }
.swatch { display: inline-block; width: .8rem; height: .8rem; border-radius: 2px; background: var(--series); }

.problems { border-top: 1px solid var(--line); border-bottom: 1px solid var(--line); }
.problems > summary { padding: .7rem 0; }
.problems td, .problems tbody td { white-space: normal; overflow-wrap: anywhere; text-align: left; min-width: 5rem; }
.problems tbody th { min-width: 0; text-align: left; font-weight: 400; color: var(--soft); }
.problems th { text-align: left; }
.problems small { overflow-wrap: anywhere; }

@media screen and (max-width: 44rem) {
  .settings { grid-template-columns: 1fr; }
  .settings dd { margin-bottom: .35rem; }
  .row, .wide .row { grid-template-columns: minmax(6rem, 1fr) auto; gap: .1rem .8rem; }
  .row .name { grid-column: 1 / -1; }
  .row .detail { grid-column: 1 / -1; }
  .problems td > div { text-align: right; }
}

@media print {
  .charts { grid-template-columns: 1fr 1fr; }
  .panels { grid-template-columns: 1fr 1fr; }
  .panels.wide { grid-template-columns: 1fr; }
  .row { grid-template-columns: minmax(0, 8rem) minmax(4rem, 1fr) 8.5rem; gap: 0 .6rem; }
  .headline th, .headline td { padding: .3rem .25rem; font-size: 11px; }
  .problems::details-content { content-visibility: visible; block-size: auto; height: auto; }
  .problems > summary { list-style: none; }
  .problems table { font-size: 10px; }
}
)css";

}  // namespace espalier
