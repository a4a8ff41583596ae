"""Built-in rigging on a CPU and without weights of its own: medial paths, templates, heat for the skin.

No neural network, and never posing as one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from pipelines.adapters import _rigged
from pipelines.adapters._run import (
    LIBRARIES,
    OUTPUT_NAME,
    NoOptions,
    Stages,
    load_libraries,
    outcome,
)
from pipelines.spec import OWN_TERMS, ModelCard, Notice, Outcome, Report, Work

if TYPE_CHECKING:
    from pipelines.adapters._rigged import Sent
    from pipelines.geometry.skeleton import Skeleton
    from pipelines.geometry.voxels import Solid

CARDS = (
    ModelCard(
        model_id="classic_auto_rig",
        feature="auto_rig",
        family="classic",
        weights="classic_rig",
        summary="medial paths or the template of a figure or an animal on four legs, bone heat; no neural network",
        licence="as this project",
        terms=OWN_TERMS,
        requires=(*LIBRARIES, "robust_laplacian"),
        outputs=("glb",),
        options=NoOptions,
        timeout_s=300,
    ),
)


class ClassicRig:
    """A mesh -> the same mesh with a skeleton. Vertices keep their place and order, and the texture stays."""

    def load(self, device: str) -> None:
        """Import the libraries. There are no weights. Raises ModelLoadFailed naming the missing one."""
        load_libraries("rig_templates", "rig_glb", "sent_skeleton", "skin_weights")

    def auto_rig(self, work: Work, report: Report) -> Outcome:
        """Read `mesh`, write output.glb and rig.json."""
        from pipelines.geometry import rig_templates, skin_weights, voxels

        stages = Stages(report)
        mode = work.params["rig_mode"]
        with stages("read"):
            sent = _rigged.read(work.inputs["mesh"], wanted=mode == "skin")
        mesh, weights = sent.mesh, None
        with stages("solid"):
            body = voxels.solid(
                mesh.vertices, mesh.faces, rig_templates.RESOLUTION, lambda: report("solid")
            )
        with stages("skeleton"):
            skeleton = _skeleton(sent, body, lambda: report("skeleton"))
        if mode != "skeleton":
            with stages("skin"):
                weights = skin_weights.influences(
                    mesh.vertices, mesh.faces, skeleton, body, lambda: report("skin")
                )
        with stages("export"):
            files = _rigged.write(work, mesh, skeleton, weights, sent.extras)
        info = {
            "method": f"{skeleton.kind}_skeleton",
            "skin_method": None if weights is None else "bone_heat",
            "rig_mode": mode,
            "bone_count": len(skeleton.names),
            "vertex_count": len(mesh.vertices),
            "face_count": len(mesh.faces),
        }
        notices = (
            *_notices(skeleton),
            *_rigged.dropped(sent.extras, kept=sent.skeleton is not None),
        )
        made = outcome(work, work.out_dir / OUTPUT_NAME, info, notices, stages)
        return replace(made, files=files)


ADAPTER = ClassicRig


def _skeleton(sent: Sent, body: Solid, heard: Callable[[], None]) -> Skeleton:
    """The skeleton of the file, or one that is found in what its skin moves, or in all of it."""
    from pipelines.geometry import medial, rig_templates, sent_skeleton, voxels

    if sent.skeleton is not None:
        return sent_skeleton.ready(sent.skeleton, body)
    if sent.worn is not None:
        body = voxels.solid(*sent.worn, rig_templates.RESOLUTION, heard)
    return rig_templates.skeleton_of(medial.tree(body, heard), sent.face_count)


def _notices(skeleton: Skeleton) -> tuple[Notice, ...]:
    if skeleton.kind == "chain":
        text = (
            f"the mesh is flat or has a handful of faces, and shows no limbs: it got a chain of {len(skeleton.names)} "
            "joints along its longest side; for joints of your own send a file that has them, with rig_mode skin"
        )
        return (Notice("NO_LIMBS", text),)
    if skeleton.kind != "medial":
        return ()
    message = (
        "neither a figure on two legs nor an animal on four was found; the joints follow the shape and have numbers "
        "for names"
    )
    return (Notice("NO_HUMANOID", message),)
