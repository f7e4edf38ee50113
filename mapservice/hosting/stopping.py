"""Stop signals of the processes of the service."""

import math
import os
import select
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

#: The signals that ask a process to stop.
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stop:
    """Whether a process was told to stop, for all its threads.

    A ``threading.Event`` has a lock: a signal handler that sets one during a wait for it, or during another handler
    that sets it, would deadlock. Here setting is one write to a pipe, which nobody ever reads.
    """

    def __init__(self) -> None:
        self._read, self._write = os.pipe()
        os.set_blocking(self._write, False)

    def __del__(self) -> None:
        for descriptor in (self._read, self._write):
            with suppress(OSError):
                os.close(descriptor)

    def set(self) -> None:
        """Tell the process to stop; repeated calls have no further effect."""
        with suppress(BlockingIOError):
            os.write(self._write, b".")

    def is_set(self) -> bool:
        """Return whether the process was told to stop."""
        return self._is_told_within(0)

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until the process is told to stop, at most so many seconds; return whether it was."""
        return self._is_told_within(seconds)

    def _is_told_within(self, seconds: float | None) -> bool:
        poll = select.poll()
        poll.register(self._read, select.POLLIN)
        return bool(poll.poll(None if seconds is None else math.ceil(max(0.0, seconds) * 1000)))


def stop_on_signals() -> Stop:
    """Return an object that is set by a stop signal to this process."""
    stop = Stop()
    _on_signals(stop.set)
    return stop


def interrupt_on_signals() -> None:
    """Interrupt this process on a stop signal, with its cleanup code."""

    def interrupt() -> None:
        raise KeyboardInterrupt

    _on_signals(interrupt)


@contextmanager
def signals_blocked() -> Iterator[None]:
    """Block the signals: a fork that still has the handlers of its parent would lose a signal."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def end_on_signals() -> None:
    """Restore the default action of the signals in a forked process, and unblock them."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)


def _on_signals(act: Callable[[], None]) -> None:
    for number in SIGNALS:
        # Keep SIGHUP ignored under nohup(1), so that the service outlives the terminal.
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, lambda *_: act())
