"""Every kind of odd request at every place, of which the tests try a part: ``python -m bench.combinations``.

It runs the test files that share them out (``testing/combinations.py``), with all of them.
"""

import os
import sys

import pytest

from bench import report
from mapservice.config import HOME
from testing.combinations import EVERY


def files() -> list[str]:
    """The test files that share out combinations."""
    paths = sorted((HOME / "tests").rglob("test_*.py"))
    return [str(path.relative_to(HOME)) for path in paths if "testing.combinations import" in path.read_text("utf-8")]


def main() -> None:
    """Run them all."""
    parser = report.interruptible(__doc__)
    parser.add_argument("--quiet", action="store_true", help="say only what is red")
    options = parser.parse_args()
    os.environ[EVERY] = "yes"
    os.chdir(HOME)
    sys.exit(pytest.main([*(["-qq"] if options.quiet else []), *files()]))


if __name__ == "__main__":
    main()
