"""The words of the service's pages, in the publication's language; English where there are none of it."""

from __future__ import annotations

_ENGLISH = {
    "subscribe": "Get {title} by email",
    "consent": "I would like to get {title} by email, about once a week. I can leave at any time by one click in each mail.",
    "email": "Your email address",
    "hollow": "Leave this field empty",
    "join": "Subscribe",
    "bad": "That is no email address we can send to. It looks like name@example.org.",
    "asked": "Look into your mailbox",
    "asked_text": "If that address can be subscribed, a mail with a link is on its way. Only with that link does the newsletter begin.",
    "confirm": "One last step",
    "confirm_button": "Yes, send me the newsletter",
    "confirmed": "You are subscribed",
    "confirmed_text": "The newest issue is on its way to you. Every mail has a link to leave.",
    "stale": "This link does not work any more",
    "stale_text": "Links to confirm are good for seven days, and only the newest one. You can ask for another.",
    "leave": "Unsubscribe from {title}?",
    "leave_button": "Unsubscribe",
    "left": "You are unsubscribed",
    "left_text": "No further issue comes to you. You can come back at any time.",
    "unknown": "No such link",
    "unknown_text": "This link is not one of ours. Please take it whole from the mail that you got.",
    "test": "This was a test mail",
    "test_text": "There is nothing to unsubscribe from: the mail was sent as a test.",
    "moved": "Subscribe on the website",
    "moved_text": "New subscriptions are taken on the website. Links to unsubscribe from earlier mails work here as before.",
    "slow": "Too many requests",
    "slow_text": "Please try again in an hour.",
    "site": "To the website",
    "again": "Ask for a new link",
}
_GERMAN = {
    "subscribe": "{title} per E-Mail bekommen",
    "consent": "Ich möchte {title} etwa einmal in der Woche per E-Mail bekommen. Ich kann es jederzeit mit einem Klick in jeder Mail beenden.",
    "email": "Ihre E-Mail-Adresse",
    "hollow": "Dieses Feld leer lassen",
    "join": "Abonnieren",
    "bad": "An diese E-Mail-Adresse können wir nicht senden. Sie sieht aus wie name@example.org.",
    "asked": "Sehen Sie in Ihr Postfach",
    "asked_text": "Wenn diese Adresse abonniert werden kann, ist eine Mail mit einem Link unterwegs. Erst mit diesem Link beginnt der Newsletter.",
    "confirm": "Noch ein Schritt",
    "confirm_button": "Ja, schicken Sie mir den Newsletter",
    "confirmed": "Sie haben abonniert",
    "confirmed_text": "Die neueste Ausgabe ist unterwegs. In jeder Mail steht ein Link zum Abbestellen.",
    "stale": "Dieser Link gilt nicht mehr",
    "stale_text": "Ein Link zum Bestätigen gilt sieben Tage lang, und nur der neueste. Sie können einen anderen anfordern.",
    "leave": "{title} abbestellen?",
    "leave_button": "Abbestellen",
    "left": "Sie haben abbestellt",
    "left_text": "Es kommt keine weitere Ausgabe zu Ihnen. Sie können jederzeit wiederkommen.",
    "unknown": "Diesen Link gibt es nicht",
    "unknown_text": "Dieser Link ist keiner von uns. Bitte nehmen Sie ihn ganz aus der Mail, die Sie bekommen haben.",
    "test": "Das war eine Testmail",
    "test_text": "Hier gibt es nichts abzubestellen: Die Mail war ein Test.",
    "moved": "Abonnieren Sie auf der Website",
    "moved_text": "Neue Abonnements nimmt die Website an. Links zum Abbestellen aus früheren Mails gelten hier weiter.",
    "slow": "Zu viele Anfragen",
    "slow_text": "Bitte versuchen Sie es in einer Stunde noch einmal.",
    "site": "Zur Website",
    "again": "Einen neuen Link anfordern",
}
_CATALOGUE = {"en": _ENGLISH, "de": _GERMAN}


class Words:
    """The words of one language, about one publication."""

    def __init__(self, language: str, *, title: str) -> None:
        self._texts = {**_ENGLISH, **_CATALOGUE.get(language.split("-")[0].lower(), {})}
        self._title = title

    def __call__(self, key: str) -> str:
        """Return the words for `key`."""
        return self._texts[key].replace("{title}", self._title)
