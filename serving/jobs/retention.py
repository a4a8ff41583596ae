"""Which finished jobs leave, and when: by age, and by what all results take on disk. Waiting and running jobs never do.

A job leaves whole: its results, its inputs, its record. Knows no processes; the supervisor calls it in a thread.
"""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass
from pathlib import Path

from serving.jobs.record import JobRecord
from serving.jobs.store import JobStore
from serving.settings import Settings
from serving.storage.outputs import Outputs
from serving.storage.uploads import Inputs

log = logging.getLogger("meshkiln.retention")

RETENTION_INTERVAL_S = 60.0
# What a turn takes from Redis at once; what is left goes in the next turn.
JOBS_PER_TURN = 200
# An upload, or an input without a record, that is older was left by a process that died or a Redis that was away.
ABANDONED_S = 3600.0
# A client gets this long to fetch what it was told is complete.
FRESH_S = 600.0
_DAY_S = 86_400.0
_GIB = 1024**3


@dataclass
class Retention:
    """What is kept, by the settings."""

    settings: Settings
    store: JobStore
    inputs: Inputs
    outputs: Outputs
    _looked_at_s: float = 0.0

    def take_turn(self, now_s: float) -> int:
        """Remove what has to go. The number of jobs that left."""
        self._drop_abandoned(now_s - ABANDONED_S)
        gone = 0
        if self.settings.keep_days:
            oldest_kept_s = now_s - self.settings.keep_days * _DAY_S
            for record in self.store.finished_before(oldest_kept_s, JOBS_PER_TURN):
                self._forget(record)
                gone += 1
        if self.settings.keep_gib:
            gone += self._shrink(int(self.settings.keep_gib * _GIB), now_s)
        if gone:
            log.info("%d finished jobs left by retention", gone)
        return gone

    def _drop_abandoned(self, before_s: float) -> None:
        """Files of no job. Looked for as rarely as they can appear."""
        if before_s < self._looked_at_s:
            return
        self._looked_at_s = before_s + ABANDONED_S
        self.inputs.drop_abandoned(before_s)
        kept = self.inputs.job_ids(before_s)
        for job_id in kept.keys() - self.store.existing(list(kept)):
            log.info("inputs of job %s, which was never accepted, left", job_id)
            self.inputs.forget({str(index): path for index, path in enumerate(kept[job_id])})

    def _shrink(self, limit_bytes: int, now_s: float) -> int:
        """Make inputs and outputs fit: results that no record knows go first, then finished jobs, the oldest first."""
        excess_bytes = sum(map(folder_bytes, (self.outputs.root, self.inputs.root))) - limit_bytes
        if excess_bytes <= 0:
            return 0
        excess_bytes -= self._drop_strays(excess_bytes, now_s - ABANDONED_S)
        gone = 0
        for record in self.store.finished_before(now_s - FRESH_S, JOBS_PER_TURN):
            if excess_bytes <= 0:
                break
            excess_bytes -= self._forget(record)
            gone += 1
        return gone

    def _drop_strays(self, excess_bytes: int, before_s: float) -> int:
        """Results without a record, as a lost Redis leaves them; they stay while there is room. Bytes freed."""
        folders = self.outputs.job_folders(before_s)
        known = self.store.existing([folder.name for folder in folders])
        freed_bytes = 0
        for folder in folders:
            if freed_bytes >= excess_bytes:
                break
            if folder.name not in known:
                freed_bytes += folder_bytes(folder)
                self.outputs.remove(folder.parent.name, folder.name)
        return freed_bytes

    def _forget(self, record: JobRecord) -> int:
        """Files first: a record without files would be found again, files without a record would not. Bytes freed."""
        freed_bytes = folder_bytes(self.outputs.folder(record.client, record.job_id))
        freed_bytes += self.inputs.forget(record.inputs)
        self.outputs.remove(record.client, record.job_id)
        self.store.forget(record)
        return freed_bytes


def folder_bytes(folder: Path) -> int:
    """What the files in a folder take, in bytes. 0 for a folder that is not there."""
    total = 0
    for path, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.lstat(os.path.join(path, name)).st_size
            except FileNotFoundError:
                continue  # went between listing and looking
    return total
