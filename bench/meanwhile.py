"""Threads that do something over and over while something else is measured."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager


@contextmanager
def running(work: Sequence[Callable[[threading.Event], None]]) -> Iterator[None]:
    """Run functions in threads of their own until the block ends; each is given the event that tells it to stop."""
    stop = threading.Event()
    threads = [threading.Thread(target=function, args=(stop,)) for function in work]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()
