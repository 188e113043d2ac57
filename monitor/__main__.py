"""``python -m monitor`` is the command ``smearwatch``."""

from monitor.cli.main import main

main()
