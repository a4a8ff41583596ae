"""What happens to meshes around a model: a client's file is opened safely before, a result takes its format after.

Knows formats and the vocabulary, no model. The GLB that the model made stays beside the file that was asked for.
"""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.delivered import MEDIA_TYPES, MESH_FORMATS
from pipelines.errors import PipelineError
from pipelines.spec import Feature, ModelCard, Notice, Outcome, OutputFile, Report, Work

if TYPE_CHECKING:
    from pipelines.formats.scene import Opened

FORMAT = "output_format"
GLB_MEDIA_TYPE = MEDIA_TYPES["glb"]


def with_opened_meshes(
    work: Work, feature: Feature, folder: Path, report: Report
) -> tuple[Work, tuple[Notice, ...]]:
    """The work with every mesh read once in a child process, and converted into `folder` where no model reads it.

    Raises UnreadableInput, InvalidValue or NothingToModel; RunCancelled from `report`.
    """
    meshes = [
        name for name, slot in feature.inputs.items() if slot.kind == "mesh" and name in work.inputs
    ]
    if not meshes:
        return work, ()
    from pipelines.formats.opening import open_mesh

    stage = feature.stages[0].name
    inputs = dict(work.inputs)
    notices: list[Notice] = []
    for name in meshes:
        opened = open_mesh(work.inputs[name], folder, name, still_wanted=lambda: report(stage, 0.0))
        inputs[name] = opened.path
        notices += [Notice("INPUT_LOST", f"{name}: {said}") for said in opened.lost]
    return replace(work, inputs=inputs), tuple(notices)


def asked_of_model(work: Work, card: ModelCard) -> Work:
    """The work as the model sees it: a format that it does not make itself is made of its GLB afterwards."""
    wanted = work.params.get(FORMAT)
    if wanted not in MESH_FORMATS or wanted in card.outputs or "glb" not in card.outputs:
        return work
    return replace(work, params={**work.params, FORMAT: "glb"})


def delivered(work: Work, outcome: Outcome) -> Outcome:
    """The outcome with numbers on its mesh, in the format that `work` asks for: its files first, the GLB named so.

    Raises PipelineError where the model left a GLB that cannot be converted.
    """
    made = next((file for file in outcome.files if file.media_type == GLB_MEDIA_TYPE), None)
    if made is None:
        return outcome
    began_s = time.perf_counter()
    from pipelines.formats import files
    from pipelines.formats.report import report

    try:
        opened = files.read((work.out_dir / made.name).read_bytes(), "glb")
    except PipelineError as error:
        if _wanted(work, outcome):
            raise
        return replace(outcome, info={**outcome.info, "mesh_report": {"error": error.message}})
    outcome = replace(
        outcome,
        info={**outcome.info, "mesh_report": report(opened.scene, _wanted(work, outcome) or "glb")},
    )
    if _wanted(work, outcome):
        outcome = _converted(work, outcome, made, opened)
    seconds = round(time.perf_counter() - began_s, 4)
    return replace(outcome, stage_s={**outcome.stage_s, "format": seconds})


def _wanted(work: Work, outcome: Outcome) -> str:
    """The format to convert to; "" for the GLB itself, and where the model made it."""
    wanted = work.params.get(FORMAT)
    if wanted not in MESH_FORMATS or wanted == "glb":
        return ""
    return "" if any(file.name.endswith(f".{wanted}") for file in outcome.files) else str(wanted)


def _converted(work: Work, outcome: Outcome, made: OutputFile, opened: Opened) -> Outcome:
    from pipelines.formats import files

    wanted = _wanted(work, outcome)
    written = files.write(opened.scene, work.out_dir, Path(made.name).stem, wanted)
    new = tuple(
        _output(work.out_dir / name, first=place == 0) for place, name in enumerate(written.names)
    )
    rest = tuple(replace(file, role="glb") if file is made else file for file in outcome.files)
    lost = dict.fromkeys((*opened.lost, *written.lost))
    notices = tuple(Notice("FORMAT_LOSES", said) for said in lost)
    info = dict(outcome.info)
    if isinstance(parameters := info.get("parameters"), dict) and FORMAT in parameters:
        info["parameters"] = {**parameters, FORMAT: wanted}
    return replace(outcome, files=(*new, *rest), info=info, warnings=(*outcome.warnings, *notices))


def _output(path: Path, *, first: bool) -> OutputFile:
    ending = path.suffix[1:]
    role = "model" if first else "material" if ending == "mtl" else "texture"
    return OutputFile(path.name, role, MEDIA_TYPES[ending], path.stat().st_size)
