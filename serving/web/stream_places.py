"""Places for open streams: so many in a process, and no more than half of them for one client.

Behind a proxy that MESHKILN_TRUSTED_PROXIES does not name all clients are one address: they share that half, and the
others go on by asking. A smaller share would leave such a server hardly any streams.
"""

from __future__ import annotations

import threading
from collections import Counter

from serving.errors import Busy

# Below the places that a process lends, see waiting.py.
MAX_STREAMS = 100
MAX_CLIENT_STREAMS = 50


class StreamPlaces:
    """Safe to use from several threads."""

    def __init__(self, most: int = MAX_STREAMS, most_of_client: int = MAX_CLIENT_STREAMS) -> None:
        self._most = most
        self._most_of_client = most_of_client
        self._lock = threading.Lock()
        self._taken: Counter[str] = Counter()

    def take(self, client: str) -> None:
        """Raises Busy when there is none, or the client has its share."""
        with self._lock:
            if self._taken.total() >= self._most:
                raise Busy("too many event streams are open; ask for the status instead")
            if self._taken[client] >= self._most_of_client:
                raise Busy(
                    f"{self._most_of_client} event streams of yours are open; close some, or ask for the status instead"
                )
            self._taken[client] += 1

    def give_back(self, client: str) -> None:
        with self._lock:
            self._taken[client] -= 1
            if not self._taken[client]:
                del self._taken[client]
