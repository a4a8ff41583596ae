"""What an FBX file says: objects, who hangs on whom, and properties with the file's own defaults.

Knows the two ways files name objects, by numbers from version 7 on and by "Model::Cube" before; all above sees one way.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.formats.fbx.parse import parse
from pipelines.formats.fbx.tree import Element, broken

Key = int | str
Links = dict[Key, list[tuple[Key, str]]]
Properties = dict[str, list[Any]]
# What hangs on it stands at the top of the scene.
ROOT: Key = 0
_ROOT_NAMES = ("Model::Scene", "Scene::", "Model::RootNode")
# Where the values begin in a row of properties.
_FIRST_VALUE = {"Properties70": 4, "Properties60": 3}


@dataclass(eq=False, slots=True)
class FbxObject:
    """kind: the element's name ("Model"); form: what the file adds ("LimbNode"); own: properties it states itself."""

    key: Key
    kind: str
    name: str
    form: str
    element: Element
    own: Properties
    defaults: Properties = field(default_factory=dict)

    def value(self, name: str, default: Any = None) -> Any:
        """The first value of a property; `default` where neither object nor file states it."""
        found = self.own.get(name) or self.defaults.get(name)
        return found[0] if found else default

    def number(self, name: str, default: float) -> float:
        """A property as a finite number."""
        found = self.value(name, default)
        return float(found) if _is_finite(found) else default

    def vector(self, name: str, default: tuple[float, float, float]) -> NDArray[np.float64]:
        """A property of three finite numbers, (3,)."""
        found = (self.own.get(name) or self.defaults.get(name) or ())[:3]
        usable = len(found) == 3 and all(_is_finite(value) for value in found)
        return np.array(found if usable else default, np.float64)


def _is_finite(value: Any) -> bool:
    return isinstance(value, int | float) and math.isfinite(value)


@dataclass(eq=False)
class Document:
    """objects: by key, in the file's order. below: what hangs on each, with the property it goes to, or ""."""

    version: int
    objects: dict[Key, FbxObject]
    below: Links
    settings: FbxObject
    animated: bool

    def of_kind(self, *kinds: str) -> Iterator[FbxObject]:
        """All objects of these kinds, in the file's order."""
        return (found for found in self.objects.values() if found.kind in kinds)

    def linked(self, key: Key, kind: str, to: str | None = None) -> list[FbxObject]:
        """Objects of a kind that hang on `key`, in order; with `to`, those that hang on that property of it."""
        return [
            self.objects[child]
            for child, name in self.below.get(key, [])
            if child in self.objects
            and self.objects[child].kind == kind
            and (to is None or name == to)
        ]


def document(data: bytes) -> Document:
    """The file's objects and links. Raises UnreadableInput."""
    version, root = parse(data)
    defaults = _defaults(root)
    objects: dict[Key, FbxObject] = {}
    settings = _object(root.first("GlobalSettings") or Element("GlobalSettings"), {})
    for block in root.every("Objects"):
        for element in block.inside:
            found = _object(element, defaults)
            if element.name == "GlobalSettings":
                settings = found
            elif element.values:
                objects.setdefault(found.key, found)
    return Document(version, objects, _links(root), settings, _is_animated(root, objects))


def _object(element: Element, defaults: dict[str, Properties]) -> FbxObject:
    values = element.values
    texts = [value for value in values if isinstance(value, str)]
    return FbxObject(
        _key(values[0]) if values and isinstance(values[0], int | str) else ROOT,
        element.name,
        _name(texts[0]) if texts else "",
        texts[1] if len(texts) > 1 else "",
        element,
        properties(element),
        defaults.get(element.name, {}),
    )


def _name(text: str) -> str:
    """The "Cube" of "Model::Cube" and of the binary files' Cube, 0, 1, Model."""
    return text.split("\0\1")[0] if "\0\1" in text else text.split("::", 1)[-1]


def _key(value: int | str) -> Key:
    if isinstance(value, int):
        return value
    if "\0\1" in value:
        name, _, kind = value.partition("\0\1")
        value = f"{kind}::{name}"
    return ROOT if value in _ROOT_NAMES else value


def properties(element: Element) -> Properties:
    """The rows of an element's properties by their names."""
    found: Properties = {}
    for block in element.inside:
        first = _FIRST_VALUE.get(block.name)
        if first is None:
            continue
        for row in block.inside:
            if row.values and isinstance(row.values[0], str):
                found[row.values[0]] = row.values[first:]
    return found


def _defaults(root: Element) -> dict[str, Properties]:
    """What the file says of properties that an object does not state, by kind of object."""
    found: dict[str, Properties] = {}
    for definitions in root.every("Definitions"):
        for kind in definitions.every("ObjectType"):
            template = kind.first("PropertyTemplate")
            if template and kind.values and isinstance(kind.values[0], str):
                found[kind.values[0]] = properties(template)
    return found


def _links(root: Element) -> Links:
    below: Links = defaultdict(list)
    for block in root.every("Connections"):
        for row in block.inside:
            values = row.values
            if len(values) < 3 or values[0] not in ("OO", "OP"):
                continue
            if not all(isinstance(value, int | str) for value in values[1:3]):
                raise broken("a link between its objects names none")
            to = values[3] if len(values) > 3 and isinstance(values[3], str) else ""
            below[_key(values[2])].append((_key(values[1]), to))
    return below


def _is_animated(root: Element, objects: dict[Key, FbxObject]) -> bool:
    if any(found.kind == "AnimationCurve" for found in objects.values()):
        return True
    takes = (take for block in root.every("Takes") for take in block.every("Take"))
    models = (model for take in takes for model in take.every("Model"))
    return any(model.first("Channel") for model in models)
