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
from pipelines.errors import InvalidValue
from pipelines.spec import ModelCard, Notice, Outcome, Report, Work
from pipelines.words.notices import words_ignored

if TYPE_CHECKING:
    from pipelines.geometry.client_paint import Subject
    from pipelines.geometry.materials.dressing import Dressed
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
        from pipelines.geometry.materials.registry import material_words

        material_words()

    def text_mesh_painting(self, work: Work, report: Report) -> Outcome:
        """Read `mesh`, paint what `text_prompt` names, write output.glb."""
        from pipelines.geometry import client_paint
        from pipelines.geometry.materials import dressing

        stages = Stages(report)
        with stages("preprocess"):
            dress, unused = _dress(work.params["text_prompt"])
            subject = client_paint.subject(work.inputs["mesh"], work.options["uvs"])
        with stages("texture"):
            look = dressing.Look(
                work.params["style"],
                work.options["texture_bake_mode"],
                work.options["pattern_scale"],
                work.params["seed"],
            )
            surfaces = subject.surfaces
            sizes = client_paint.texture_sizes(surfaces, work.params["texture_size"])
            made = dressing.dressed(surfaces, sizes, dress, look)
        with stages("export"):
            path = work.out_dir / OUTPUT_NAME
            subject.write(path, made.materials)
        info = _info(subject, dress, made, sizes) | {"ignored_words": unused}
        notices = (*words_ignored(unused), *_unseen(dress, made))
        return outcome(work, path, info, notices, stages)


ADAPTER = ClassicTextPaint
# A complaint names so many materials: all of them would be a page.
MOST_NAMED = 20


def _dress(text: str) -> tuple[Dress, list[str]]:
    """What a prompt says of the surface, and its words of no effect. Raises InvalidValue naming what is known."""
    from pipelines.geometry.materials.registry import material_words, materials
    from pipelines.words.coats import read_dress
    from pipelines.words.colours import COLOURS
    from pipelines.words.objects import COUNTS, STOP_WORDS, near_words
    from pipelines.words.tokens import words

    dress = read_dress(text, material_words())
    if not dress.base and not dress.coats:
        known = {**material_words(), **dict.fromkeys(COLOURS, "")}
        near = near_words(words(text), known)
        hint = f"near is {', '.join(near)}; " if near else ""
        names = list(materials())
        more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
        raise InvalidValue(
            f"text_prompt is {text!r:.80}; it names no material and no colour that this model knows; "
            f"{hint}materials are {', '.join(names[:MOST_NAMED])}{more}"
        )
    return dress, [word for word in dress.unused if word not in STOP_WORDS or word in COUNTS]


def _info(subject: Subject, dress: Dress, made: Dressed, sizes: list[int]) -> dict[str, Any]:
    from pipelines.geometry import decimate

    mesh = subject.mesh
    coats = [
        {**_named(coat.finish), "place": coat.place, "share": round(share, 4)}
        for coat, share in zip(dress.coats, made.shares, strict=True)
    ]
    return {
        "method": "procedural",
        **_named(dress.base),
        "coats": coats,
        "vertex_count": len(mesh.vertices),
        "face_count": len(mesh.faces),
        "watertight": decimate.is_solid(mesh.vertices, mesh.faces),
        "uv": subject.layout,
        "texture_sizes": sizes,
    }


def _named(finish: Finish) -> dict[str, Any]:
    code = None
    if finish.colour is not None:
        code = "#" + "".join(f"{round(value * 255):02x}" for value in finish.colour)
    return {"material": finish.material or "paint", "colour": code}


def _unseen(dress: Dress, made: Dressed) -> tuple[Notice, ...]:
    """A notice for each coat whose place the mesh hardly has."""
    from pipelines.geometry.materials.dressing import LEAST_SHARE

    return tuple(
        Notice(
            "PLACE_NOT_FOUND",
            f"the mesh has hardly any surface at the place {coat.place!r}: {coat.finish.material or 'paint'} covers "
            f"{share:.1%} of it",
        )
        for coat, share in zip(dress.coats, made.shares, strict=True)
        if share < LEAST_SHARE
    )
