"""The words of a letter around its issue, in the publication's language; English where there are none of it."""

from __future__ import annotations

_ENGLISH: dict[str, str | tuple[str, str]] = {
    "stories": ("1 story", "{n} stories"),
    "minutes": ("1 minute to read", "{n} minutes to read"),
    "online": ("Read 1 more story on the web", "Read {n} more stories on the web"),
    "more": ("1 more online", "{n} more online"),
    "web": "Read this issue on the web",
    "also": "Also: {title}",
    "why": "You get this because you subscribed to {title}.",
    "unsubscribe": "Unsubscribe",
    "untracked": "No pixels and no redirects: nobody sees what you open.",
    "label": "Email from {title}",
}
_GERMAN: dict[str, str | tuple[str, str]] = {
    "stories": ("1 Meldung", "{n} Meldungen"),
    "minutes": ("1 Minute zu lesen", "{n} Minuten zu lesen"),
    "online": ("1 weitere Meldung im Netz lesen", "{n} weitere Meldungen im Netz lesen"),
    "more": ("1 weitere online", "{n} weitere online"),
    "web": "Diese Ausgabe im Netz lesen",
    "also": "Außerdem: {title}",
    "why": "Sie bekommen diese Mail, weil Sie {title} abonniert haben.",
    "unsubscribe": "Abbestellen",
    "untracked": "Keine Zählpixel, keine Umleitungen: Niemand sieht, was Sie öffnen.",
    "label": "E-Mail von {title}",
}
_CATALOGUE = {"en": _ENGLISH, "de": _GERMAN}


class Words:
    """The words of one language."""

    def __init__(self, language: str) -> None:
        self._texts = {**_ENGLISH, **_CATALOGUE.get(language.split("-")[0].lower(), {})}

    def __call__(self, key: str, n: int | None = None, **values: object) -> str:
        """The words for `key`, filled in; with `n`, in the singular or the plural."""
        text = self._texts[key]
        if isinstance(text, tuple):
            text = text[0] if n == 1 else text[1]
        return text.format(n=n, **values)
