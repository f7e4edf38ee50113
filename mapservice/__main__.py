"""``python -m mapservice`` is the command ``mapservice``."""

from mapservice.cli import main

main()
