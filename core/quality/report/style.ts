/** Light and dark by what the reader's system says; both have a contrast of at least 4.5 to 1 for text (WCAG 2.1, AA). */
export const style = `
:root{color-scheme:light dark;--page:#fff;--card:#f5f6f8;--line:#d9dce2;--text:#1b1f27;--dim:#565d6b;--link:#0b57c2;
--good:#1a7a3c;--warn:#8a5a00;--bad:#b3261e;--soft-good:#e4f4e9;--soft-warn:#fdf1da;--soft-bad:#fce8e6;
--accepted:#2f8f52;--rejected:#d0433a;--duplicate:#7d8799;--superseded:#b3bac7;--ink:#3b6fb6}
@media screen and (prefers-color-scheme:dark){:root{--page:#14171c;--card:#1d2128;--line:#363c47;--text:#e6e8ec;--dim:#a3abb9;
--link:#8ab4f8;--good:#6fce8f;--warn:#e7b659;--bad:#ff8f86;--soft-good:#17301f;--soft-warn:#352a12;--soft-bad:#3d1d1b;
--accepted:#4caf70;--rejected:#e86a61;--duplicate:#8f99ab;--superseded:#5f6878;--ink:#7fa9e6}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:72rem;padding:1.25rem 1rem 3rem;background:var(--page);color:var(--text);
font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",sans-serif}
a{color:var(--link)}
nav ol{display:flex;flex-wrap:wrap;gap:.25rem .5rem;margin:0 0 1rem;padding:0;list-style:none;font-size:.875rem}
nav li+li::before{content:"/";margin-right:.5rem;color:var(--dim)}
h1{margin:0;font-size:1.5rem;line-height:1.25;overflow-wrap:anywhere}
h2{margin:2.25rem 0 .5rem;font-size:1.125rem}
p{margin:.5rem 0}
.dim,caption,figcaption,footer{color:var(--dim);font-size:.875rem}
.verdict{margin:.75rem 0 1rem;padding:.75rem 1rem;border-left:.3rem solid;border-radius:.25rem;overflow-wrap:anywhere}
.verdict strong{display:block}
.verdict.good{border-color:var(--good);background:var(--soft-good)}
.verdict.warn{border-color:var(--warn);background:var(--soft-warn)}
.verdict.bad{border-color:var(--bad);background:var(--soft-bad)}
.verdict ul{margin:.25rem 0 0;padding-left:1.25rem}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(9rem,1fr));gap:.5rem;margin:1rem 0;padding:0}
.figures div{padding:.6rem .8rem;border-radius:.4rem;background:var(--card)}
.figures dt{color:var(--dim);font-size:.8125rem}
.figures dd{margin:0;font-size:1.25rem;font-weight:600;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
.figures small{display:block;color:var(--dim);font-size:.8125rem;font-weight:400}
.facts{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1rem;margin:.5rem 0}
.facts dt{color:var(--dim)}
.facts dd{margin:0;overflow-wrap:anywhere}
.scroll{overflow-x:auto}
.scroll:focus-visible{outline:2px solid var(--link)}
table{width:100%;border-collapse:collapse;font-size:.9375rem}
caption{padding:.25rem 0;text-align:left}
th,td{padding:.35rem .75rem .35rem 0;border-bottom:1px solid var(--line);text-align:left;vertical-align:top}
thead th{color:var(--dim);font-size:.8125rem;font-weight:600;vertical-align:bottom;white-space:nowrap}
tbody th{font-weight:400}
td,tbody th{overflow-wrap:anywhere;min-width:4rem}
.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap;overflow-wrap:normal}
.t{white-space:nowrap;overflow-wrap:normal}
.w{min-width:12rem}
.v{min-width:7rem}
code{font:.875em/1.4 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;overflow-wrap:anywhere}
.tag{display:inline-block;padding:0 .5rem;border-radius:1rem;font-size:.8125rem;white-space:nowrap}
.tag.good{background:var(--soft-good);color:var(--good)}
.tag.warn{background:var(--soft-warn);color:var(--warn)}
.tag.bad{background:var(--soft-bad);color:var(--bad)}
svg{display:block;max-width:100%}
figure{margin:1rem 0}
figure>svg{width:100%}
summary{margin:.75rem 0;cursor:pointer}
.accepted{fill:var(--accepted)}.rejected{fill:var(--rejected)}.duplicate{fill:var(--duplicate)}
.superseded{fill:var(--superseded)}.axis{stroke:var(--line)}
.trend{fill:none;stroke:var(--ink);stroke-width:1.5;stroke-linejoin:round;stroke-linecap:round}.dot{fill:var(--ink)}
.key{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;margin:.4rem 0;padding:0;list-style:none;font-size:.875rem}
.key svg{display:inline-block;margin-right:.4rem}
.grid{display:grid;grid-template-columns:repeat(auto-fit,minmax(17rem,1fr));gap:0 2rem}
ol.way{margin:.5rem 0;padding-left:1.25rem}
.way li{margin:.2rem 0;overflow-wrap:anywhere}
footer{margin-top:3rem;padding-top:.75rem;border-top:1px solid var(--line)}
@media (max-width:40rem){.facts{grid-template-columns:1fr;gap:0}.facts dd{margin-bottom:.4rem}h1{font-size:1.25rem}
.w{min-width:11rem}thead th,thead .n{white-space:normal}.facts{font-size:.9375rem}}
@media print{body{max-width:none;padding:0;font-size:11pt}.scroll{overflow:visible}tr,figure,.figures div{break-inside:avoid}
details::details-content{content-visibility:visible;height:auto}
h2{break-after:avoid}thead{display:table-header-group}
*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
`;
