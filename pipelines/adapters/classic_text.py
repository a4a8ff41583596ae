"""Built-in mesh from text, on a CPU and without weights: the prompt's noun chooses a parametric object.

Words for size, colour and material set its measures and surfaces. No neural network, and it never poses as one: what it
has no family for, it says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
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
from pipelines.spec import OWN_TERMS, ModelCard, Notice, Outcome, Report, Work
from pipelines.words.metres import read_measure
from pipelines.words.notices import words_ignored

if TYPE_CHECKING:
    from pipelines.geometry.families.described import Described, Surfaces
    from pipelines.geometry.families.model import Built


CARDS = tuple(
    ModelCard(
        model_id=f"classic_{feature}",
        feature=feature,
        family="classic",
        weights="classic",
        summary="parametric object chosen by the prompt's noun; no neural network",
        licence="as this project",
        terms=OWN_TERMS,
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
        from pipelines.geometry.families.described import painted

        stages = Stages(report)
        with stages("geometry"):
            asked = _described(work)
            made = asked.made
            # A texture would use words for colour and material: only what not even that would use is told.
            ignored = _told(work, painted(made, "").ignored, asked)
        with stages("export"):
            path = work.out_dir / OUTPUT_NAME
            faces, vertices = made.built.faces, made.built.vertices * asked.scale
            soft = hard_edges.hard_share(vertices, faces) < MOST_HARD
            if soft and work.params["style"] != "lowpoly":
                glb.write(path, vertices, faces, normals.vertex_normals(vertices, faces))
            else:
                flat_glb.write(path, vertices, faces)
        info = _info(made, vertices, faces) | {"ignored_words": ignored}
        return outcome(work, path, info, (*made.notices(), *words_ignored(ignored)), stages)

    def text_to_textured_mesh(self, work: Work, report: Report) -> Outcome:
        """The object with each part's colour and material baked into one atlas."""
        from pipelines.geometry import glb
        from pipelines.geometry.families.described import painted

        stages = Stages(report)
        surface = work.params["texture_prompt"]
        with stages("geometry"):
            asked = _described(work)
            made = asked.made
        with stages("texture"):
            surfaces = painted(made, surface)
            ignored = _told(work, surfaces.ignored, asked)
            mesh, normals, material = _baked(work, made.built, surfaces)
        with stages("export"):
            path = work.out_dir / OUTPUT_NAME
            vertices = mesh.vertices * asked.scale
            glb.write(path, vertices, mesh.faces, normals, uv=mesh.uv, material=material)
        info = _info(made, vertices, mesh.faces) | {
            "materials": surfaces.materials,
            "changes": surfaces.changes,
            "ignored_words": ignored,
            "texture_ignored_words": surfaces.ignored_of_surface,
        }
        notices = (*made.notices(), *words_ignored(ignored))
        if surfaces.says_nothing:
            notices += (_without_effect(surface),)
        else:
            notices += words_ignored(surfaces.ignored_of_surface, "texture_prompt")
        return outcome(work, path, info, notices, stages)


ADAPTER = ClassicText
# Above this share of hard edges a body is shaded flat rather than smooth.
MOST_HARD = 0.06


@dataclass(frozen=True)
class _Asked:
    """The prompt's objects, what their size is multiplied with, and a measure in figures that is not kept."""

    made: Described
    scale: float = 1.0
    unmet: tuple[str, ...] = ()


def _described(work: Work) -> _Asked:
    """The prompt read and built, and its measure: a single object's alone, and where no height was sent."""
    from pipelines.geometry import glb_size

    text, measure = read_measure(work.params["text_prompt"])
    made = _made(work, text)
    if measure is None:
        return _Asked(made)
    things = made.reading.things
    if len(things) > 1 or things[0].count > 1 or work.params["target_height_m"] is not None:
        return _Asked(made, unmet=(measure.said,))
    return _Asked(made, glb_size.scale_for(_size(made.built), measure.along, measure.metres))


def _made(work: Work, text: str) -> Described:
    """The prompt's objects. Raises InvalidValue where it names none, or where the vertex limit is too low for them."""
    from pipelines.geometry.families import described, face_target

    made = described.make(
        text,
        seed=work.params["seed"],
        style=work.params["style"],
        vertex_limit=work.params["vertex_limit"],
        surface=work.params.get("texture_prompt", ""),
    )
    params = work.params
    built = face_target.reduced(made.built, params["target_face_count"], params["simplify_ratio"])
    if built is made.built:
        return made
    return replace(made, built=built, departure=face_target.departure(made.built, built))


def _baked(work: Work, built: Built, surfaces: Surfaces) -> tuple[Any, Any, Any]:
    """Split, unwrap and bake. -> textured mesh, normals (n, 3), material."""
    from pipelines.geometry import bake, hard_edges, uv_atlas
    from pipelines.geometry.materials import apply, dressing

    style = work.params["style"]
    mesh, corners = hard_edges.split(
        built.vertices, built.faces, built.part_of_face, flat=style == "lowpoly"
    )
    cut = uv_atlas.unwrap(mesh.vertices, mesh.faces)
    textured = bake.TexturedMesh(mesh.vertices[cut.origin], cut.faces, cut.uv, corners)
    places = apply.unit_corners(textured.vertices[textured.faces], 1.0, 0)
    ground = apply.Ground(textured, places, built.part_of_face)
    material = apply.painted(
        dressing.known_grounds([ground], surfaces.coats)[0] if surfaces.coats else ground,
        surfaces.finishes,
        texture_px=work.params["texture_size"],
        style=style,
        mode=work.options["texture_bake_mode"],
        coats=surfaces.coats,
    )
    return textured, mesh.normals[cut.origin], material


def _told(work: Work, ignored: Sequence[str], asked: _Asked) -> list[str]:
    """The words without effect: not the style's own name, which the request asks for beside the text."""
    style = work.params["style"]
    return [*(word for word in ignored if word != style), *asked.unmet]


def _info(made: Described, vertices: Any, faces: Any) -> dict[str, Any]:
    """generation_info of a mesh that was written with `vertices` (n, 3) and `faces` (m, 3)."""
    from pipelines.geometry import sound

    built = made.built
    return {
        "method": "parametric",
        **made.names(),
        "parts": [part.name.split()[0] for part in built.parts],
        "size_m": [round(float(side), 4) for side in _size(built)],
        "vertex_count": len(built.vertices),
        "face_count": len(built.faces),
        "watertight": sound.is_sound(vertices, faces),
    }


def _size(built: Built) -> Any:
    """Width, height and depth (3,) in metres, before the measure asked for."""
    return built.vertices.max(axis=0) - built.vertices.min(axis=0)


def _without_effect(surface: str) -> Notice:
    said = f"texture_prompt is {surface!r:.60}; it names no colour and no material that this model knows"
    return Notice("FIELD_WITHOUT_EFFECT", said)
