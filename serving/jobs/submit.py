"""The one door for every job of both APIs: validate, keep the inputs, save the record and enqueue its id."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from secrets import token_hex
from typing import Any

from pipelines.catalog import Catalog
from pipelines.spec import Feature, Notice, validated
from serving.errors import BadRequest, TooManyJobs
from serving.jobs.queues import Queues, queue_for
from serving.jobs.record import JobRecord
from serving.jobs.store import JobStore
from serving.storage.uploads import Asset, Inputs


@dataclass(frozen=True)
class Request:
    """What a client asks for, in the core's words. `options` are the model's, `shown` is for the skin alone."""

    client: str
    feature: str
    model_id: str | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    assets: Mapping[str, Asset] = field(default_factory=dict)
    shown: Mapping[str, Any] = field(default_factory=dict)
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True)
class Desk:
    """Where jobs come in: what submit() needs, made once per process."""

    catalog: Catalog
    inputs: Inputs
    store: JobStore
    queues: Queues

    def submit(self, request: Request) -> JobRecord:
        """Accept a job. Raises InvalidValue, ModelNotAvailable, BadRequest, TooManyJobs, or RedisError.

        When this returns, the job is saved and waits. When it raises, nothing of it is left; only where Redis went away
        in the middle may it be saved all the same, or its inputs lie about until retention finds them.
        """
        feature = self.catalog.feature(request.feature)
        card = self.catalog.card(request.feature, request.model_id)
        _check_inputs(feature, request.assets)
        record = JobRecord(
            job_id=token_hex(16),
            client=request.client,
            feature=feature.name,
            model_id=card.model_id,
            queue=queue_for(card),
            timeout_s=card.timeout_s,
            created_at=time.time(),
            params=validated(feature.params, request.params),
            options=validated(card.options, request.options),
            shown=request.shown,
            warnings=tuple(asdict(notice) for notice in request.notices),
        )
        return self._accept(record, request)

    def _accept(self, record: JobRecord, request: Request) -> JobRecord:
        """Record and envelope go in at once: both are there, or neither."""
        kept = self.inputs.keep(request.client, record.job_id, dict(request.assets))
        record = replace(record, inputs=kept)
        try:
            return self.store.save(record, self.queues.envelope(record))
        except TooManyJobs:
            self.inputs.forget(kept)
            raise


def _check_inputs(feature: Feature, assets: Mapping[str, Asset]) -> None:
    for name, slot in feature.inputs.items():
        if slot.required and name not in assets:
            raise BadRequest(f"{name} is missing; send {slot.description or 'a file'}")
    for name in assets:
        if name not in feature.inputs:
            raise BadRequest(f"{name} is not an input of {feature.name}")
