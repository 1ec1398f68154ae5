"""Words that turn a sentence round or take its certainty away, by language. Data: a star stands for the rest of a word.

`negation` must agree; of the others a class that evidence carries may be met by its own phrases or by those of INSTEAD and MORE. `undone` is what
was prevented, disputed or called off. Of languages that are read only as sources the first classes are enough.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Class = Literal["negation", "undone", "doubt", "claim", "said", "plan", "proof", "all", "only"]

# Phrases that hold a word of a list below and mean something else.
IDIOMS = (
    "no matter",
    "no doubt",
    "denial of service",
    "no . *",
    "whether or not",
    "may day",
    "will smith",
    "not least",
    "claims adjuster",
    "no stranger",
    "stop at nothing",
    "non stop",
    "has nothing but",
)

PHRASES: Mapping[str, Mapping[Class, tuple[str, ...]]] = {
    "en": {
        "negation": (
            "not", "no", "no one", "never", "none", "nobody", "nothing", "nowhere", "neither", "without", "unable", "fail* to", "failed",
            "failing to", "failure to", "refuse*", "refusal", "refusing", "decline to", "declined to", "declines to", "declining to", "deny", "denies", "denied", "denying", "denial",
            "reject*", "turn* down", "lack", "lacks", "lacked", "lacking", "hardly", "barely", "scarcely", "yet to", "stopped short of", "rule* out", "ruling out", "ain't",
            "far from", "anything but", "rather than", "instead of", "unlike", "except", "excluding", "other than", "contrary to", "as opposed to",
        ),
        "undone": (
            "avoid*", "prevent*", "avert*", "thwart*", "foil*", "halt", "halts", "halted", "halting", "stop", "stops", "stopped", "stopping", "ceas*", "cancel*", "abandon*", "scrap*",
            "veto*", "disput*", "dismiss*", "contest", "contests", "contested", "false", "untrue", "baseless", "debunk*", "refut*", "retract*", "withdrew", "withdrawn", "called off", "repel*",
        ),
        "doubt": (
            "may", "might", "could", "possibl*", "perhaps", "maybe", "likely", "unlikely", "probabl*", "potential*", "appear* to", "seem*", "apparently",
            "suggest*", "unconfirmed", "unverified", "unclear", "uncertain", "in theory", "doubt", "doubts", "doubted", "doubtful", "estimat*", "presum*", "speculat*",
            "concern that", "concerns that", "fear that", "fears that", "fears of", "worries that", "worried that",
        ),
        "claim": (
            "alleg*", "reportedly", "supposed*", "purported*", "claim", "claims", "claimed", "claiming", "accus*", "suspect*", "rumor*", "rumour*", "believed to",
            "is believed", "are believed", "thought to", "is said to", "are said to", "said to be", "said to have", "believes", "believe", "charged with", "charges against", "face* charges", "indict*", "so called",
            "ostensibl*", "took credit for", "takes credit for", "boast*", "blame*", "blaming",
        ),
        "said": (
            "said", "says", "say", "saying", "told", "tells", "according to", "stated", "states that", "argue*", "insist*", "warn", "warns", "warned", "assert*", "contend*",
            "wrote", "in a statement", "testified", "tweeted", "quoted as", "in * words",
        ),
        "plan": (
            "would", "should", "will", "plan* to", "planned", "planning to", "intend* to", "expect* to", "expected", "set to", "aim* to", "seek* to", "sought to", "hope* to",
            "want* to", "trying to", "tried to", "tries to", "attempt* to", "threaten* to", "propos*", "consider*", "if", "unless", "whether", "promis*", "pledg*", "vow*", "agree* to",
            "offer* to", "order* to", "ordered", "must", "have to", "has to", "had to", "require* to", "told to", "asked to", "urge* to", "recommend*", "advis*", "try to", "schedul*", "ready to",
        ),
        "proof": ("confirm*", "admit*", "acknowledg*", "conced*", "proved", "proves", "proven", "verified", "definitely", "certainly", "undoubtedly", "undeniabl*", "clearly"),
        "all": ("all", "every", "always", "entire*", "everyone", "everybody", "completely"),
        "only": ("only", "exclusively", "solely"),
    },
    "de": {
        "negation": (
            "nicht", "kein", "keine", "keinen", "keinem", "keiner", "keines", "nie", "niemals", "niemand", "nichts", "nirgends", "weder", "ohne", "dementier*", "bestreitet",
            "bestritt*", "verweiger*", "lehnt*", "abgelehnt", "ablehn*", "abzulehnen", "zurückgewiesen", "zurückweis*", "kaum", "scheitert*", "gescheitert", "mangel*", "anders als", "außer", "im gegensatz zu",
        ),
        "undone": (
            "verhinder*", "vermied*", "vermieden", "vermeid*", "vereitelt*", "gestoppt", "stoppt*", "abgesagt", "abgewehrt", "abgewendet", "falsch", "bestritten", "widerrufen", "zurückgezogen",
            "eingestellt", "aufgegeben", "verworfen",
        ),
        "doubt": (
            "könnte*", "befürcht*", "dürfte*", "möglicherweise", "möglich*", "vielleicht", "vermutlich", "wahrscheinlich", "wohl", "womöglich", "scheint", "scheinbar", "anscheinend", "eventuell",
            "potenziell*", "unklar", "unbestätigt*",
        ),
        "claim": ("angeblich*", "mutmaßlich*", "soll", "sollen", "solle", "behaupt*", "verdächt*", "verdacht", "beschuldig*", "vorgeworfen", "wirft", "werfen", "gerücht*", "vermutet*", "gilt als"),
        "said": (
            "sagt", "sagte", "sagten", "sagen", "gesagt", "gewarnt", "geschrieben", "gemeldet", "meldet*", "laut", "zufolge", "erklärt*", "erklären", "teilte", "teilten", "teilt", "teilen", "mitgeteilt", "nach angaben", "nach eigenen angaben", "warnt*", "warnen", "betont*", "betonen", "schreibt", "schreiben", "melden", "berichten",
            "schrieb*", "heißt es", "hieß es", "berichtet*", "sei", "seien",
        ),
        "plan": ("würde*", "will", "geplant*", "vorgesehen*", "wollen", "wolle", "wollten", "wollte", "plant*", "planen", "beabsichtig*", "wird", "werden", "falls", "wenn", "ob", "sofern", "vorgeschlagen", "sollte*",
            "muss", "müssen", "musste*", "versprach*", "verspricht", "versprochen", "zugesagt", "versucht*", "drohte*", "droht", "verpflichtet", "angeboten", "aufgefordert"),
        "proof": ("bestätigt*", "eingeräumt", "räumt*", "zugegeben", "gibt zu", "bewiesen", "nachgewiesen", "zweifellos", "sicherlich"),
        "all": ("alle", "jede*", "immer", "sämtliche*", "vollständig"),
        "only": ("nur", "ausschließlich", "einzig*"),
    },
    "fr": {
        "negation": ("pas", "ne", "n'*", "jamais", "aucun*", "sans", "rien", "personne", "ni", "refus*", "démen*", "rejet*", "nie", "nié"),
        "doubt": ("pourrait", "pourraient", "peut", "peuvent", "peut-être", "probabl*", "possibl*", "semble*", "éventuel*", "serait", "aurait"),
        "claim": ("prétend*", "présumé*", "accus*", "soupçonn*", "allégu*", "affirm*", "suppos*", "serait", "aurait", "auraient", "seraient"),
        "said": ("dit", "déclar*", "selon", "d'après", "affirm*", "indiqu*", "expliqu*", "averti*"),
        "plan": ("si", "prévoi*", "doit", "doivent", "promet*", "promis", "menac*", "tent*", "souhait*", "envisag*", "veut"),
        "proof": ("confirm*", "admi*", "reconn*", "prouv*"),
        "all": ("tous", "toutes", "toujours"),
        "only": ("seul*", "uniquement"),
    },
    "es": {
        "negation": ("no", "nunca", "jamás", "ningun*", "ningún", "sin", "nada", "nadie", "ni", "niega*", "negó", "rechaz*", "desmint*", "tampoco"),
        "doubt": ("podría*", "puede*", "quizá*", "tal vez", "probabl*", "posibl*", "parece*"),
        "claim": ("presunt*", "supuest*", "acus*", "sospech*", "aleg*", "afirm*", "asegur*", "habría*"),
        "said": ("dijo", "dice*", "según", "declar*", "afirm*", "explic*", "indic*", "asegur*", "advirti*"),
        "plan": ("si", "debe*", "promet*", "amenaz*", "intent*", "planea*", "prevé*", "quiere*", "pretende*", "propon*"),
        "proof": ("confirm*", "admit*", "reconoc*", "demostr*"),
        "all": ("todos", "todas", "siempre"),
        "only": ("sólo", "únicamente"),
    },
    "it": {
        "negation": ("non", "mai", "nessun*", "senza", "niente", "nulla", "né", "nega", "negato", "negano", "smentit*", "smentisce", "rifiut*", "respint*", "respinge"),
        "undone": ("evitat*", "sventat*", "impedit*", "fermat*", "annullat*", "fals*", "contest*"),
        "doubt": ("potrebbe*", "forse", "può", "possono", "probabil*", "possibil*", "sembra*", "avrebbe*", "sarebbe*"),
        "claim": ("presunt*", "accus*", "sospett*", "avrebbe*", "sarebbe*", "sostien*", "sostengono"),
        "said": ("detto", "dice", "dichiar*", "secondo", "afferm*", "spieg*", "riferit*", "avvert*"),
        "plan": ("se", "intende*", "prevede*", "vuole", "vogliono", "deve", "devono", "dovrà", "minacci*", "promess*", "propost*"),
    },
    "nl": {
        "negation": ("niet", "geen", "nooit", "niemand", "niets", "nergens", "zonder", "noch", "ontken*", "ontkend", "weiger*", "geweigerd", "afgewezen", "verwerp*", "nauwelijks"),
        "undone": ("voorkom*", "verijdel*", "gestopt", "stopt*", "afgelast", "onjuist", "betwist*", "ingetrokken"),
        "doubt": ("mogelijk*", "misschien", "kan", "kunnen", "waarschijnlijk", "vermoedelijk", "lijkt", "lijken", "onduidelijk"),
        "claim": ("zou", "zouden", "vermeend*", "beweer*", "beweert", "beschuldig*", "verdacht*", "verdenk*"),
        "said": ("zegt", "zeggen", "zei", "zeiden", "volgens", "meldt", "melden", "meldde*", "aldus", "waarschuw*", "verklaar*", "schrijft", "laat weten"),
        "plan": ("als", "wil", "willen", "wilde*", "plan", "plant", "moet", "moeten", "zal", "zullen", "dreig*", "beloof*", "voorgesteld", "stelt voor", "tenzij"),
    },
    "pt": {
        "negation": ("não", "nunca", "jamais", "nenhum*", "sem", "nada", "ninguém", "nem", "nega", "negou", "negam", "negaram", "recus*", "rejeit*", "desment*"),
        "undone": ("evit*", "impedi*", "cancel*", "fals*", "contest*", "frustr*"),
        "doubt": ("poderia*", "pode", "podem", "talvez", "provavel*", "provável", "possivel*", "possível", "parece*"),
        "claim": ("suspeit*", "acus*", "suposto*", "suposta*", "supostamente", "alegad*", "alega*", "teria*"),
        "said": ("disse*", "diz", "dizem", "segundo", "declar*", "afirm*", "explic*", "alert*", "informou"),
        "plan": ("se", "pretende*", "planeja*", "quer", "querem", "deve", "devem", "ameaç*", "promet*", "propôs", "propõe*"),
    },
    "sv": {
        "negation": ("inte", "ej", "icke", "ingen", "inget", "inga", "aldrig", "utan", "ingenting", "förnek*", "vägra*", "avvis*", "knappast"),
        "undone": ("förhindra*", "stoppa*", "avvärj*", "undvik*", "undvek", "felaktig*"),
        "doubt": ("kan", "kunde", "möjlig*", "kanske", "troligen", "sannolikt", "verkar", "oklart"),
        "claim": ("misstänk*", "påstå*", "anklag*", "uppges", "ska ha"),
        "said": ("säger", "sade", "sa", "enligt", "uppger", "meddelar", "meddelade", "skriver", "varnar"),
        "plan": ("om", "vill", "ska", "planer*", "måste", "hotar", "lova*", "föreslå*"),
    },
}  # fmt: skip

# What may stand in the claim for a class that its evidence carries; more words than would call for it.
INSTEAD: Mapping[Class, tuple[Class, ...]] = {
    "undone": ("undone", "negation"),
    "doubt": ("doubt", "claim"),
    "claim": ("claim", "doubt"),
    "said": ("said", "claim"),
    "plan": ("plan", "doubt"),
}
MORE: Mapping[Class, tuple[str, ...]] = {
    "only": ("just", "merely", "alone", "sole", "lediglich", "bloß", "allein"),
    "undone": (
        "block*", "end", "ends", "ended", "ending", "drop*", "quit", "closed", "shut", "paus*", "suspend*", "remov*", "ban", "bans", "banned", "revok*", "terminat*",
        "discontinu*", "averse", "reverse*", "overturn*", "undo*", "undid", "escap*", "withdraw*", "wrong", "incorrect", "inaccurate", "challeng*", "question*", "deni*", "deny*",
        "beendet*", "blockier*", "ausgesetzt",
    ),
    "doubt": (
        "approximately", "about", "around", "roughly", "seemingly", "worr*", "concern*", "fear*", "risk*", "befürcht*", "sorge*", "can", "guess*", "reckon*", "project*", "forecast*", "schätz*", "geschätzt*", "rund", "etwa",
    ),
    "claim": (
        "charge", "charges", "charged", "indicted", "allegation*", "prosecutors", "sue", "sues", "sued", "lawsuit", "responsib*",
    ),
    "said": (
        "announc*", "noted", "notes", "added", "adds", "explain*", "report", "reports", "reported", "describ*", "call", "calls", "called", "comment*", "declar*", "reveal*",
        "disclos*", "urged", "urges", "replied", "posted", "found", "finds", "shows", "showed", "asked", "confirm*", "acknowledg*", "admit*", "conced*", "mitteil*", "nannte",
        "nennt", "spricht von", "betont*", "kündigt*", "claim*", "accus*", "alleg*", "denied", "denies", "rejected", "refused", "threaten*", "promis*", "pledg*", "suggest*",
        "estimat*", "believe*", "concluded", "thinks", "bestätig*",
    ),
    "plan": (
        "can", "shall", "*'ll", "*'d", "going to", "due to", "scheduled", "about to", "is to", "are to", "need* to", "requir*", "oblig*", "order*", "demand*", "ask*", "tell*",
        "urge*", "commit*", "undertake*", "undertook", "agree*", "offer", "offers", "offered", "call* for", "call* on", "soll*", "kann", "können", "verpflicht*", "forder*", "when", "once", "until",
        "depend*", "attempt*", "effort*", "bid", "intention*", "threat*", "warn*", "plan is", "plan for", "plans for", "planning to",
    ),
}  # fmt: skip

# Directions that are told in many words; only those that hardly mean anything else.
RISES = (
    "rise", "rises", "rose", "risen", "rising", "increas*", "grew", "grow", "grows", "grown", "growing", "climb*", "surg*", "soar*", "stieg*", "steigt", "steigen", "gestiegen",
    "zugenommen", "zunahm*", "gewachsen", "wuchs", "augment*", "aument*", "subió", "subieron", "creció", "crecieron", "salit*", "cresci*", "gestegen", "steeg", "subiu",
    "cresceu", "ökade", "steg",
)  # fmt: skip
FALLS = (
    "fall", "falls", "fell", "fallen", "falling", "decreas*", "declin*", "shrank", "shrink*", "shrunk", "slump*", "plung*", "plummet*", "sank", "sinks", "sinkt", "sinken",
    "gesunken", "fiel", "fielen", "gefallen", "zurückgegangen", "abgenommen", "geschrumpft", "baiss*", "diminu*", "recul*", "bajó", "bajaron", "cayó", "cayeron", "disminuy*",
    "scese", "sces*", "gedaald", "daalde*", "caiu", "caíram", "minskade", "sjönk",
)  # fmt: skip

OPPOSITES = """accept reject|approve reject|rise fall|rose fell|rises falls|rising falling|increase decrease|increased decreased|grow shrink|grew shrank|gain lose|win lose|won lost|allow forbid
|allows blocks|allow block|allowed blocked|allowed banned|allow ban|permit prohibit|before after|more less|more fewer|above below|over under|largest smallest|highest lowest|best worst|most least
|open close|opened closed|opens closes|confirm deny|confirmed denied|all none|up down|buy sell|bought sold|safe unsafe|able unable|legal illegal|secure insecure|successful unsuccessful|succeed fail
|succeeded failed|enable disable|enabled disabled|enables disables|include exclude|included excluded|start stop|started stopped|begin end|began ended|support oppose|supports opposes|supported opposed
|patched unpatched|authenticated unauthenticated|known unknown|public private|first last|early late|earlier later|high low|higher lower|strong weak|stronger weaker|guilty innocent|likely unlikely
|possible impossible|raise lower|raised lowered|raised cut|join leave|joined left|found lost|true false|encrypted unencrypted|affected unaffected|many few|always never|with without|maximum minimum
|exceeded missed|agree disagree|agreed disagreed|agreed refused|accepted rejected|accepted refused|approved rejected|approved blocked|better worse|faster slower|older newer|old new|day night
|steigen sinken|stieg sank|gestiegen gesunken|mehr weniger|erlaubt verboten|angenommen abgelehnt|vor nach|über unter|größte kleinste|gewonnen verloren|sicher unsicher|öffentlich privat
|signed vetoed|sign veto|immune vulnerable|resistant vulnerable|cleared convicted|acquitted convicted|acquitted guilty|dismissed upheld|overturned upheld|granted denied|granted rejected
|hired fired|hired sacked|arrived departed|entered left|import export|imports exports|inside outside|online offline|resumed suspended|deployed withdrawn|expanded shrank|attacker victim
|attackers victims|buyer seller|buyers sellers|plaintiff defendant|ally enemy|allies enemies|domestic foreign|temporary permanent|temporarily permanently|voluntary mandatory|optional mandatory
|voluntary compulsory|manual automatic|manually automatically|majority minority|profit loss|profits losses|surplus deficit|passed failed|pass fail|cheaper dearer|shorter longer|smaller larger
|smaller bigger|fewest most|northern southern|eastern western|north south|east west|male female|men women|man woman|husband wife|morning evening|yesterday tomorrow|today yesterday
|upper lower|inbound outbound|incoming outgoing|upload download|uploaded downloaded|locked unlocked|friend foe|cause prevent|caused prevented|causes prevents|began stopped|started ended
|released withheld|released jailed|freed jailed|free paid|maximum least|always rarely|often rarely|most few|many no|accept refuse|allow prevent|allowed prevented|allows prevents|hot cold
|short long|heavy light|rich poor|new used|win defeat|won defeated|victory defeat|success failure|strengthened weakened|strengthen weaken|tightened loosened|tighten loosen|eased tightened
|praised criticised|praised criticized|backed opposed|welcomed condemned|heavier lighter|wider narrower|deeper shallower|hard easy|harder easier|difficult easy|remote local|remotely locally
|lobt kritisiert|lobte kritisierte|gelobt kritisiert|begrüßt kritisiert|begrüßte kritisierte|größer kleiner|höher niedriger|höchste niedrigste|erste letzte|beginnt endet|begann endete
|real fake|genuine fake|innocent convicted|dead alive|killed survived|died survived"""
