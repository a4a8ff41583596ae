"""What every model that rigs shares: the client's file read with its skeleton, the rigged mesh written, losses told."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.adapters._run import OUTPUT_NAME
from pipelines.spec import Notice, OutputFile, Work

if TYPE_CHECKING:
    from pipelines.geometry.client_extras import Extras
    from pipelines.geometry.mesh_io import ClientMesh
    from pipelines.geometry.skeleton import Skeleton

RIG_NAME = "rig.json"
# Formats that can bring a skeleton.
WITH_SKELETON = ("glb", "gltf")


@dataclass(frozen=True)
class Sent:
    """What the client sent: the mesh where the file's joints draw it, what else the file brings, how many of its faces
    have an area, the skeleton that is to be used, vertices and faces of what a skin moves, where that is not all."""

    mesh: ClientMesh
    extras: Extras
    face_count: int
    skeleton: Skeleton | None = None
    worn: tuple[Any, Any] | None = None


def read(path: Path, *, wanted: bool) -> Sent:
    """Read the file at `path`; its skeleton only where it is `wanted`."""
    from pipelines.formats import files, scene_skeleton
    from pipelines.geometry import client_extras, mesh_io, sent_skeleton, weld
    from pipelines.mesh_kind import HEAD_BYTES, mesh_kind

    mesh = mesh_io.read(path)
    # Refuses a mesh without area, in plain words.
    faces = len(weld.weld(mesh.vertices, mesh.faces).faces)
    extras = client_extras.read(path, has_uv=mesh.sent_uv is not None)
    data = path.read_bytes()
    kind = mesh_kind(data[:HEAD_BYTES], len(data))
    if kind not in WITH_SKELETON or not (wanted or extras.skins):
        return Sent(mesh, extras, faces)
    scene = files.read(data, kind).scene
    skeleton = scene_skeleton.skeleton_of(scene) if wanted else None
    by = scene_skeleton.stands(scene)
    if by is None:
        return Sent(mesh, extras, faces, skeleton, scene_skeleton.worn(scene))
    vertices = mesh.vertices @ by[:3, :3].T + by[:3, 3]
    # Normals are made anew: few files are bound lying, and the writer wants them for every mesh.
    stood = replace(mesh, vertices=vertices, normals=None)
    return Sent(stood, extras, faces, skeleton and sent_skeleton.moved(skeleton, by))


def write(
    work: Work,
    mesh: ClientMesh,
    skeleton: Skeleton,
    weights: tuple[Any, Any] | None,
    extras: Extras,
) -> tuple[OutputFile, ...]:
    """Write output.glb and rig.json into `work.out_dir`. weights: joints and shares (n, 4); None: a bare skeleton."""
    from pipelines.geometry import normals, rig_glb

    smooth = mesh.normals
    if smooth is None:
        smooth = normals.vertex_normals(mesh.vertices, mesh.faces)
    joints, shares = weights if weights is not None else (None, None)
    skinned = rig_glb.Skinned(
        mesh.vertices, mesh.faces, smooth, joints, shares, _uv(mesh), extras.surface
    )
    size_bytes = rig_glb.write(work.out_dir / OUTPUT_NAME, skinned, skeleton)
    path = work.out_dir / RIG_NAME
    path.write_text(json.dumps(_rows(skeleton), separators=(",", ":"), allow_nan=False))
    return (
        OutputFile(OUTPUT_NAME, "model", "model/gltf-binary", size_bytes),
        OutputFile(RIG_NAME, "skeleton", "application/json", path.stat().st_size),
    )


def _uv(mesh: ClientMesh) -> Any:
    """The file's own coordinates (n, 2), v down: a GLB's bit by bit, another format's turned over; None for none."""
    if mesh.sent_uv is not None or mesh.uv is None:
        return mesh.sent_uv
    return mesh.uv * (1.0, -1.0) + (0.0, 1.0)


def _rows(skeleton: Skeleton) -> dict[str, Any]:
    """The skeleton as JSON: each joint with its name, the number of its parent (null for the root) and its place; where
    the bone of one without children ends, its tail."""
    joints = [
        {"name": name, "parent": None if parent < 0 else parent, "position": position.tolist()}
        for name, parent, position in zip(
            skeleton.names, skeleton.parents, skeleton.positions, strict=True
        )
    ]
    for joint in joints:
        if joint["name"] in skeleton.tails:
            joint["tail"] = skeleton.tails[joint["name"]].tolist()
    return {"kind": skeleton.kind, "bone_count": len(joints), "joints": joints}


def dropped(extras: Extras, *, kept: bool) -> tuple[Notice, ...]:
    """What the file brought and the rigged one has not; `kept` says that its skeleton is used."""
    notices = []
    surface = extras.surface
    if extras.shown > 1:
        text = f"the file's {extras.shown} meshes were joined into one, and their names dropped"
        notices.append(Notice("MESHES_JOINED", text))
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
        text = f"the file's animations ({extras.animations}) were dropped"
        text += "" if kept else "; they move joints that are no longer there"
        notices.append(Notice("ANIMATION_DROPPED", text))
    if extras.skins and not kept:
        text = "the file has a skeleton of its own; it was dropped and a new one made; rig_mode skin keeps it"
        notices.append(Notice("SKELETON_DROPPED", text))
    return tuple(notices)
