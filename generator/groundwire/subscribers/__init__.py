"""Who gets the newsletter: consent, tokens, the ledger of what was sent to whom, and the service where people join and leave.

One SQLite file on the machine that sends. Nothing here knows how a mail is made or handed over.
"""
