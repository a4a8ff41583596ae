"""The nodes of a scene as FBX's models, each of one kind: a joint (LimbNode), the place of a mesh, or a plain place.

A node that is two of these becomes two models, and so does one whose matrix skews. A skinned mesh stands where it stood
when it was bound: glTF lets its node say nothing, FBX draws it there where skins are not known.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.formats.fbx.places import Place, in_centimetres, places
from pipelines.formats.fbx.records import (
    Id,
    Record,
    choice,
    double,
    integer,
    named,
    prop,
    table,
)
from pipelines.formats.scene import Node, Scene, Skin, world_matrices

# Joints that a skin's binding is judged by; a rig of thousands need not be compared each with each.
JUDGED = 64
SKEWED = "a matrix that skews cannot be said in FBX: {} became a node inside another, which moves nothing"


@dataclass(frozen=True)
class Model:
    """One model. `parent` is the number of a model before it, or -1; `node` the number of the scene's node."""

    name: str
    kind: str
    parent: int
    place: Place
    node: int


@dataclass(frozen=True, eq=False)
class Tree:
    """Models in the scene's order. `holds`: for each node the model that its children and clusters hang on;

    `shows`: the model of its mesh; `world` (n, 4, 4): each node in the scene's frame, cm; `bound`: for each skin the
    place of its mesh when it was bound, cm.
    """

    models: tuple[Model, ...]
    holds: tuple[int, ...]
    shows: dict[int, int]
    world: NDArray[np.float64]
    bound: dict[int, NDArray[np.float64]]
    lost: tuple[str, ...]


def tree(scene: Scene) -> Tree:
    """The models of a scene whose skinned meshes have weights and whose drawn meshes are not empty."""
    world = in_centimetres(world_matrices(scene.nodes))
    bound = _bound(scene, world)
    local, world = _moved(scene.nodes, world, bound)
    joints = {joint for skin in scene.skins for joint in skin.joints}
    models: list[Model] = []
    holds: list[int] = []
    shows: dict[int, int] = {}
    skewed: list[str] = []
    for number, node in enumerate(scene.nodes):
        kind = "LimbNode" if number in joints else "Null" if node.mesh is None else "Mesh"
        parent = holds[node.parent] if node.parent >= 0 else -1
        steps = places(local[number])
        if len(steps) > 1:
            skewed.append(node.name or f"node {number}")
            models.append(Model(f"{node.name}_skew", "Null", parent, steps[0], number))
            parent = len(models) - 1
        models.append(Model(node.name, kind, parent, steps[-1], number))
        holds.append(len(models) - 1)
        if node.mesh is not None:
            if kind == "LimbNode":
                still = places(np.eye(4))[0]
                models.append(Model(f"{node.name}_mesh", "Mesh", holds[-1], still, number))
            shows[number] = len(models) - 1
    lost = (SKEWED.format(_listed(skewed)),) if skewed else ()
    return Tree(tuple(models), tuple(holds), shows, world, bound, lost)


def _bound(scene: Scene, world: NDArray[np.float64]) -> dict[int, NDArray[np.float64]]:
    found: dict[int, NDArray[np.float64]] = {}
    for number, node in enumerate(scene.nodes):
        if node.skin is not None and node.skin not in found:
            found[node.skin] = _binding(scene.skins[node.skin], world, world[number])
    return found


def _binding(skin: Skin, world: NDArray, drawn: NDArray) -> NDArray[np.float64]:
    """Where the mesh (4, 4) stood, in cm, when it was bound: where most joints stand as they stood to it then."""
    joints = list(skin.joints)[:JUDGED]
    stands = world[joints] @ np.linalg.inv(in_centimetres(skin.bind[:JUDGED]))
    candidates = np.concatenate([[drawn], stands, [np.eye(4)]])
    apart = np.abs(candidates[:, None] - stands).sum((1, 2, 3))
    apart[np.abs(np.linalg.det(candidates[:, :3, :3])) < 1e-12] = np.inf
    # The node's own place where that is as good: then its matrix stays as it is.
    chosen = 0 if apart[0] <= apart.min() + 1e-4 * len(joints) else int(apart.argmin())
    return candidates[chosen]


def _moved(
    nodes: tuple[Node, ...], world: NDArray, bound: dict[int, NDArray]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Matrices within the parent and within the scene: skinned meshes where they were bound, the others as they are."""
    moved = world.copy()
    local = in_centimetres(np.array([node.matrix for node in nodes]).reshape(-1, 4, 4))
    changed: set[int] = set()
    for number, node in enumerate(nodes):
        if node.skin is not None and not np.allclose(bound[node.skin], world[number], atol=1e-6):
            moved[number] = bound[node.skin]
            changed.add(number)
        if number in changed or node.parent in changed:
            above = moved[node.parent] if node.parent >= 0 else np.eye(4)
            local[number] = np.linalg.pinv(above) @ moved[number]
    return local, moved


def records(found: Tree, first_id: int) -> list[Record]:
    """A record for each model; the ids count up from `first_id`."""
    return [_model(model, Id(first_id + number)) for number, model in enumerate(found.models)]


def _model(model: Model, number: Id) -> Record:
    place = model.place
    rows = [
        choice("InheritType", 1),  # scales are handed down as matrices multiply
        # The SDK drops the mesh of a model that does not say which of its attributes counts.
        integer("DefaultAttributeIndex", 0),
        _local("Lcl Translation", place.translation),
        _local("Lcl Rotation", place.turn),
        _local("Lcl Scaling", place.scale),
    ]
    values = (number, named(model.name, "Model"), model.kind)
    return Record("Model", values, [Record("Version", (232,)), table(*rows)])


def _local(name: str, values: NDArray[np.float64]) -> Record:
    return prop(name, name, *(float(value) for value in values), flags="A")


def attributes(found: Tree, first_id: int) -> tuple[list[Record], list[tuple[int, int]]]:
    """What the models without a mesh are: records, and which of them (by id) belongs to which model (by number)."""
    made: list[Record] = []
    owners: list[tuple[int, int]] = []
    for number, model in enumerate(found.models):
        if model.kind == "Mesh":
            continue
        owners.append((first_id + len(made), number))
        values = (Id(owners[-1][0]), named(model.name, "NodeAttribute"), model.kind)
        rows = [Record("TypeFlags", ("Skeleton" if model.kind == "LimbNode" else "Null",))]
        if model.kind == "LimbNode":
            rows.append(table(double("Size", 1.0)))
        made.append(Record("NodeAttribute", values, rows))
    return made, owners


def _listed(names: Iterable[str]) -> str:
    """Three of the names at most."""
    known = list(names)
    more = f" and {len(known) - 3} more" if len(known) > 3 else ""
    return ", ".join(f"{name!r}" for name in known[:3]) + more
