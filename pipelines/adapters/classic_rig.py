"""Built-in rigging on a CPU and without weights of its own: medial paths, a figure's template, heat for the skin.

No neural network, and never posing as one.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pipelines.adapters._run import (
    LIBRARIES,
    OUTPUT_NAME,
    NoOptions,
    Stages,
    load_libraries,
    outcome,
)
from pipelines.spec import ModelCard, Notice, Outcome, OutputFile, Report, Work

if TYPE_CHECKING:
    from pipelines.geometry.client_extras import Extras
    from pipelines.geometry.mesh_io import ClientMesh
    from pipelines.geometry.skeleton import Skeleton
    from pipelines.geometry.voxels import Solid

RIG_NAME = "rig.json"
# Voxels along the longest side. 64 is twice as fast and misses thin limbs.
RESOLUTION = 96


CARDS = (
    ModelCard(
        model_id="classic_auto_rig",
        feature="auto_rig",
        family="classic",
        weights="classic_rig",
        summary="medial paths or a figure's template, bone heat; no neural network",
        licence="as this project",
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
        load_libraries("humanoid", "rig_glb", "skin_weights")

    def auto_rig(self, work: Work, report: Report) -> Outcome:
        """Read `mesh`, write output.glb and rig.json."""
        from pipelines.geometry import client_extras, mesh_io, voxels, weld

        stages = Stages(report)
        mode = work.params["rig_mode"]
        with stages("read"):
            mesh = mesh_io.read(work.inputs["mesh"])
            weld.weld(mesh.vertices, mesh.faces)  # refuses a mesh without area, in plain words
            extras = client_extras.read(work.inputs["mesh"], has_uv=mesh.sent_uv is not None)
        with stages("solid"):
            body = voxels.solid(mesh.vertices, mesh.faces, RESOLUTION)
        with stages("skeleton"):
            skeleton = _skeleton(body)
        weights = None
        if mode != "skeleton":
            with stages("skin"):
                weights = _weights(mesh, skeleton, body)
        with stages("export"):
            files = _write(work, mesh, skeleton, weights, extras)
        info = {
            "method": f"{skeleton.kind}_skeleton",
            "skin_method": None if weights is None else "bone_heat",
            "rig_mode": mode,
            "bone_count": len(skeleton.names),
            "vertex_count": len(mesh.vertices),
            "face_count": len(mesh.faces),
        }
        notices = (*_notices(skeleton), *_dropped(extras))
        made = outcome(work, work.out_dir / OUTPUT_NAME, info, notices, stages)
        return replace(made, files=files)


ADAPTER = ClassicRig


def _skeleton(body: Solid) -> Skeleton:
    from pipelines.geometry import humanoid, medial, skeleton

    tree = medial.tree(body)
    return humanoid.find(tree) or skeleton.from_paths(tree)


def _weights(mesh: ClientMesh, skeleton: Skeleton, body: Solid) -> tuple[Any, Any]:
    from pipelines.geometry import skin_weights

    return skin_weights.strongest(
        skin_weights.skin_weights(mesh.vertices, mesh.faces, skeleton, body)
    )


def _write(
    work: Work,
    mesh: ClientMesh,
    skeleton: Skeleton,
    weights: tuple[Any, Any] | None,
    extras: Extras,
) -> tuple[OutputFile, ...]:
    from pipelines.geometry import normals, rig_glb

    smooth = mesh.normals
    if smooth is None:
        smooth = normals.vertex_normals(mesh.vertices, mesh.faces)
    joints, shares = weights if weights is not None else (None, None)
    skinned = rig_glb.Skinned(
        mesh.vertices, mesh.faces, smooth, joints, shares, mesh.sent_uv, extras.surface
    )
    size_bytes = rig_glb.write(work.out_dir / OUTPUT_NAME, skinned, skeleton)
    path = work.out_dir / RIG_NAME
    path.write_text(json.dumps(_rows(skeleton), separators=(",", ":"), allow_nan=False))
    return (
        OutputFile(OUTPUT_NAME, "model", "model/gltf-binary", size_bytes),
        OutputFile(RIG_NAME, "skeleton", "application/json", path.stat().st_size),
    )


def _rows(skeleton: Skeleton) -> dict[str, Any]:
    """The skeleton as JSON: each joint with its name, the number of its parent (null for the root) and its place."""
    joints = [
        {"name": name, "parent": None if parent < 0 else parent, "position": position.tolist()}
        for name, parent, position in zip(
            skeleton.names, skeleton.parents, skeleton.positions, strict=True
        )
    ]
    return {"kind": skeleton.kind, "bone_count": len(joints), "joints": joints}


def _notices(skeleton: Skeleton) -> tuple[Notice, ...]:
    if skeleton.kind == "humanoid":
        return ()
    message = (
        "no figure on two legs was found; the joints follow the shape and have numbers for names"
    )
    return (Notice("NO_HUMANOID", message),)


def _dropped(extras: Extras) -> tuple[Notice, ...]:
    """What the file brought and the rigged one has not."""
    notices = []
    surface = extras.surface
    if extras.materials > 1:
        text = (
            f"the file has {extras.materials} materials; a mesh is rigged as one surface, so their colours and "
            "textures were dropped; join them into one material with one texture to keep them"
        )
        notices.append(Notice("TEXTURE_DROPPED", text))
    elif surface is None and (extras.materials or extras.textured):
        text = "the file's material is broken or not in use; the mesh was rigged without it"
        notices.append(Notice("TEXTURE_DROPPED", text))
    elif surface is not None and surface.lost:
        text = (
            f"{', '.join(surface.lost)}: dropped; a texture is kept where it is a PNG or JPEG inside the file "
            "and lies on the first set of UVs, TEXCOORD_0, of every node"
        )
        notices.append(Notice("TEXTURE_DROPPED", text))
    if extras.animations:
        text = f"the file's animations ({extras.animations}) were dropped; they move joints that are no longer there"
        notices.append(Notice("ANIMATION_DROPPED", text))
    if extras.skins:
        text = "the file has a skeleton of its own; it was dropped and a new one made"
        notices.append(Notice("SKELETON_DROPPED", text))
    return tuple(notices)
