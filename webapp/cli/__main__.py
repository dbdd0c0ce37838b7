"""`python -m webapp.cli` is `countersign`."""

from webapp.cli import main

main()
