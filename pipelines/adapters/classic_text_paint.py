"""Built-in painting by text, on a CPU and without weights: procedural materials in space, so that there are no seams,
one or several by their places: "gold with silver trim", "snow on top".

No neural network, and it never poses as one: a prompt that names no material and no colour is refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from pipelines.adapters._run import (
    LIBRARIES,
    OUTPUT_NAME,
    BakeOptions,
    Stages,
    load_libraries,
    outcome,
)
from pipelines.spec import OWN_TERMS, ModelCard, Notice, Outcome, Report, Work
from pipelines.words.notices import words_ignored

if TYPE_CHECKING:
    from pipelines.geometry.client_paint import Subject
    from pipelines.geometry.materials.dressing import Dressed
    from pipelines.geometry.text_paint import Plan
    from pipelines.words.coats import Dress
    from pipelines.words.finish import Finish


class TextPaintOptions(BakeOptions):
    """Options of the built-in model for painting by text."""

    pattern_scale: float = Field(
        1.0, ge=0.1, le=10.0, description="size of the pattern: 2 is twice as large"
    )
    uvs: Literal["auto", "keep", "new"] = Field(
        "auto",
        description="texture coordinates: the file's own, a new atlas, or its own wherever they can carry paint (auto)",
    )


CARDS = (
    ModelCard(
        model_id="classic_text_mesh_painting",
        feature="text_mesh_painting",
        family="classic",
        weights="classic",
        summary="procedural materials named by the prompt; no neural network",
        licence="as this project",
        terms=OWN_TERMS,
        requires=LIBRARIES,
        outputs=("glb",),
        options=TextPaintOptions,
        timeout_s=300,
        usual_s=3.0,
    ),
)


class ClassicTextPaint:
    """A prompt and a mesh -> the same mesh with textures. A GLB keeps all but its materials; vertices are never moved,
    and repeated only where a new atlas has seams."""

    def load(self, device: str) -> None:
        """Import the libraries and the materials. No weights. Raises ModelLoadFailed naming what is missing."""
        load_libraries("client_paint", "materials.dressing")
        from pipelines.geometry.materials.registry import painting_words

        painting_words()

    def text_mesh_painting(self, work: Work, report: Report) -> Outcome:
        """Read `mesh`, paint what `text_prompt` names, write output.glb."""
        from pipelines.geometry import client_own, client_paint, text_paint
        from pipelines.geometry.materials import dressing

        stages = Stages(report)
        with stages("preprocess"):
            path = work.inputs["mesh"]
            subject = client_paint.subject(path, work.options["uvs"])
            plan = text_paint.planned(work.params["text_prompt"], subject, path)
        with stages("texture"):
            look = dressing.Look(
                work.params["style"],
                work.options["texture_bake_mode"],
                work.options["pattern_scale"],
                work.params["seed"],
            )
            surfaces = subject.surfaces
            sizes = client_paint.texture_sizes(surfaces, work.params["texture_size"])
            made = dressing.dressed(surfaces, sizes, plan.dress, look, plan.known, plan.finishes)
            materials = made.materials
            if plan.keeps and look.mode != "fast":
                materials = client_own.with_bumps(subject, path, materials)
        with stages("export"):
            subject.write(work.out_dir / OUTPUT_NAME, materials)
        info = _info(subject, plan, made, sizes)
        notices = (
            *words_ignored(plan.ignored),
            *plan.notices,
            *_unseen(plan.dress, made),
            *subject.notices,
        )
        return outcome(work, work.out_dir / OUTPUT_NAME, info, notices, stages)


ADAPTER = ClassicTextPaint


def _info(subject: Subject, plan: Plan, made: Dressed, sizes: list[int]) -> dict[str, Any]:
    from pipelines.geometry import sound

    mesh, dress = subject.mesh, plan.dress
    coats = [
        {**_named(coat.finish), "place": coat.place, "share": round(share, 4)}
        for coat, share in zip(dress.coats, made.shares, strict=True)
    ]
    return {
        "method": "procedural",
        **_named(dress.base, keeps=plan.keeps),
        "coats": coats,
        "parts": [{**_named(finish), "part": name} for name, finish in plan.parts],
        "ignored_words": plan.ignored,
        "vertex_count": len(mesh.vertices),
        "face_count": len(mesh.faces),
        "watertight": sound.is_sound(mesh.vertices, mesh.faces),
        "uv": subject.layout,
        "texture_sizes": sizes,
    }


def _named(finish: Finish, *, keeps: bool = False) -> dict[str, Any]:
    """A finish for the answer; keeps: it is the look that the mesh has."""
    code = None
    if finish.colour is not None:
        code = "#" + "".join(f"{round(value * 255):02x}" for value in finish.colour)
    row: dict[str, Any] = {
        "material": "own" if keeps else finish.material or "paint",
        "colour": code,
    }
    return row | ({"of": finish.stuff} if finish.stuff else {})


def _unseen(dress: Dress, made: Dressed) -> tuple[Notice, ...]:
    """A notice for each coat whose place the mesh hardly has. A word such as "old" stands for several coats: one of
    them is enough."""
    from pipelines.geometry.materials.dressing import LEAST_SHARE

    rows = list(zip(dress.coats, made.shares, strict=True))
    weather = rows[: dress.of_weather]
    if any(share >= LEAST_SHARE for _, share in weather):
        rows = rows[dress.of_weather :]
    return tuple(
        Notice(
            "PLACE_NOT_FOUND",
            f"the mesh has hardly any surface at the place {coat.place!r}: {coat.finish.material or 'paint'} covers "
            f"{share:.1%} of it",
        )
        for coat, share in rows
        if share < LEAST_SHARE
    )
