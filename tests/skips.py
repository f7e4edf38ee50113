"""A check that cannot run is red: a test is skipped nowhere but in one case, and never in CI.

The case: somebody who is not root runs the tests on their own machine. Then those marked ``root`` are left out.
"""

import os
from collections.abc import Generator

import pytest

_WHY = "A check that cannot run is red. This one was skipped: "


def pytest_configure(config: pytest.Config) -> None:
    """Make the mark known."""
    config.addinivalue_line("markers", "root: only root can try this; others leave it out, but not in CI")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Leave out what only root can try."""
    if item.get_closest_marker("root") and os.geteuid() != 0:
        pytest.skip("only root can try it. Run: sudo ./check " + item.nodeid.partition("::")[0])


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn a skipped test into a failed one."""
    report = yield
    is_left_out = item.get_closest_marker("root") and os.geteuid() != 0 and not os.environ.get("CI")
    if report.skipped and not hasattr(report, "wasxfail") and not is_left_out:
        _fail(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Turn a file that was skipped as a whole into a failed one."""
    report = yield
    if report.skipped:
        _fail(report)
    return report


def _fail(report: pytest.TestReport | pytest.CollectReport) -> None:
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    report.outcome, report.longrepr = "failed", _WHY + reason.removeprefix("Skipped: ")
