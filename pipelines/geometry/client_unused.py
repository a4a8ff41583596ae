"""A GLB's rows without those that nothing names any more: old textures, and vertices that were replaced.

Numbers are changed only where glTF 2.0 and the extensions named here keep them; a file with others keeps all its rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

# Extensions whose rows name accessors and buffer views nowhere, or only where this module looks.
PLAIN = frozenset(
    "KHR_lights_punctual KHR_materials_unlit KHR_texture_transform KHR_mesh_quantization KHR_materials_variants "
    "KHR_xmp_json_ld KHR_node_visibility KHR_texture_basisu EXT_texture_webp EXT_mesh_gpu_instancing "
    "KHR_materials_pbrSpecularGlossiness KHR_animation_pointer".split()
)


def without(document: dict[str, Any], binary: bytes) -> tuple[dict[str, Any], bytes]:
    """The document and its bytes without unused rows, and with the lists of extensions set right."""
    _set_extensions(document)
    known = all(
        name in PLAIN or name.startswith("KHR_materials_")
        for name in document.get("extensionsUsed", [])
    )
    for name, references in REFERENCES.items():
        if known or name not in ("accessors", "bufferViews"):
            _drop(document, name, references)
    data = _packed(document, binary) if known else binary
    data += b"\0" * (-len(data) % 4)
    document["buffers"] = [{**(document.get("buffers") or [{}])[0], "byteLength": len(data)}]
    document["buffers"][0].pop("uri", None)
    return document, data


# A reference: the row that holds it, and under which key.
Reference = tuple[Any, Any]


def _drop(
    document: dict[str, Any],
    name: str,
    references: Callable[[dict[str, Any]], Iterator[Reference]],
) -> None:
    """Leave out the rows of a list that no reference names; the others' numbers close up."""
    rows = document.get(name)
    if not rows:
        return
    found = list(references(document))
    used = sorted({holder[at] for holder, at in found})
    number = {old: new for new, old in enumerate(used)}
    # One holder may be reached twice: every reference is changed once.
    done: set[tuple[int, Any]] = set()
    for holder, at in found:
        if (id(holder), at) not in done:
            done.add((id(holder), at))
            holder[at] = number[holder[at]]
    document[name] = [rows[old] for old in used]
    if not used:
        del document[name]


def _walk(value: Any) -> Iterator[dict[str, Any]]:
    """Every dictionary within a value, but for what clients keep in `extras`."""
    left = [value]
    while left:
        inner = left.pop()
        if isinstance(inner, dict):
            yield inner
            left += [part for name, part in inner.items() if name != "extras"]
        elif isinstance(inner, list):
            left += inner


def _texture_rows(document: dict[str, Any]) -> Iterator[Reference]:
    for row in _walk(document.get("materials", [])):
        for name, value in row.items():
            if name.endswith("Texture") and isinstance(value, dict) and "index" in value:
                yield value, "index"


def _image_rows(document: dict[str, Any]) -> Iterator[Reference]:
    for row in _walk(document.get("textures", [])):
        if isinstance(row.get("source"), int):
            yield row, "source"


def _sampler_rows(document: dict[str, Any]) -> Iterator[Reference]:
    for row in document.get("textures", []):
        if "sampler" in row:
            yield row, "sampler"


def _accessor_rows(document: dict[str, Any]) -> Iterator[Reference]:
    for mesh in document.get("meshes", []):
        for primitive in mesh.get("primitives", []):
            for named in (primitive.get("attributes", {}), *primitive.get("targets", [])):
                yield from ((named, name) for name in named)
            if "indices" in primitive:
                yield primitive, "indices"
    for skin in document.get("skins", []):
        if "inverseBindMatrices" in skin:
            yield skin, "inverseBindMatrices"
    for animation in document.get("animations", []):
        for sampler in animation.get("samplers", []):
            yield sampler, "input"
            yield sampler, "output"
    for node in document.get("nodes", []):
        copies = node.get("extensions", {}).get("EXT_mesh_gpu_instancing", {}).get("attributes", {})
        yield from ((copies, name) for name in copies)


def _view_rows(document: dict[str, Any]) -> Iterator[Reference]:
    for row in _walk([document.get("accessors", []), document.get("images", [])]):
        if "bufferView" in row:
            yield row, "bufferView"


# What names the rows of each list.
REFERENCES = {
    "textures": _texture_rows,
    "images": _image_rows,
    "samplers": _sampler_rows,
    "accessors": _accessor_rows,
    "bufferViews": _view_rows,
}


def _packed(document: dict[str, Any], binary: bytes) -> bytes:
    """The bytes of the views that are left, one after the other."""
    data = bytearray()
    for view in document.get("bufferViews", []):
        start = view.get("byteOffset", 0)
        # Images and numbers alike begin at a multiple of four; a matrix of an accessor may want eight.
        data.extend(b"\0" * (-len(data) % 8))
        view["byteOffset"] = len(data)
        data.extend(binary[start : start + view["byteLength"]])
    return bytes(data)


def _set_extensions(document: dict[str, Any]) -> None:
    """The lists of extensions name those that are there."""
    used = {
        name
        for row in _walk(document)
        if isinstance(row.get("extensions"), dict)
        for name in row["extensions"]
    }
    # This one changes what types attributes may have, and stands nowhere else.
    used |= {"KHR_mesh_quantization"} & set(document.get("extensionsUsed", []))
    for name in ("extensionsUsed", "extensionsRequired"):
        left = [extension for extension in document.get(name, []) if extension in used]
        if left:
            document[name] = left
        else:
            document.pop(name, None)
