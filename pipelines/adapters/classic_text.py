"""Built-in mesh from text, on a CPU and without weights: the prompt's noun chooses a parametric object.

Words for size, colour and material set its measures and surfaces. No neural network, and it never poses as one: what it
has no family for, it says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipelines.adapters._run import (
    LIBRARIES,
    OUTPUT_NAME,
    BakeOptions,
    NoOptions,
    Stages,
    load_libraries,
    outcome,
)
from pipelines.spec import ModelCard, Notice, Outcome, Report, Work
from pipelines.words.notices import words_ignored

if TYPE_CHECKING:
    from pipelines.geometry.families.model import Built
    from pipelines.geometry.families.prompt import Reading


CARDS = tuple(
    ModelCard(
        model_id=f"classic_{feature}",
        feature=feature,
        family="classic",
        weights="classic",
        summary="parametric object chosen by the prompt's noun; no neural network",
        licence="as this project",
        requires=LIBRARIES,
        outputs=("glb",),
        options=options,
        timeout_s=300,
        usual_s=usual_s,
    )
    for feature, options, usual_s in (
        ("text_to_raw_mesh", NoOptions, 1.0),
        ("text_to_textured_mesh", BakeOptions, 3.0),
    )
)


class ClassicText:
    """A prompt -> a closed mesh, Y up, front to +Z, on y = 0, longest side 1 m unless a size word says otherwise."""

    def load(self, device: str) -> None:
        """Import the libraries and the families. No weights. Raises ModelLoadFailed naming what is missing."""
        load_libraries()
        from pipelines.geometry.families.registry import nouns
        from pipelines.geometry.materials.registry import material_words

        nouns()
        material_words()

    def text_to_raw_mesh(self, work: Work, report: Report) -> Outcome:
        """The object in plain grey."""
        from pipelines.geometry import flat_glb, glb, hard_edges, normals

        stages = Stages(report)
        with stages("geometry"):
            reading, built = _built(work)
        with stages("export"):
            path = work.out_dir / OUTPUT_NAME
            faces, vertices = built.faces, built.vertices
            soft = hard_edges.hard_share(vertices, faces) < MOST_HARD
            if soft and work.params["style"] != "lowpoly":
                glb.write(path, vertices, faces, normals.vertex_normals(vertices, faces))
            else:
                flat_glb.write(path, vertices, faces)
        return outcome(work, path, _info(reading, built), _notices(reading), stages)

    def text_to_textured_mesh(self, work: Work, report: Report) -> Outcome:
        """The object with each part's colour and material baked into one atlas."""
        from pipelines.geometry import glb
        from pipelines.geometry.families import prompt
        from pipelines.words.looks_of_parts import ignored_words

        stages = Stages(report)
        surface = work.params["texture_prompt"]
        with stages("geometry"):
            reading, built = _built(work)
        with stages("texture"):
            looks = prompt.looks_for(reading, built.parts, surface)
            finishes = prompt.finishes(reading, built.parts, looks)
            mesh, normals, material = _painted(work, built, finishes)
        with stages("export"):
            path = work.out_dir / OUTPUT_NAME
            glb.write(path, mesh.vertices, mesh.faces, normals, uv=mesh.uv, material=material)
        ignored = ignored_words(looks, finishes, reading.row)
        info = _info(reading, built) | {
            "materials": {
                part.name.split()[0]: finish.material or "paint"
                for part, finish in zip(built.parts, finishes, strict=True)
            },
            "ignored_words": ignored,
        }
        notices = (*_notices(reading), *words_ignored(ignored))
        if surface and prompt.says_nothing(surface, built.parts):
            notices += (_without_effect(surface),)
        return outcome(work, path, info, notices, stages)


ADAPTER = ClassicText
# Above this share of hard edges a body is shaded flat rather than smooth.
MOST_HARD = 0.06


def _built(work: Work) -> tuple[Reading, Built]:
    """The prompt's object. Raises InvalidValue where it names none, or where the vertex limit is too low for it."""
    from pipelines.geometry.families import model, prompt
    from pipelines.words import sizes

    reading = prompt.read_prompt(work.params["text_prompt"])
    built = model.build(
        reading.family,
        sizes.measures(reading.row),
        seed=work.params["seed"],
        longest_m=sizes.longest_side_m(reading.row),
        lowpoly=work.params["style"] == "lowpoly",
        vertex_limit=work.params["vertex_limit"],
    )
    return reading, built


def _painted(work: Work, built: Built, finishes: list[Any]) -> tuple[Any, Any, Any]:
    """Split, unwrap and bake. -> textured mesh, normals (n, 3), material."""
    from pipelines.geometry import bake, hard_edges, uv_atlas
    from pipelines.geometry.materials import apply

    style = work.params["style"]
    mesh, corners = hard_edges.split(
        built.vertices, built.faces, built.part_of_face, flat=style == "lowpoly"
    )
    cut = uv_atlas.unwrap(mesh.vertices, mesh.faces)
    textured = bake.TexturedMesh(mesh.vertices[cut.origin], cut.faces, cut.uv, corners)
    material = apply.baked(
        textured,
        finishes,
        part_of_face=built.part_of_face,
        texture_px=work.params["texture_size"],
        style=style,
        mode=work.options["texture_bake_mode"],
    )
    return textured, mesh.normals[cut.origin], material


def _info(reading: Reading, built: Built) -> dict[str, Any]:
    from pipelines.geometry import decimate

    size = built.vertices.max(axis=0) - built.vertices.min(axis=0)
    return {
        "method": "parametric",
        "family": reading.family.name,
        "matched_word": reading.match.word,
        "match": reading.match.kind,
        "parts": [part.name.split()[0] for part in built.parts],
        "size_m": [round(float(side), 4) for side in size],
        "vertex_count": len(built.vertices),
        "face_count": len(built.faces),
        "watertight": decimate.is_solid(built.vertices, built.faces),
    }


def _notices(reading: Reading) -> tuple[Notice, ...]:
    if reading.match.kind != "nearest":
        return ()
    asked = " ".join(reading.row[reading.match.start : reading.match.end])
    said = f"text_prompt names nothing that this model knows; {asked!r:.40} was taken as {reading.match.word}"
    return (Notice("NEAREST_MATCH", said),)


def _without_effect(surface: str) -> Notice:
    said = f"texture_prompt is {surface!r:.60}; it names no colour and no material that this model knows"
    return Notice("FIELD_WITHOUT_EFFECT", said)
