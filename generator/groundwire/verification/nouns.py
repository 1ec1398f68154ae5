"""German nouns, which have a capital as names have: which of a claim's may stand though its evidence has another word for it.

Only what says the same: words that everybody writes about anything, words of one meaning, parts and joins of compounds, and nouns made of
a verb of the evidence. Every other one must stand in the evidence, as a name must.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, lru_cache

from groundwire.verification.tongue import PLACES

TAIL, HEAD = 6, 4  # letters of a compound's last part ("Seiten" of "Internetseiten"), of its first
_ENDINGS = ("", "e", "n", "en", "s", "es", "er", "ern", "ens", "in", "innen", "r")
_OF_VERBS = ("t", "te", "ten", "en", "e", "er", "ern", "es", "em", "end", "ende", "enden")
_LINKS = ("", "s", "n", "en", "es", "er")
_GENERAL = """angabe aussage darstellung fall falle rahmen zusammenhang bezug hinblick blick grund art weise teil zeit zeitpunkt zeitraum lauf verlauf folge form hilfe
thema sicht auffassung meinung ansicht wort sache umstand tatsache möglichkeit lage stand bereich person mensch leute dritte mio mrd mal"""
# Words of one meaning; verbs among them are those of which the noun is made in another way than by an ending.
_ALIKE = """lücke schwachstelle sicherheitslücke verwundbarkeit|firma firmen unternehmen konzern|angreifer hacker cyberkriminelle kriminelle täter|angriff attacke angegriffen attackiert
|cyberangriff cyberattacke hackerangriff|nutzer anwender user benutzer|mitarbeiter beschäftigte angestellte|version fassung ausgabe|update aktualisierung|urteil entscheidung|bußgeld geldbuße
|umsatz erlös|gewinn profit|rückgang abnahme|anstieg zuwachs zunahme steigerung|ursache grund|fehler bug|gerät apparat|rechner computer pc|handy smartphone mobiltelefon
|app anwendung applikation|programm software|auto wagen pkw|krankenhaus klinik|forscher wissenschaftler|experte fachleute fachmann|studie untersuchung|bericht report
|webseite website internetseite seite|internet netz|funktion feature|dienst service|hersteller produzent|verbraucher konsument|zahl anzahl|vorwurf anschuldigung vorgeworfen wirft werfen warf|brand feuer
|unfall unglück|abkommen vereinbarung|übernahme kauf erwerb übernommen übernahm gekauft kaufte erworben erwarb|start beginn auftakt begann begonnen beginnt|pflicht verpflichtung verpflichtet
|wille willen vorstellung will|erlaubnis genehmigung erlaubt genehmigt|verbot untersagung verboten verbietet untersagt|streik arbeitsniederlegung|schadsoftware malware schadprogramm
|spionagesoftware spyware schnüffelsoftware|passwort kennwort|konto account|summe betrag|produktion herstellung fertigung|diebstahl gestohlen entwendet stahl|festnahme festgenommen
|anklage angeklagt|kritik kritisiert kritisierte|verkauf verkauft|antwort antwortet|rücktritt zurückgetreten|abbau abgebaut|einbruch eingebrochen|ausfall ausgefallen|vorschlag vorgeschlagen"""


def says_the_same(noun: str, words: Iterable[str]) -> bool:
    """Say whether a German noun may stand where the evidence has these words (case folded)."""
    noun, words = noun.casefold(), tuple(words)
    if _forms(noun, general=True):
        return True
    groups = _forms(noun)
    return any((groups and groups & _forms(word)) or _is_made_of(noun, word) for word in words) or _is_joined(noun, words)


def _is_made_of(noun: str, word: str) -> bool:
    """`Seiten` of `Internetseiten`; `Warnung` of `warnte` and `gewarnt`; `Verkauf` of `verkauft`."""
    if len(noun) >= TAIL and noun not in PLACES and word.endswith(noun) and len(word) - len(noun) >= HEAD:
        return True
    root = noun.removesuffix("en").removesuffix("ung")
    if root != noun and noun.removesuffix("en").endswith("ung") and len(root) >= 4:
        return word.startswith((root, f"ge{root}"))
    return len(noun) >= 5 and any(word == noun + ending for ending in _OF_VERBS)


def _is_joined(noun: str, words: Iterable[str]) -> bool:
    """`Polizeisprecher` of `Sprecher der Polizei`, both parts in whatever form."""
    known = {word for word in words if len(word) >= HEAD}
    for cut in range(HEAD, len(noun) - HEAD):
        last = noun[cut:]
        if any(last == word or _is_form(last, word) for word in known) and any(
            noun[:cut] == one + link
            for word in known
            for one in (word, word.removesuffix("n"))
            for link in _LINKS
            if one[0] == noun[0]
        ):
            return True
    return False


def is_case(one: str, other: str) -> bool:
    """Say whether two German words are one in different cases: `Stadtwerken` and `Stadtwerke`; never `Berger` and `Berg`."""
    short, long = sorted((one, other), key=len)
    return len(short) >= HEAD and long.startswith(short) and long[len(short) :] in ("", "e", "n", "en", "s", "es")


def _is_form(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    return len(short) >= HEAD and long.startswith(short) and long[len(short) :] in _ENDINGS


@cache
def _table(text: str) -> dict[str, frozenset[int]]:
    table: dict[str, set[int]] = {}
    for number, group in enumerate(text.split("|")):
        for word in group.split():
            table.setdefault(word, set()).add(number)
    return {word: frozenset(numbers) for word, numbers in table.items()}


@lru_cache(maxsize=20_000)
def _forms(word: str, *, general: bool = False) -> frozenset[int]:
    """Return the numbers of the groups that a word belongs to, in any of its forms."""
    table = _table(_GENERAL if general else _ALIKE)
    bare = (word.removesuffix(ending) for ending in _ENDINGS if word.endswith(ending))
    found = (table[one] for one in (*bare, word + "e") if one in table)
    return frozenset().union(*found)
