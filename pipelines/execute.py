"""Work to Outcome: validate, find the feature, call it, check what it left.

Knows the catalog. Does not know pipes, processes or Redis; the runner and the command line both come through here.
"""

from __future__ import annotations

from dataclasses import replace

from pipelines.catalog import Catalog
from pipelines.errors import InvalidValue, PipelineError
from pipelines.spec import Adapter, Outcome, Report, Work, validated


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
    outcome = feature.run(replace(work, params=params, options=options), adapter, report)
    _check_files(work, outcome)
    return outcome


def _check_files(work: Work, outcome: Outcome) -> None:
    """A job is complete only when every file it names is there and not empty."""
    if not outcome.files:
        raise PipelineError(f"{work.model_id} made no file")
    for file in outcome.files:
        path = work.out_dir / file.name
        if not path.is_file() or path.stat().st_size == 0:
            raise PipelineError(f"{work.model_id} made no {file.name}")
