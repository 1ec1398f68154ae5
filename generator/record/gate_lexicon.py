"""Words that turn a sentence round or take its certainty away, by language. Data: a star stands for the rest of a word.

`negation` must agree; of the others a class that evidence carries may be met by its own phrases or by those of `instead`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Class = Literal["negation", "doubt", "claim", "said", "plan", "proof", "all"]

# Phrases that hold a word of a list below and mean something else.
IDIOMS = (
    "no matter",
    "no doubt",
    "denial of service",
    "no . *",
    "said to be",
    "whether or not",
    "may day",
    "will smith",
    "not least",
    "claims adjuster",
)

PHRASES: Mapping[str, Mapping[Class, tuple[str, ...]]] = {
    "en": {
        "negation": (
            "not", "no", "no one", "never", "none", "nobody", "nothing", "nowhere", "neither", "without", "unable", "fail* to", "failed",
            "failing to", "failure to", "refuse*", "refusal", "refusing", "decline to", "declined to", "declines to", "declining to", "deny", "denies", "denied", "denying", "denial",
            "reject*", "turn* down", "lack", "lacks", "lacked", "lacking", "hardly", "barely", "scarcely", "yet to", "stopped short of", "rule* out", "ruling out",
        ),
        "doubt": (
            "may", "might", "could", "possibl*", "perhaps", "maybe", "likely", "unlikely", "probabl*", "potential*", "appear* to", "seem*", "apparently",
            "suggest*", "unconfirmed", "unclear", "in theory",
        ),
        "claim": (
            "alleg*", "reportedly", "supposed*", "purported*", "claim", "claims", "claimed", "claiming", "accus*", "suspect*", "rumor*", "rumour*", "believed to",
            "is believed", "are believed", "thought to", "is said to", "are said to", "believes", "believe",
        ),
        "said": (
            "said", "says", "say", "saying", "told", "tells", "according to", "stated", "states that", "argue*", "insist*", "warn", "warns", "warned", "assert*", "contend*",
            "wrote", "in a statement", "testified", "tweeted", "quoted as", "in * words",
        ),
        "plan": (
            "would", "should", "will", "plan* to", "planned", "planning to", "intend* to", "expect* to", "expected", "set to", "aim* to", "seek* to", "sought to", "hope* to",
            "want* to", "trying to", "tried to", "tries to", "attempt* to", "threaten* to", "propos*", "consider*", "if", "unless", "whether",
        ),
        "proof": ("confirm*", "admit*", "acknowledg*", "conced*", "proved", "proves", "proven", "verified", "definitely", "certainly", "undoubtedly", "undeniabl*", "clearly"),
        "all": ("all", "every", "always", "only", "entire*", "everyone", "everybody", "completely", "exclusively", "solely"),
    },
    "de": {
        "negation": (
            "nicht", "kein", "keine", "keinen", "keinem", "keiner", "keines", "nie", "niemals", "niemand", "nichts", "nirgends", "weder", "ohne", "dementier*", "bestreitet",
            "bestritt*", "verweiger*", "lehnt*", "abgelehnt", "ablehn*", "abzulehnen", "zurückgewiesen", "zurückweis*", "kaum", "scheitert*", "gescheitert", "mangel*",
        ),
        "doubt": (
            "könnte*", "dürfte*", "möglicherweise", "möglich*", "vielleicht", "vermutlich", "wahrscheinlich", "wohl", "womöglich", "scheint", "scheinbar", "anscheinend", "eventuell",
            "potenziell*", "unklar", "unbestätigt*",
        ),
        "claim": ("angeblich*", "mutmaßlich*", "soll", "sollen", "solle", "behaupt*", "verdächt*", "verdacht", "beschuldig*", "vorgeworfen", "wirft", "werfen", "gerücht*", "vermutet*", "gilt als"),
        "said": (
            "sagt", "sagte", "sagten", "sagen", "laut", "zufolge", "erklärt*", "teilte", "teilten", "mitgeteilt", "nach angaben", "nach eigenen angaben", "warnt*", "betont*", "schreibt",
            "schrieb*", "heißt es", "hieß es", "berichtet*", "sei", "seien",
        ),
        "plan": ("würde*", "will", "wollen", "wolle", "wollten", "wollte", "plant*", "planen", "beabsichtig*", "wird", "werden", "falls", "wenn", "ob", "sofern", "vorgeschlagen", "sollte*"),
        "proof": ("bestätigt*", "eingeräumt", "räumt*", "zugegeben", "gibt zu", "bewiesen", "nachgewiesen", "zweifellos", "sicherlich"),
        "all": ("alle", "jede*", "immer", "ausschließlich", "sämtliche*", "vollständig"),
    },
    "fr": {
        "negation": ("pas", "ne", "n'*", "jamais", "aucun*", "sans", "rien", "personne", "ni", "refus*", "démen*", "rejet*", "nie", "nié"),
        "doubt": ("pourrait", "pourraient", "peut", "peuvent", "peut-être", "probabl*", "possibl*", "semble*", "éventuel*", "serait", "aurait"),
        "claim": ("prétend*", "présumé*", "accus*", "soupçonn*", "allégu*", "affirm*", "suppos*", "serait", "aurait", "auraient", "seraient"),
        "said": ("dit", "déclar*", "selon", "d'après", "affirm*", "indiqu*", "expliqu*", "averti*"),
        "plan": ("si", "compte*", "prévoi*", "souhait*", "envisag*", "veut"),
        "proof": ("confirm*", "admi*", "reconn*", "prouv*"),
        "all": ("tous", "toutes", "toujours", "seul*", "uniquement"),
    },
    "es": {
        "negation": ("no", "nunca", "jamás", "ningun*", "ningún", "sin", "nada", "nadie", "ni", "niega*", "negó", "rechaz*", "desmint*", "tampoco"),
        "doubt": ("podría*", "puede*", "quizá*", "tal vez", "probabl*", "posibl*", "parece*"),
        "claim": ("presunt*", "supuest*", "acus*", "sospech*", "aleg*", "afirm*", "asegur*", "habría*"),
        "said": ("dijo", "dice*", "según", "declar*", "afirm*", "explic*", "indic*", "asegur*", "advirti*"),
        "plan": ("si", "planea*", "prevé*", "quiere*", "pretende*", "propon*"),
        "proof": ("confirm*", "admit*", "reconoc*", "demostr*"),
        "all": ("todos", "todas", "siempre", "sólo", "únicamente"),
    },
}  # fmt: skip

# What may stand in the claim for a class that its evidence carries; more words than would call for it.
INSTEAD: Mapping[Class, tuple[Class, ...]] = {
    "doubt": ("doubt", "claim"),
    "claim": ("claim", "doubt"),
    "said": ("said", "claim"),
    "plan": ("plan", "doubt"),
}
MORE_SAID = (
    "announc*", "noted", "notes", "added", "adds", "explain*", "report", "reports", "reported", "describ*", "call", "calls", "called", "comment*", "declar*", "reveal*", "disclos*", "urged",
    "urges", "replied", "posted", "found", "finds", "shows", "showed", "asked", "confirm*", "acknowledg*", "admit*", "conced*", "mitteil*", "nannte", "nennt", "spricht von", "betont*",
    "kündigt*", "claim*", "accus*", "alleg*", "denied", "denies", "rejected", "refused", "threaten*", "promis*", "pledg*", "suggest*", "estimat*", "believe*", "concluded", "thinks",
)  # fmt: skip
MORE_PLAN = (
    "can",
    "must",
    "shall",
    "*'ll",
    "*'d",
    "going to",
    "due to",
    "scheduled",
    "about to",
    "is to",
    "are to",
    "soll*",
    "kann",
    "können",
)

OPPOSITES = """accept reject|approve reject|rise fall|rose fell|rises falls|rising falling|increase decrease|increased decreased|grow shrink|grew shrank|gain lose|win lose|won lost|allow forbid
|allows blocks|allow block|allowed blocked|allowed banned|allow ban|permit prohibit|before after|more less|more fewer|above below|over under|largest smallest|highest lowest|best worst|most least
|open close|opened closed|opens closes|confirm deny|confirmed denied|all none|up down|buy sell|bought sold|safe unsafe|able unable|legal illegal|secure insecure|successful unsuccessful|succeed fail
|succeeded failed|enable disable|enabled disabled|enables disables|include exclude|included excluded|start stop|started stopped|begin end|began ended|support oppose|supports opposes|supported opposed
|patched unpatched|authenticated unauthenticated|known unknown|public private|first last|early late|earlier later|high low|higher lower|strong weak|stronger weaker|guilty innocent|likely unlikely
|possible impossible|raise lower|raised lowered|raised cut|join leave|joined left|found lost|true false|encrypted unencrypted|affected unaffected|many few|always never|with without|maximum minimum
|exceeded missed|agree disagree|agreed disagreed|agreed refused|accepted rejected|accepted refused|approved rejected|approved blocked|better worse|faster slower|older newer|old new|day night
|steigen sinken|stieg sank|gestiegen gesunken|mehr weniger|erlaubt verboten|angenommen abgelehnt|vor nach|über unter|größte kleinste|gewonnen verloren|sicher unsicher|öffentlich privat"""
