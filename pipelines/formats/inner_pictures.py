"""Pictures inside a mesh are decoded once where nothing can come of it, before the process of a model decodes them.

Those that a texture names, of the kinds that are decoded at all; others stay bytes. Meant for the shut-in child.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable, Iterator
from typing import Any

from PIL import Image

from pipelines.errors import InvalidValue, UnreadableInput
from pipelines.formats.pictures import DECODED, media_type
from pipelines.formats.scene import Scene

# As for pictures that are sent alone; 64 megapixels take 256 MiB.
MOST_PIXELS = 64_000_000
# Of all together: 30 of 4096 x 4096. One such takes .3 s of CPU as a PNG like a photo, .7 s as a WebP of noise; the
# child has 90 s.
MOST_PIXELS_TOGETHER = 512_000_000
LONGEST_NAME = 64
SAVE_ANEW = "save it anew, or take it out"
_LABEL = re.compile(r'picture \d{1,9}( "[^"\\\x00-\x1f\x7f-\x9f]{1,64}")?')


def decode_all(pictures: Iterator[tuple[str, bytes]], tell: Callable[[str], None]) -> None:
    """Decode pictures, (label, bytes) each; `tell` hears each label before, and "" when all are done.

    Raises UnreadableInput naming one that is broken, InvalidValue for one that is too large, or too many together.
    """
    together = 0
    for label, data in pictures:
        tell(label)
        together += _decoded(label, data, MOST_PIXELS_TOGETHER - together)
    tell("")


def is_label(text: object) -> bool:
    """Whether this is a label as they are made here, so that it can be shown to a client."""
    return isinstance(text, str) and bool(_LABEL.fullmatch(text))


def of_document(document: dict[str, Any], binary: bytes) -> Iterator[tuple[str, bytes]]:
    """Label and bytes of each picture of a glTF document, as `gltf_file.opened` gives it, that a texture names.

    Rows that make no sense name none: nobody can decode them.
    """
    images = document.get("images", [])
    named = {number for texture in document.get("textures", []) for number in _sources(texture)}
    seen: set[tuple[int, int]] = set()
    for number in sorted(named):
        try:
            view = document["bufferViews"][images[number]["bufferView"]]
            start, end = view.get("byteOffset", 0), view.get("byteOffset", 0) + view["byteLength"]
            label, data = label_of(number, images[number].get("name", "")), binary[start:end]
        except (LookupError, TypeError, AttributeError):
            continue
        if (start, end) not in seen:
            seen.add((start, end))
            yield label, data


def _sources(texture: Any) -> set[int]:
    """The numbers of the images that a row of textures names, its extensions' too."""
    try:
        rows = [texture, *(texture.get("extensions") or {}).values()]
        named = [row.get("source") for row in rows]
    except AttributeError:
        return set()
    return {number for number in named if type(number) is int and number >= 0}


def of_scene(scene: Scene) -> Iterator[tuple[str, bytes]]:
    """Label and bytes of each picture of a scene's materials."""
    found = (texture.picture for material in scene.materials for _, texture in material.textures())
    for number, picture in enumerate(dict.fromkeys(found)):
        yield label_of(number, picture.name), picture.data


def label_of(number: int, name: object) -> str:
    """How a picture is named to the client: by its number from 0, and by its name where that can be shown."""
    shown = "".join(letter for letter in str(name)[:LONGEST_NAME] if letter.isprintable())
    shown = re.sub(r'["\\]', "", shown).strip()
    return f'picture {number} "{shown}"' if shown else f"picture {number}"


def _decoded(label: str, data: bytes, most_pixels: int) -> int:
    """The pixels of a picture that could be decoded; 0 for a kind that nobody decodes."""
    if not media_type(data):
        return 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with Image.open(io.BytesIO(data), formats=DECODED) as picture:
                width, height = picture.size
                _check_size(label, width, height, most_pixels)
                picture.load()
        except Image.DecompressionBombError:
            raise InvalidValue(
                f"{label} inside the mesh has more than {MOST_PIXELS // 10**6} megapixels; make it smaller"
            ) from None
        except (OSError, ValueError, SyntaxError, EOFError, IndexError, TypeError) as error:
            # Pillow's decoders answer damage with any of these.
            raise UnreadableInput(
                f"{label} inside the mesh is truncated or broken; {SAVE_ANEW}"
            ) from error
    return width * height


def _check_size(label: str, width: int, height: int, most_pixels: int) -> None:
    if width * height > MOST_PIXELS:
        raise InvalidValue(
            f"{label} inside the mesh is {width} x {height} px; at most {MOST_PIXELS // 10**6} megapixels are read"
        )
    if width * height > most_pixels:
        raise InvalidValue(
            f"the pictures inside the mesh have more than {MOST_PIXELS_TOGETHER // 10**6} megapixels together; "
            "make them smaller"
        )
