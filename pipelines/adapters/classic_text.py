"""Built-in mesh from text, on a CPU and without weights: the prompt's noun chooses a parametric object.

Words for size, colour and material set its measures and surfaces. No neural network, and it never poses as one: what it
has no family for, it says.
"""

from __future__ import annotations

from dataclasses import replace
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
    from pipelines.geometry.families.described import Described
    from pipelines.geometry.families.model import Built
    from pipelines.words.finish import Finish


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
            made = _described(work)
        with stages("export"):
            path = work.out_dir / OUTPUT_NAME
            faces, vertices = made.built.faces, made.built.vertices
            soft = hard_edges.hard_share(vertices, faces) < MOST_HARD
            if soft and work.params["style"] != "lowpoly":
                glb.write(path, vertices, faces, normals.vertex_normals(vertices, faces))
            else:
                flat_glb.write(path, vertices, faces)
        return outcome(work, path, _info(made), made.notices(), stages)

    def text_to_textured_mesh(self, work: Work, report: Report) -> Outcome:
        """The object with each part's colour and material baked into one atlas."""
        from pipelines.geometry import glb
        from pipelines.geometry.families.described import painted

        stages = Stages(report)
        surface = work.params["texture_prompt"]
        with stages("geometry"):
            made = _described(work)
        with stages("texture"):
            surfaces = painted(made, surface)
            mesh, normals, material = _baked(work, made.built, surfaces.finishes)
        with stages("export"):
            path = work.out_dir / OUTPUT_NAME
            glb.write(path, mesh.vertices, mesh.faces, normals, uv=mesh.uv, material=material)
        info = _info(made) | {
            "materials": surfaces.materials,
            "ignored_words": surfaces.ignored,
            "texture_ignored_words": surfaces.ignored_of_surface,
        }
        notices = (*made.notices(), *words_ignored(surfaces.ignored))
        if surfaces.says_nothing:
            notices += (_without_effect(surface),)
        else:
            notices += words_ignored(surfaces.ignored_of_surface, "texture_prompt")
        return outcome(work, path, info, notices, stages)


ADAPTER = ClassicText
# Above this share of hard edges a body is shaded flat rather than smooth.
MOST_HARD = 0.06


def _described(work: Work) -> Described:
    """The prompt's objects. Raises InvalidValue where it names none, or where the vertex limit is too low for them."""
    from pipelines.geometry.families import described, face_target

    made = described.make(
        work.params["text_prompt"],
        seed=work.params["seed"],
        style=work.params["style"],
        vertex_limit=work.params["vertex_limit"],
    )
    params = work.params
    built = face_target.reduced(made.built, params["target_face_count"], params["simplify_ratio"])
    return replace(made, built=built)


def _baked(work: Work, built: Built, finishes: list[Finish]) -> tuple[Any, Any, Any]:
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


def _info(made: Described) -> dict[str, Any]:
    from pipelines.geometry import decimate

    built = made.built
    size = built.vertices.max(axis=0) - built.vertices.min(axis=0)
    return {
        "method": "parametric",
        **made.names(),
        "parts": [part.name.split()[0] for part in built.parts],
        "size_m": [round(float(side), 4) for side in size],
        "vertex_count": len(built.vertices),
        "face_count": len(built.faces),
        "watertight": decimate.is_solid(built.vertices, built.faces),
    }


def _without_effect(surface: str) -> Notice:
    said = f"texture_prompt is {surface!r:.60}; it names no colour and no material that this model knows"
    return Notice("FIELD_WITHOUT_EFFECT", said)
