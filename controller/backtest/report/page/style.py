"""The page's style: that of the site's live page, without what moves."""

from __future__ import annotations

from controller.backtest.report.page.colours import DARK, LIGHT, declared

STYLE = f"""
:root {{ color-scheme: light dark; {declared(LIGHT)} }}
@media (prefers-color-scheme: dark) {{ :root {{ {declared(DARK)} }} }}
@media print {{ :root {{ {declared(LIGHT)} }} }}
* {{ box-sizing: border-box; }}
body {{
  margin: 0 auto; max-width: 72rem; padding: 0 1rem 2rem;
  background: var(--ground); color: var(--ink);
  font: 0.9375rem/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif;
  font-variant-numeric: tabular-nums; overflow-wrap: anywhere;
}}
h1, h2, p, ul, dl, dd, figure {{ margin: 0; padding: 0; }}
h1 {{ font-size: 1.15rem; font-weight: 650; }}
h2 {{ font-size: 0.95rem; font-weight: 650; }}
header {{ padding: 0.9rem 0 0.8rem; }}
main {{ display: grid; gap: 0.9rem; grid-template-columns: minmax(0, 1fr); }}
.panel {{
  padding: 0.8rem 0.95rem; border: 1px solid var(--line); border-radius: 0.6rem;
  background: var(--panel);
}}
.panel h2 + * {{ margin-top: 0.4rem; }}
.note, figcaption, header p {{ color: var(--soft); font-size: 0.8125rem; }}
.note {{ margin-top: 0.4rem; }}
.big {{
  display: grid; gap: 0.9rem; grid-template-columns: repeat(auto-fit, minmax(10.5rem, 1fr));
}}
.big dt {{ color: var(--soft); font-size: 0.8125rem; }}
.big dd {{ font-size: 1.7rem; font-weight: 600; line-height: 1.25; }}
.big .panel:first-child dd:not(.note) {{ color: var(--power); }}
.big .note {{ font-size: 0.8125rem; font-weight: 400; margin: 0; }}
.wide {{ overflow-x: auto; }}
.wide svg {{ display: block; width: 100%; min-width: 42rem; height: auto; margin-top: 0.4rem; }}
.wide svg * {{ stroke-linejoin: round; stroke-linecap: butt; }}
.wide svg text {{ font-family: inherit !important; }}
table {{ width: 100%; border-collapse: collapse; font-size: 0.8125rem; }}
caption {{ padding-bottom: 0.3rem; text-align: left; color: var(--soft); }}
caption strong {{ color: var(--ink); font-size: 0.9375rem; font-weight: 650; }}
th {{ color: var(--soft); font-weight: 500; }}
th, td {{
  padding: 0.25rem 0 0.25rem 1rem; border-bottom: 1px solid var(--line);
  text-align: right; vertical-align: top; white-space: nowrap;
}}
th:first-child {{ padding-left: 0; text-align: left; }}
tbody th {{ color: var(--ink); }}
tbody tr:first-child > * {{ font-weight: 650; }}
tbody tr:last-child > * {{ border-bottom: 0; }}
td small {{ display: block; color: var(--soft); font-size: 0.75rem; font-weight: 400; }}
ul {{ padding-left: 1.1rem; }}
li {{ margin-top: 0.2rem; }}
pre {{ margin: 0; white-space: pre-wrap; font-size: 0.8125rem; }}
"""
