"""What was used most recently, kept in the memory of this process up to a total size."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

Value = TypeVar("Value")


class RecentlyUsed(Generic[Value]):
    """A mapping that drops what was not used for the longest time; threads can share it.

    >>> kept = RecentlyUsed[str](5, size=len)
    >>> for word in ("ab", "cd", "ef"):
    ...     kept.put(word[0], word)
    >>> kept.get("a"), kept.get("c"), kept.get("e")
    (None, 'cd', 'ef')
    """

    def __init__(self, max_size: int, size: Callable[[Value], int]) -> None:
        self._max_size, self._size = max_size, size
        self._kept: OrderedDict[Hashable, Value] = OrderedDict()
        self._total = 0
        self._lock = Lock()

    def get(self, key: Hashable) -> Value | None:
        """Return the value of a key, or None."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def put(self, key: Hashable, value: Value) -> None:
        """Keep a value, unless it is too large by itself."""
        with self._lock:
            if key in self._kept:
                self._total -= self._size(self._kept.pop(key))
            self._kept[key] = value
            self._total += self._size(value)
            while self._total > self._max_size:
                self._total -= self._size(self._kept.popitem(last=False)[1])
