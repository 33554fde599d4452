// SPDX-License-Identifier: Apache-2.0
// The one style sheet, served as /daybook.css. Contrast of all text is at least 7:1; colour never
// says anything alone.
#include "sync-server/views/pages.hpp"

namespace daybook {

std::string_view style_sheet() {
  return R"css(
:root { --ink: #1b1f24; --soft: #444c56; --line: #c4cad1; --paper: #fff; --shade: #f3f5f7; --mark: #7a2e00;
  --link: #0b4a8f; }
* { box-sizing: border-box; }
html { font: 16px/1.5 "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Microsoft YaHei",
  "PingFang SC", system-ui, sans-serif; }
body { margin: 0; color: var(--ink); background: var(--paper); }
a { color: var(--link); }
a:focus-visible { outline: 3px solid var(--mark); outline-offset: 2px; }
.skip { position: absolute; left: -999px; }
.skip:focus { left: 1rem; top: .5rem; background: var(--paper); padding: .5rem; z-index: 1; }
header { display: flex; gap: 2rem; align-items: baseline; padding: .75rem 1.5rem;
  border-bottom: 2px solid var(--ink); }
.brand { margin: 0; font-weight: 700; font-size: 1.25rem; }
.brand a { color: inherit; text-decoration: none; }
main { max-width: 76rem; margin: 0 auto; padding: 1rem 1.5rem 2rem; }
footer { padding: .75rem 1.5rem; border-top: 1px solid var(--line); color: var(--soft); font-size: .875rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: .5rem 0 1rem; }
h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; padding-bottom: .25rem; border-bottom: 1px solid var(--line); }
.en { color: var(--soft); font-weight: 400; }
th[scope=col] .en, dt .en { display: block; font-size: .8125rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
caption { text-align: left; font-weight: 700; padding: .25rem 0; }
th, td { text-align: left; vertical-align: top; padding: .4rem .6rem; border: 1px solid var(--line); }
th { background: var(--shade); font-weight: 600; }
td { white-space: pre-wrap; overflow-wrap: break-word; }
td.id { overflow-wrap: anywhere; }
td.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
td.id { font-family: ui-monospace, monospace; font-size: .875rem; }
dl.fields { display: grid; grid-template-columns: repeat(auto-fill, minmax(21rem, 1fr)); gap: 0; margin: 0;
  border-top: 1px solid var(--line); border-left: 1px solid var(--line); }
dl.fields > div { display: grid; grid-template-columns: 9.5rem 1fr; border-right: 1px solid var(--line);
  border-bottom: 1px solid var(--line); }
dl.fields > div.long { grid-column: 1 / -1; }
dt { background: var(--shade); padding: .4rem .6rem; font-weight: 600; }
dd { margin: 0; padding: .4rem .6rem; white-space: pre-wrap; overflow-wrap: anywhere; }
.notice { border: 1px solid var(--mark); border-left-width: .4rem; padding: .5rem .9rem; margin: .5rem 0; }
.notice h2 { border: 0; margin: 0; padding: 0; color: var(--mark); }
.notice ul { margin: .25rem 0; padding-left: 1.25rem; }
.calm { color: var(--soft); }
figure { margin: .75rem 0; display: inline-block; max-width: 100%; border: 1px solid var(--line); padding: .75rem; }
svg.signature { display: block; width: 26rem; max-width: 100%; height: auto; max-height: 16rem;
  background: var(--paper); }
svg.signature path { fill: none; stroke: #10204a; stroke-linecap: round; stroke-linejoin: round; }
figcaption { border-top: 1px solid var(--line); margin-top: .5rem; padding-top: .35rem; font-size: .9rem; }
.badge { display: inline-block; border: 1px solid var(--mark); color: var(--mark); padding: 0 .4rem;
  font-size: .8125rem; border-radius: .2rem; }
@media print {
  html { font-size: 10.5pt; }
  header nav, .skip { display: none; }
  main { max-width: none; padding: 0; }
  a { color: inherit; text-decoration: none; }
  tr, dl.fields > div, figure, .notice { break-inside: avoid; }
  h2 { break-after: avoid; }
}
)css";
}

}  // namespace daybook
