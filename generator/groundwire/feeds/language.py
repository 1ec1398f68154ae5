"""Which language a text is in, by its small words (Latin script) or by its letters. Uncertain is None: nothing is guessed."""

from __future__ import annotations

import re
from collections import Counter

# The commonest small words of each, without those that two of them share to no purpose (proper sets of 30 to 45).
_SMALL = {
    "en": "the of and to in is that for it with as was on are by this be from at not have has will been its their which but they who said after you what when would there more about than we our can how",
    "de": "der die das und ist den dem des mit von für auf nicht im zu sich auch wird werden wurde hat haben bei nach aus dass als oder am um zum zur einen einem einer ein eine ich wir wie noch nur über sind war",
    "fr": "le la les des et est une un dans pour que qui sur pas par avec du au aux ce cette il elle son sa ses ne ont sont été plus mais nous vous en leur comme dont être fait",
    "es": "el la los las de del y que en un una por con para no se su sus es fue al lo como más ha han según pero este esta son entre cuando también muy sobre desde ya hay",
    "it": "il la le gli di del della dei delle e che in un una per con non si è sono da dal dalla nel nella al alla ha hanno anche come più ma questo questa suo essere stato i lo",
    "nl": "de het een van en in is dat op te met voor zijn niet aan er ook door naar bij om als uit nog wordt worden werd heeft hebben maar over deze dit die wij meer kan geen zich",
    "pt": "o a os as de do da dos das e que em um uma por com para não se seu sua é foi ao no na nos nas como mais mas são pelo pela também está ser tem já quando muito",
    "sv": "och att det som en på är av för med den till inte har de ett om var jag men från vi så kan när eller ska sin efter här också under mot sig vid",
    "da": "og at det som en på er af for med den til ikke har de et om var jeg men fra vi så kan når eller skal sin efter her også under mod sig ved blev bliver efter",
    "pl": "w i na z się nie do to że jest o jak ale po co tak za od przez dla tym tego są był może oraz być już ich jego także przy które która który",
}
_TOLD_BY: dict[str, tuple[str, ...]] = {}
for _name, _text in _SMALL.items():
    for _word in {word for word in _text.split() if len(word) > 1}:
        _TOLD_BY[_word] = (*_TOLD_BY.get(_word, ()), _name)
_WORD = re.compile(r"[^\W\d_]+")
_SCRIPTS = (
    ("ja", re.compile("[\u3041-\u30ff]")),
    ("ko", re.compile("[\uac00-\ud7a3]")),
    ("zh", re.compile("[\u4e00-\u9fff]")),
    ("el", re.compile("[\u0370-\u03ff]")),
    ("he", re.compile("[\u0590-\u05ff]")),
    ("uk", re.compile("[іїєґІЇЄҐ]")),
    ("ru", re.compile("[ыэъёЫЭЪЁ]")),
)
_FOREIGN = re.compile("[\u0370-\uffff]")
LOOKED_AT = 2_000
_LATIN = re.compile(r"[A-Za-zÀ-ž]")


def detect(text: str) -> str | None:
    """Tell the language of a text as a two-letter code (ISO 639-1), None where its words do not tell.

    They tell where at least 3 are small words of one language, two of them different, an eighth of all words or 12, and 1.3 times
    as many as of any other.
    """
    text = text[:LOOKED_AT]
    if foreign := _by_script(text):
        return foreign
    found = _WORD.findall(text.lower())
    hits = [(word, name) for word in found for name in _TOLD_BY.get(word, ())]
    ranked = Counter(name for _, name in hits).most_common(2)
    if not ranked:
        return None
    (best, count), second = ranked[0], ranked[1][1] if len(ranked) > 1 else 0
    various = len({word for word, name in hits if name == best}) >= 2
    enough = count >= max(3, min(12, len(found) / 8))
    return best if enough and various and count >= 1.3 * second else None


def tag(raw: str) -> str | None:
    """Read a declared language as a tag (BCP 47), None where it is none or says nothing: `en_US` is read, `english` is not."""
    text = raw.strip().replace("_", "-")
    good = re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}", text)
    return text if good and text.lower() not in ("und", "mul", "zxx", "mis") else None


def language_of(text: str, declared: str | None) -> str | None:
    """Return the language that the text shows.

    The publisher's own tag where that agrees (`pt-BR`) or where the text does not tell.
    """
    shown = detect(text)
    if shown is None or (declared and declared.lower().split("-")[0] == shown):
        return declared
    return shown


def _by_script(text: str) -> str | None:
    if not _FOREIGN.search(text):
        return None
    letters = len(_LATIN.findall(text))
    for name, pattern in _SCRIPTS:
        hits = len(pattern.findall(text))
        # Two letters of the alphabet tell Russian from Ukrainian, so few of them must do.
        if hits >= (2 if name in ("uk", "ru") else 8) and hits * (20 if name in ("uk", "ru") else 2) > letters:
            return name
    return None
