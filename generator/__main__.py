"""`python -m generator` is the same command as `groundwire`."""

from generator.cli import main

main()
