"""Which uploads and finished jobs leave, and when: by age, and by what all of it takes on disk.

Waiting and running jobs never leave, and they have links to the uploads they need. A job leaves whole: its results, its
inputs, its record. Knows no processes; the supervisor calls it in a thread.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from serving.jobs.assets import AssetStore
from serving.jobs.drafts import drop_orphaned_drafts, drop_unwanted_results
from serving.jobs.record import JobRecord
from serving.jobs.store import JobStore
from serving.settings import Settings
from serving.storage.outputs import Outputs
from serving.storage.uploads import Inputs

log = logging.getLogger("meshkiln.retention")

RETENTION_INTERVAL_S = 60.0
# What a turn takes from Redis at once; what is left goes in the next turn.
JOBS_PER_TURN = 200
UPLOADS_PER_TURN = 1_000
# An upload, or an input without a record, that is older was left by a process that died or a Redis that was away.
ABANDONED_S = 3600.0
# A client gets this long to fetch what it was told is complete.
FRESH_S = 600.0
# Of the room that all files may take, uploads get one part in so many.
UPLOADS_SHARE = 4
_DAY_S = 86_400.0
_GIB = 1024**3


@dataclass
class Retention:
    """What is kept, by the settings."""

    settings: Settings
    store: JobStore
    inputs: Inputs
    outputs: Outputs
    assets: AssetStore = field(init=False)
    _looked_at_s: float = 0.0

    def __post_init__(self) -> None:
        self.assets = AssetStore(self.store.redis, self.settings)

    def take_turn(self, now_s: float) -> int:
        """Remove what has to go. The number of jobs that left."""
        self._drop_abandoned(now_s - ABANDONED_S)
        if expired := self.assets.expire(now_s, UPLOADS_PER_TURN):
            log.info("%d uploads expired", expired)
        gone = 0
        if self.settings.keep_days:
            oldest_kept_s = now_s - self.settings.keep_days * _DAY_S
            for record in self.store.finished_before(oldest_kept_s, JOBS_PER_TURN):
                self._forget(record)
                gone += 1
        for record in self.store.finished_beyond(self.settings.keep_jobs, JOBS_PER_TURN):
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
        self.assets.drop_unregistered(before_s)
        drop_orphaned_drafts(self.store, self.outputs)
        drop_unwanted_results(self.store, self.outputs, before_s - ABANDONED_S)
        kept = self.inputs.job_ids(before_s)
        for job_id in kept.keys() - self.store.existing(list(kept)):
            log.info("inputs of job %s, which was never accepted, left", job_id)
            self.inputs.forget({str(index): path for index, path in enumerate(kept[job_id])})

    def _shrink(self, limit_bytes: int, now_s: float) -> int:
        """Make it all fit: results of no record go first, then uploads, then finished jobs, the oldest first.

        Uploads have a quarter of the room at most, however new they are: nobody's results leave for them.
        """
        uploads = self.assets.contents.root
        self._drop_uploads(folder_bytes(uploads) - limit_bytes // UPLOADS_SHARE, now_s)
        folders = (self.outputs.root, self.inputs.root, uploads)
        excess_bytes = folder_bytes(*folders) - limit_bytes
        if excess_bytes <= 0:
            return 0
        excess_bytes -= self._drop_strays(excess_bytes, now_s - ABANDONED_S)
        excess_bytes -= self._drop_uploads(excess_bytes, now_s - FRESH_S)
        gone = 0
        for record in self.store.finished_before(now_s - FRESH_S, JOBS_PER_TURN):
            if excess_bytes <= 0:
                break
            excess_bytes -= self._forget(record)
            gone += 1
        return gone

    def _drop_uploads(self, excess_bytes: int, before_s: float) -> int:
        """Uploads before their time is over: they are cheaper to send again than a result is to make. Bytes freed."""
        freed_bytes = gone = 0
        for stored in self.assets.oldest(before_s, UPLOADS_PER_TURN):
            if freed_bytes >= excess_bytes:
                break
            freed_bytes += self.assets.remove(stored.file_id)
            gone += 1
        if gone:
            log.info("%d uploads left before their time, for room", gone)
        return freed_bytes

    def _drop_strays(self, excess_bytes: int, before_s: float) -> int:
        """Results without a record, as a lost Redis leaves them; they stay while there is room. Bytes freed."""
        folders = self.outputs.job_folders(before_s)
        known = self.store.existing([folder.name for folder in folders])
        freed_bytes = 0
        for folder in folders:
            if freed_bytes >= excess_bytes:
                break
            if folder.name not in known:
                freed_bytes += removable_bytes(folder)
                self.outputs.remove(folder.parent.name, folder.name)
        return freed_bytes

    def _forget(self, record: JobRecord) -> int:
        """Files first: a record without files would be found again, files without a record would not. Bytes freed."""
        freed_bytes = removable_bytes(self.outputs.folder(record.client, record.job_id))
        freed_bytes += self.inputs.forget(record.inputs)
        self.outputs.remove(record.client, record.job_id)
        self.store.forget(record)
        return freed_bytes


def folder_bytes(*folders: Path) -> int:
    """What the files in folders take, in bytes: each once, however many names it has. 0 for one that is not there."""
    return sum({(row.st_dev, row.st_ino): row.st_size for row in _files(*folders)}.values())


def removable_bytes(folder: Path) -> int:
    """What removing a folder frees: not the files that have a name elsewhere, as the input of another job."""
    return sum(row.st_size for row in _files(folder) if row.st_nlink == 1)


def _files(*folders: Path) -> Iterator[os.stat_result]:
    for folder in folders:
        for path, _, names in os.walk(folder):
            for name in names:
                # A file may go between listing and looking.
                with suppress(FileNotFoundError):
                    yield os.lstat(os.path.join(path, name))
