"""Waiting jobs whose model nobody here can run: accepted while no lane lived, or before a GPU was taken away.

They would wait for ever. Knows the board and cards; does not fail jobs itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from pipelines.catalog import Catalog
from serving.jobs.availability import offer
from serving.jobs.board import Board
from serving.jobs.record import JobRecord

# A driver may come late, a lane be started again and again, a package be installed meanwhile.
PATIENCE_S = 600.0


@dataclass
class Homeless:
    """Since when each model cannot run, as the living lanes tell."""

    catalog: Catalog
    board: Board
    _since_s: dict[str, float] = field(default_factory=dict)

    def among(self, waiting: Iterable[JobRecord], now_s: float) -> Iterator[tuple[JobRecord, str]]:
        """The jobs that have waited for PATIENCE_S, all the time without a model, and why it cannot run.

        While no lane lives, nobody knows: the patience begins anew. Raises RedisError.
        """
        lanes = self.board.lanes()
        reasons = offer(self.catalog, lanes).reasons
        self._since_s = {
            model_id: self._since_s.get(model_id, now_s)
            for model_id, reason in reasons.items()
            if reason and lanes
        }
        for record in waiting:
            since_s = self._since_s.get(record.model_id)
            if since_s is not None and now_s - max(since_s, record.created_at) >= PATIENCE_S:
                yield record, reasons[record.model_id]
