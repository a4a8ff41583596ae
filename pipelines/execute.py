"""Work to Outcome: validate, find the feature, call it, check what it left, draw its mesh.

Knows the catalog. Does not know pipes, processes or Redis; the runner and the command line both come through here.
"""

from __future__ import annotations

import logging
import tempfile
import time
from dataclasses import replace
from importlib import import_module
from pathlib import Path

from pipelines import delivery, provenance
from pipelines.catalog import Catalog
from pipelines.errors import InvalidValue, PipelineError
from pipelines.spec import Adapter, Notice, Outcome, OutputFile, Report, Work, validated

log = logging.getLogger("meshkiln.execute")

# Pictures of the result: their role, which names their file and the module of pipelines.geometry that draws it.
THUMBNAIL, TURNTABLE = "thumbnail", "turntable"
FAILED = {THUMBNAIL: "THUMBNAIL_FAILED", TURNTABLE: "TURNTABLE_FAILED"}
GLB_MEDIA_TYPE = "model/gltf-binary"


def execute(work: Work, catalog: Catalog, adapter: Adapter, report: Report) -> Outcome:
    """Run one job. Raises PipelineError with a code; anything else is a defect of the model's code."""
    feature = catalog.feature(work.feature)
    card = catalog.card(work.feature, work.model_id)
    params = validated(feature.params, work.params)
    options = validated(card.options, work.options)
    missing = [
        name for name, slot in feature.inputs.items() if slot.required and name not in work.inputs
    ]
    if missing:
        raise InvalidValue(f"{missing[0]} is missing; {feature.name} needs it")
    asked = replace(work, params=params, options=options)
    # In the draft: whoever clears that up after a kill takes this along.
    with tempfile.TemporaryDirectory(prefix=".inputs-", dir=work.out_dir) as folder:
        opened, notices = delivery.with_opened_meshes(asked, feature, Path(folder), report)
        outcome = feature.run(delivery.asked_of_model(opened, card), adapter, report)
    _check_files(work, outcome)
    outcome = delivery.delivered(asked, replace(outcome, warnings=(*notices, *outcome.warnings)))
    outcome = provenance.with_provenance(asked, outcome, card)
    outcome = _with_picture(work, outcome, THUMBNAIL)
    return _with_picture(work, outcome, TURNTABLE) if params.get(TURNTABLE) else outcome


def _check_files(work: Work, outcome: Outcome) -> None:
    """A job is complete only when every file it names is there and not empty."""
    if not outcome.files:
        raise PipelineError(f"{work.model_id} made no file")
    for file in outcome.files:
        path = work.out_dir / file.name
        if not path.is_file() or path.stat().st_size == 0:
            raise PipelineError(f"{work.model_id} made no {file.name}")


def _with_picture(work: Work, outcome: Outcome, role: str) -> Outcome:
    """The outcome with a picture of its first GLB as its last file; as it is without GLB, or where the model drew one.

    A picture that cannot be made is a notice: the mesh is what was asked for.
    """
    meshes = [file for file in outcome.files if file.media_type == GLB_MEDIA_TYPE]
    if not meshes or any(file.role == role for file in outcome.files):
        return outcome
    began_s = time.perf_counter()
    target = work.out_dir / f"{role}.webp"
    try:
        draw = import_module(f"pipelines.geometry.{role}")
        draw.write(work.out_dir / meshes[0].name, target)
    except Exception as error:
        # The mesh is whole and checked: no defect in drawing it may cost the client the job.
        log.warning("job %s: no %s", work.job_id, role, exc_info=error)
        target.unlink(missing_ok=True)
        return replace(outcome, warnings=(*outcome.warnings, _no_picture(role, error)))
    file = OutputFile(target.name, role, "image/webp", target.stat().st_size)
    stage_s = {**outcome.stage_s, role: round(time.perf_counter() - began_s, 4)}
    return replace(outcome, files=(*outcome.files, file), stage_s=stage_s)


def _no_picture(role: str, error: Exception) -> Notice:
    # The text of an unforeseen error may hold paths of this machine: the log keeps it.
    reason = error.message if isinstance(error, PipelineError) else "the server's log has why"
    return Notice(FAILED[role], f"the mesh is whole, its {role} could not be made: {reason}")
