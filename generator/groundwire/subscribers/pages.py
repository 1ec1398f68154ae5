"""The service's pages: plain HTML that works without script, readable in light and dark, one form each at most."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from groundwire.subscribers.words import Words

HOLLOW = "website"  # the field that people do not see and robots fill in
STYLE = """
:root{color-scheme:light dark;--ink:#1b1f24;--paper:#fff;--line:#6b7280;--accent:#0b57b0;--on:#fff;--bad:#a11}
@media(prefers-color-scheme:dark){:root{--ink:#e7e9ec;--paper:#15181c;--line:#9aa3ad;--accent:#8ab8ff;--on:#0b1622;--bad:#ff9c94}}
*{box-sizing:border-box}body{margin:0;background:var(--paper);color:var(--ink);font:1.0625rem/1.6 system-ui,sans-serif}
main{max-width:34rem;margin:0 auto;padding:3rem 1.25rem}h1{font-size:1.75rem;line-height:1.25;margin:0 0 1rem}
label{display:block;font-weight:600;margin:1.5rem 0 .25rem}input[type=email]{width:100%;font:inherit;padding:.6rem .75rem;
color:inherit;background:transparent;border:1px solid var(--line);border-radius:.25rem}
button{font:inherit;font-weight:600;margin-top:1rem;padding:.65rem 1.25rem;border:0;border-radius:.25rem;background:var(--accent);
color:var(--on);cursor:pointer}a{color:var(--accent)}:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.bad{color:var(--bad);font-weight:600}.hollow{position:absolute;left:-999rem}footer{margin-top:3rem;border-top:1px solid var(--line);padding-top:1rem}
"""


@dataclass(frozen=True)
class Pages:
    """The pages of one publication. `home` is the path of the form, `site` the website."""

    language: str
    title: str
    site: str
    home: str

    @property
    def words(self) -> Words:
        """Its words."""
        return Words(self.language, title=self.title)

    def form(self, *, wrong: bool = False) -> str:
        """Show the form to subscribe; `wrong`: the address given before was not one."""
        t = self.words
        error = f'<p class="bad" id="wrong" role="alert">{escape(t("bad"))}</p>' if wrong else ""
        described = ' aria-invalid="true" aria-describedby="wrong"' if wrong else ""
        return self._page(
            t("subscribe"),
            f"""<p id="consent">{escape(t("consent"))}</p>{error}
<form method="post" action="{escape(self.home)}">
<label for="email">{escape(t("email"))}</label>
<input id="email" name="email" type="email" autocomplete="email" maxlength="254" required{described}>
<p class="hollow" aria-hidden="true"><label for="{HOLLOW}">{escape(t("hollow"))}</label>
<input id="{HOLLOW}" name="{HOLLOW}" type="text" tabindex="-1" autocomplete="off"></p>
<button>{escape(t("join"))}</button>
</form>""",
        )

    def question(self, key: str, *, text: str = "") -> str:
        """Show a page with one button, which posts to the page's own address."""
        t = self.words
        said = f"<p>{escape(t(text))}</p>" if text else ""
        return self._page(t(key), f'{said}<form method="post"><button>{escape(t(f"{key}_button"))}</button></form>')

    def notice(self, key: str, *, again: bool = False) -> str:
        """Show a page that says what is so now; `again` offers the form."""
        t = self.words
        link = f'<p><a href="{escape(self.home)}">{escape(t("again"))}</a></p>' if again else ""
        return self._page(t(key), f"<p>{escape(t(f'{key}_text'))}</p>{link}")

    def _page(self, heading: str, inner: str) -> str:
        title = escape(self.title)
        return f"""<!DOCTYPE html>
<html lang="{escape(self.language)}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>{escape(heading)} · {title}</title><style>{STYLE}</style></head>
<body><main><h1>{escape(heading)}</h1>
{inner}
<footer><a href="{escape(self.site)}">{escape(self.words("site"))}</a></footer></main></body>
</html>
"""
