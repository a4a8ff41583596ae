"""Built-in painting by text, on a CPU and without weights: procedural materials in space, so that there are no seams.

No neural network, and it never poses as one: a prompt that names no material and no colour is refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

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
from pipelines.spec import ModelCard, Outcome, Report, Work
from pipelines.words.notices import words_ignored

if TYPE_CHECKING:
    from pipelines.geometry.mesh_io import ClientMesh
    from pipelines.words.finish import Finish


class TextPaintOptions(BakeOptions):
    """Options of the built-in model for painting by text."""

    pattern_scale: float = Field(
        1.0, ge=0.1, le=10.0, description="size of the pattern: 2 is twice as large"
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
    """A prompt and a mesh -> the same mesh with a texture. Vertices are repeated on seams and never moved."""

    def load(self, device: str) -> None:
        """Import the libraries and the materials. No weights. Raises ModelLoadFailed naming what is missing."""
        load_libraries()
        from pipelines.geometry.materials.registry import material_words

        material_words()

    def text_mesh_painting(self, work: Work, report: Report) -> Outcome:
        """Read `mesh`, paint what `text_prompt` names, write output.glb."""
        from pipelines.geometry import client_surface, glb, mesh_io
        from pipelines.geometry.materials import apply

        stages = Stages(report)
        with stages("preprocess"):
            finish, unused = _finish(work.params["text_prompt"])
            mesh = mesh_io.read(work.inputs["mesh"])
        with stages("texture"):
            textured, smooth, layout = client_surface.with_uv(mesh)
            material = apply.baked(
                textured,
                [finish],
                texture_px=work.params["texture_size"],
                style=work.params["style"],
                mode=work.options["texture_bake_mode"],
                pattern_scale=work.options["pattern_scale"],
                seed=work.params["seed"],
            )
        with stages("export"):
            path = work.out_dir / OUTPUT_NAME
            glb.write(
                path, textured.vertices, textured.faces, smooth, uv=textured.uv, material=material
            )
        info = _info(mesh, finish, layout) | {"ignored_words": unused}
        return outcome(work, path, info, words_ignored(unused), stages)


ADAPTER = ClassicTextPaint


def _finish(text: str) -> tuple[Finish, list[str]]:
    """The material and colour that a prompt names. Raises InvalidValue naming what is known."""
    from pipelines.geometry.materials.registry import material_words, materials
    from pipelines.words.colours import COLOURS
    from pipelines.words.finish import finish_and_ignored
    from pipelines.words.objects import COUNTS, STOP_WORDS, near_words
    from pipelines.words.tokens import words

    finish, unused = finish_and_ignored(text, material_words())
    if not finish:
        known = {**material_words(), **dict.fromkeys(COLOURS, "")}
        near = near_words(words(text), known)
        hint = f"near is {', '.join(near)}; " if near else ""
        raise InvalidValue(
            f"text_prompt is {text!r:.80}; it names no material and no colour that this model knows; "
            f"{hint}materials are {', '.join(materials())}"
        )
    return finish, [word for word in unused if word not in STOP_WORDS or word in COUNTS]


def _info(mesh: ClientMesh, finish: Finish, layout: str) -> dict[str, Any]:
    from pipelines.geometry import decimate

    code = None
    if finish.colour is not None:
        code = "#" + "".join(f"{round(value * 255):02x}" for value in finish.colour)
    return {
        "method": "procedural",
        "material": finish.material or "paint",
        "colour": code,
        "vertex_count": len(mesh.vertices),
        "face_count": len(mesh.faces),
        "watertight": decimate.is_solid(mesh.vertices, mesh.faces),
        "uv": layout,
    }
