"""How jobs stood when all that follow them heard of it last, so that a change that nobody wrote down is seen.

Lanes of a version that wrote no events move jobs and tell nobody. Knows no threads: the feed holds its lock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from serving.jobs.reader import Standing


class LastTold:
    """By job: whose it is, and how it stood. None where those that follow it may know different things."""

    def __init__(self) -> None:
        self._stood: dict[str, tuple[str, Standing | None]] = {}

    def told(self, job_id: str, client: str, standing: Standing) -> None:
        """All that follow it know that it stands so."""
        self._stood[job_id] = (client, standing)

    def seen(self, job_id: str, client: str, standing: Standing) -> None:
        """One that follows it knows that it stands so."""
        owner, known = self._stood.setdefault(job_id, (client, standing))
        if known != standing:
            self.doubt(job_id, owner or client)

    def doubt(self, job_id: str, client: str) -> None:
        self._stood[job_id] = (client, None)

    def keep(self, is_followed: Callable[[str, str], bool], named: Iterable[str]) -> dict[str, str]:
        """Forget what is of no use: what nobody follows, and what has ended, unless it is followed by name.

        -> those that may change or that nobody has heard of: whose they are, by job; "" where that is not known.
        """
        wanted = dict.fromkeys(named, "")
        self._stood = {
            job_id: (client, standing)
            for job_id, (client, standing) in self._stood.items()
            if is_followed(job_id, client) and (job_id in wanted or not _is_over(standing))
        }
        wanted |= {job_id: client for job_id, (client, _) in self._stood.items()}
        return {
            job_id: client
            for job_id, client in wanted.items()
            if job_id not in self._stood or not _is_over(self._stood[job_id][1])
        }

    def changed(self, now: Mapping[str, Standing]) -> list[str]:
        """Those that stand otherwise than all that follow them know."""
        return [
            job_id for job_id, at in now.items() if self._stood.get(job_id, ("", None))[1] != at
        ]

    def clear(self) -> None:
        self._stood.clear()


def _is_over(standing: Standing | None) -> bool:
    return standing is not None and standing.is_over
