"""Textures of an FBX file that carries their pictures inside. Pictures in other files are never looked for."""

from __future__ import annotations

from pathlib import PureWindowsPath

import numpy as np

from pipelines.errors import UnreadableInput
from pipelines.formats.fbx.ascii import bytes_of
from pipelines.formats.fbx.objects import Document, FbxObject, Key
from pipelines.formats.pictures import media_type
from pipelines.formats.scene import CLAMP, REPEAT, Picture, Texture

_CLAMPED = 1


class Textures:
    """Reads textures, each picture once, and remembers what of them was left out."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.pictures: dict[Key, Picture | None] = {}
        self.named: dict[str, list[FbxObject]] = {}
        for video in document.of_kind("Video"):
            self.named.setdefault(video.name, [video])
        self.elsewhere: set[Key] = set()
        self.foreign = self.moved = self.layered = 0

    def lost(self) -> list[str]:
        """What the textures that were read have and the scene has not."""
        said = []
        if self.elsewhere:
            said.append(
                f"{len(self.elsewhere)} textures were dropped: their pictures are not inside the file; embed them"
            )
        if self.foreign:
            said.append(f"{self.foreign} pictures that are neither PNG nor JPEG were dropped")
        if self.moved:
            said.append(
                "textures that are moved, turned or scaled on their UVs are shown as they are"
            )
        if self.layered:
            said.append("of textures in layers only the first was kept")
        return said

    def on(
        self, material: Key, names: tuple[str, ...], uv_names: tuple[str, ...]
    ) -> Texture | None:
        """The texture on the first of these properties that has one; None where there is none with its picture."""
        for name in names:
            found = self.document.linked(material, "Texture", name)
            for layers in self.document.linked(material, "LayeredTexture", name):
                inner = self.document.linked(layers.key, "Texture")
                self.layered += len(inner) > 1
                found += inner
            for texture in found:
                made = self.texture(texture, uv_names)
                if made is not None:
                    return made
        return None

    def texture(self, texture: FbxObject, uv_names: tuple[str, ...]) -> Texture | None:
        """A texture with its picture, on the set of UVs that it names."""
        picture = self._picture(texture)
        if picture is None:
            return None
        self.moved += _is_moved(texture)
        named = texture.value("UVSet")
        wrap = tuple(
            CLAMP if texture.number(f"WrapMode{axis}", 0) == _CLAMPED else REPEAT for axis in "UV"
        )
        return Texture(
            picture, uv_names.index(named) if named in uv_names else 0, (wrap[0], wrap[1])
        )

    def _picture(self, texture: FbxObject) -> Picture | None:
        videos = self.document.linked(texture.key, "Video")
        if not videos and (named := texture.element.text("Media")):
            videos = self.named.get(named.split("\0\1")[0].split("::", 1)[-1], [])
        for video in videos:
            if video.key not in self.pictures:
                self.pictures[video.key] = self._inside(video)
            if (found := self.pictures[video.key]) is not None:
                return found
        if not videos or not any(video.element.first("Content") for video in videos):
            self.elsewhere.add(texture.key)
        return None

    def _inside(self, video: FbxObject) -> Picture | None:
        content = video.element.first("Content")
        try:
            data = bytes_of(content.values) if content else b""
        except UnreadableInput:
            data = b"?"
        if not data:
            self.elsewhere.add(video.key)
            return None
        if not (kind := media_type(data)):
            self.foreign += 1
            return None
        named = video.element.text("RelativeFilename") or video.element.text("Filename")
        return Picture(PureWindowsPath(named).name or video.name, kind, data)


def _is_moved(texture: FbxObject) -> bool:
    still = np.zeros(3)
    places = [texture.vector(name, (0.0, 0.0, 0.0)) for name in ("Translation", "Rotation")]
    scale = texture.vector("Scaling", (1.0, 1.0, 1.0))
    return any((place != still).any() for place in places) or bool((scale[:2] != 1.0).any())
