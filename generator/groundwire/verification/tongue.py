"""Which language a few words are in, and the words that mean one thing in several: months, weekdays, spans of time, places."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

_STOP: Mapping[str, frozenset[str]] = {
    "en": frozenset(
        "the of and to in that is was for with on as it by are from at has have its this will be an been their which but were he had not who after".split()
    ),
    "de": frozenset(
        "der die das und ist ein eine den dem des mit von für auf nicht im zu sich auch werden wird wurde hat haben bei nach aus dass als oder am um zum zur einen einem einer".split()
    ),
    "fr": frozenset(
        "le la les des et est une un dans pour que qui sur pas par avec du au aux ce cette il elle son sa ses ne ont sont été plus".split()
    ),
    "es": frozenset(
        "el la los las de del y que en un una por con para no se su sus es fue al lo como más ha han según pero este esta".split()
    ),
}


def tongue(words: list[str], default: str = "") -> str:
    """Tell the language of some words by their small ones: en, de, fr, es; `default` where they do not tell."""
    folded = [word.casefold() for word in words]
    counts = sorted(((sum(w in stop for w in folded), name) for name, stop in _STOP.items()), reverse=True)
    (best, name), (second, _) = counts[0], counts[1]
    return name if best >= 2 and best > second else default


_MONTHS = """january januar jänner janvier enero gennaio januari janeiro stycznia jan|february februar février febrero febbraio februari fevereiro lutego feb
|march märz mars marzo maart março marca mar mär|april avril abril aprile kwietnia apr|may mai mayo maggio mei maio maja maj
|june juni juin junio giugno junho czerwca jun|july juli juillet julio luglio julho lipca jul|august août agosto augustus augusti sierpnia aug
|september septembre septiembre settembre setembro września sep sept|october oktober octobre octubre ottobre outubro października oct okt
|november novembre noviembre novembro listopada nov|december dezember décembre diciembre dicembre dezembro grudnia dec dez"""
_WEEKDAYS = """monday montag lundi lunes lunedì maandag måndag|tuesday dienstag mardi martes martedì dinsdag tisdag|wednesday mittwoch mercredi miércoles mercoledì woensdag onsdag
|thursday donnerstag jeudi jueves giovedì donderdag torsdag|friday freitag vendredi viernes venerdì vrijdag fredag|saturday samstag sonnabend samedi sábado sabato zaterdag lördag
|sunday sonntag dimanche domingo domenica zondag söndag"""
_SPANS = """second seconds sekunde sekunden|minute minutes minuten minuto minutos|hour hours stunde stunden heure heures hora horas
|day days tag tage tagen jour jours día días|week weeks woche wochen semaine semaines semana semanas|month months monat monate monaten monats mois meses
|year years jahr jahre jahren jahres année années año años|decade decades jahrzehnt jahrzehnte jahrzehnten|century centuries jahrhundert
|yesterday gestern ayer|today heute aujourd'hui hoy|tomorrow morgen demain mañana|tonight|weekend weekends wochenende|quarter quarters quartal quartals"""
_PLACES = """germany deutschland allemagne alemania|france frankreich francia|spain spanien espagne españa|italy italien italie italia|austria österreich autriche
|switzerland schweiz suisse suiza|poland polen pologne polonia|russia russland russie rusia|ukraine ukraina ucrania|china chine|turkey türkei turquie turquía
|europe europa|munich münchen|cologne köln|vienna wien|zurich zürich|geneva genf genève ginebra|brussels brüssel bruxelles bruselas|rome rom roma
|netherlands niederlande|belgium belgien belgique bélgica|sweden schweden suède suecia|norway norwegen norvège|denmark dänemark|greece griechenland
|japan japon japón|india indien|brazil brasilien brésil brasil|usa us vereinigte|uk großbritannien|european europäische europäischen europäischer européenne europea
|german deutsche deutschen deutscher deutsches|french französische französischen|russian russische russischen russischer|chinese chinesische chinesischen chinesischer
|american amerikanische amerikanischen us-amerikanische|british britische britischen britischer|bavaria bayern|saxony sachsen|eu ue"""


_SEASONS = "summer sommer sommers verano|winter winters hiver invierno|autumn fall herbst herbstes automne otoño|spring frühling frühjahr printemps"


def _table(text: str) -> Mapping[str, int]:
    return {word: number for number, group in enumerate(text.split("|"), start=1) for word in group.split()}


VAGUE = frozenset(str(number) for number in range(1, 10))  # spans from a second to a century: a stretch of time, no date


MONTHS, WEEKDAYS, SPANS, PLACES, SEASONS = (_table(text) for text in (_MONTHS, _WEEKDAYS, _SPANS, _PLACES, _SEASONS))


@cache
def common() -> frozenset[str]:
    """Return ordinary words, lower case: at the start of a sentence they are no names."""
    text = Path(__file__).with_name("common-words.txt").read_text(encoding="utf-8")
    return frozenset(word for line in text.splitlines() if not line.startswith("#") for word in line.split())


def stem(word: str) -> str:
    """Return a word without its commonest endings, cut at six letters: enough to see that two forms are of one word."""
    word = word.casefold().removesuffix("'s")
    for ending in ("ingly", "edly", "ings", "ing", "ied", "ies", "ed", "es", "en", "er", "em", "ly", "s", "e", "y"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word[: -len(ending)]
            break
    return word[:6]
