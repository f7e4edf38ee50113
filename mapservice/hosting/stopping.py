"""How the processes of the service are told to stop."""

import os
import select
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

#: The signals that ask a process to stop.
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stop:
    """Whether a process has been told to stop, for all its threads.

    A ``threading.Event`` has a lock: a signal handler that sets one in the middle of a wait for it, or of another
    handler that sets it, waits for ever. Here setting is one write to a pipe, which nobody ever reads.
    """

    def __init__(self) -> None:
        self._read, self._write = os.pipe()
        os.set_blocking(self._write, False)

    def __del__(self) -> None:
        for each in (self._read, self._write):
            with suppress(OSError):
                os.close(each)

    def set(self) -> None:
        """Tell the process to stop; more than once is as good as once."""
        with suppress(BlockingIOError):
            os.write(self._write, b".")

    def is_set(self) -> bool:
        """Whether the process has been told to stop."""
        return self._is_told_within(0)

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until the process is told to stop, for so many seconds at most; return whether it has been told."""
        return self._is_told_within(seconds)

    def _is_told_within(self, seconds: float | None) -> bool:
        return bool(select.select([self._read], [], [], seconds)[0])


def stop_on_signals() -> Stop:
    """What is set as soon as somebody asks this process to stop."""
    stop = Stop()
    _on_signals(stop.set)
    return stop


def interrupt_on_signals() -> None:
    """Break off what this process does as soon as somebody asks it to stop, and leave in order."""

    def interrupt() -> None:
        raise KeyboardInterrupt

    _on_signals(interrupt)


@contextmanager
def held_back() -> Iterator[None]:
    """Hold the signals back: a fork that still has the handlers of its parent would take a signal for nothing."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def end_on_signals() -> None:
    """Let the signals end this process, a fork, as they end any other, also those that were held back."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)


def _on_signals(act: Callable[[], None]) -> None:
    for number in SIGNALS:
        # nohup(1) has it ignored, so that the service outlives the terminal.
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, lambda *_: act())
