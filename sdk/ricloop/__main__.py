"""`python -m ricloop` is the command `ricloop`."""

from ricloop.cli import main

main()
