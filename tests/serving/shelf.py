"""A web without lanes in the tests' own process, and finished jobs put on its shelf by hand."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient

from serving.jobs.connect import connect
from serving.jobs.record import JobRecord
from serving.jobs.store import JobStore
from serving.settings import Settings
from serving.web.app import create_app


@dataclass
class Shelf:
    """A web without lanes, in this process, and a way to put finished jobs on it."""

    settings: Settings
    web: FlaskClient
    store: JobStore
    number: int = 0

    def put(self, files: dict[str, bytes], **outcome: Any) -> JobRecord:
        """A completed job, with these files. The first one is its model."""
        self.number += 1
        record = self.store.save(
            JobRecord(
                job_id=f"{self.number:032x}",
                client="127.0.0.1",
                feature="image_to_raw_mesh",
                model_id="classic_image_to_raw_mesh",
                timeout_s=60,
                created_at=time.time(),
            )
        )
        record = self.store.start(record.job_id, "lane", "run", time.time())
        folder = self.settings.outputs_dir / record.client / record.job_id
        folder.mkdir(parents=True)
        rows = []
        for name, data in files.items():
            (folder / name).write_bytes(data)
            role = "thumbnail" if rows else "model"
            rows.append({"name": name, "role": role, "media_type": "x/y", "size_bytes": len(data)})
        outcome = {"files": rows, "info": {}, "warnings": (), "stage_s": {}, **outcome}
        self.store.complete(record, outcome, time.time())
        return self.store.get(record.job_id)

    def folder(self, record: JobRecord) -> Path:
        return self.settings.outputs_dir / record.client / record.job_id


def shelf_in(folder: Path, redis_url: str) -> Shelf:
    """An empty shelf whose files lie in this folder."""
    values = {"data_dir": folder, "redis_url": redis_url}
    settings = Settings(_env_file=None).model_copy(update=values)
    store = JobStore(connect(redis_url, timeout_s=5.0).records, settings)
    return Shelf(settings, create_app(settings).test_client(), store)
