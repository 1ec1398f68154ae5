"""The issue as an email: a letter from the issue's file, a message from the letter, and the outbox of dry runs.

Only `outbox.py` touches the world.
"""
