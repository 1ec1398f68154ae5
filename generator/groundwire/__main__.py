"""`python -m groundwire` is the same command as `groundwire`."""

from groundwire.cli.main import main

main()
