"""`python -m directory.cli`."""

from directory.cli import main

main()
