"""`python -m ricloop` is the command `ricloop`."""

from ricloop.start import main

main()
