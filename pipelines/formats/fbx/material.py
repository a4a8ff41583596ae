"""A material as FBX's Phong: what Blender, Maya, three.js and the SDK read of it.

Colours are written linear, as Blender, Maya and the SDK's own converter take them. Roughness and metalness are said in
Blender's way: shininess is the square of ten times the smoothness, ReflectionFactor the metalness.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from pipelines.formats.fbx.pictures import (
    WHITE,
    channel,
    is_clear,
    scaled,
    tinted,
    without_alpha,
)
from pipelines.formats.fbx.records import Id, Record, colour, named, number, table, words
from pipelines.formats.pictures import as_png_or_jpeg
from pipelines.formats.scene import MIRRORED, Material, Picture, Texture

# What a surface that is no metal throws back head-on; for metals it is their colour.
REFLECTED = 0.04
UNREAD = "a texture that cannot be decoded was dropped"
# Maya's names, on which some readers look for what Phong has not. One picture on both counts as glTF's.
PACKED = ("Maya|TEX_roughness_map", "Maya|TEX_metallic_map")
MAPS = "FBX knows no roughness and metalness: not all programs will find their maps; Blender does"
CUTOFF = "FBX has no cutoff of transparency: materials with one are transparent by degrees"
MIRRORING = "FBX does not mirror textures where they repeat: they repeat unmirrored"
FLAT = (0.0, 0.0, 0.0)


@dataclass
class Surface:
    """What of a material FBX can say. `textures`: properties and the textures on them, their pictures made over."""

    material: Material
    tint: tuple[float, ...] = WHITE
    emission: tuple[float, ...] = FLAT
    roughness: float = 1.0
    metalness: float = 0.0
    textures: list[tuple[str, Texture]] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)

    @property
    def clear(self) -> bool:
        """Whether the alpha of its picture counts."""
        return any(place == "TransparentColor" for place, _ in self.textures)


class Surfaces:
    """Makes surfaces of materials; a picture that several use in the same way is made over once."""

    def __init__(self) -> None:
        self.known: dict[tuple[object, ...], Any] = {}

    def surface(self, material: Material) -> Surface:
        """What FBX can say of a material, and what it cannot."""
        tint, opaque = material.colour[:3], material.alpha_mode == "OPAQUE"
        made = Surface(material, tint, material.emission, material.roughness, material.metalness)
        if material.base_colour:
            base = self._add(made, ("DiffuseColor",), material.base_colour, _coloured, opaque, tint)
            made.tint = WHITE if base else tint
            if base and not opaque and self._made_over(base.picture, is_clear):
                # As Maya says that the picture's own alpha counts.
                made.textures.append(("TransparentColor", base))
        if material.emissive and any(material.emission):
            strength = max(1.0, *material.emission)
            glow = tuple(part / strength for part in material.emission)
            if self._add(made, ("EmissiveColor",), material.emissive, _coloured, True, glow):
                made.emission = (strength,) * 3
        if material.normal:
            self._add(made, ("NormalMap",), material.normal, scaled, WHITE)
        if material.occlusion:
            self._add(made, ("Maya|TEX_ao_map",), material.occlusion, scaled, WHITE)
        if material.metallic_roughness:
            self._add_packed(made, material.metallic_roughness)
        if material.alpha_mode == "MASK":
            made.lost.append(CUTOFF)
        if any(MIRRORED in texture.wrap for _, texture in made.textures):
            made.lost.append(MIRRORING)
        return made

    def _add(
        self, made: Surface, on: tuple[str, ...], texture: Texture, change: Any, *how: object
    ) -> Texture | None:
        picture = self._made_over(texture.picture, change, *how)
        if picture is None:
            made.lost.append(UNREAD)
            return None
        changed = Texture(picture, texture.uv_set, texture.wrap)
        made.textures += [(place, changed) for place in on]
        return changed

    def _add_packed(self, made: Surface, packed: Texture) -> None:
        """Roughness and metalness twice: packed as in glTF, and a grey picture each, unless all of it is alike."""
        rough, metal = made.roughness, made.metalness
        greys = [
            self._made_over(packed.picture, channel, "G", rough, "roughness"),
            self._made_over(packed.picture, channel, "B", metal, "metalness"),
        ]
        if None in greys:
            made.lost.append(UNREAD)
            return
        made.roughness, made.metalness = (grey.mean for grey in greys)
        if all(grey.picture is None for grey in greys):
            return
        self._add(made, PACKED, packed, scaled, (1.0, rough, metal))
        for place, grey in zip(("ShininessExponent", "ReflectionFactor"), greys, strict=True):
            if grey.picture is not None:
                made.textures.append((place, Texture(grey.picture, packed.uv_set, packed.wrap)))
        made.lost.append(MAPS)

    def _made_over(self, picture: Picture, change: Any, *how: object) -> Any:
        """What `change` makes of a picture; None where it cannot be decoded."""
        key = (picture, change, *how)
        if key not in self.known:
            found = as_png_or_jpeg(picture)
            try:
                self.known[key] = None if found is None else change(found, *how)
            except (OSError, ValueError):
                self.known[key] = None
        return self.known[key]


def _coloured(picture: Picture, opaque: bool, tint: tuple[float, ...]) -> Picture:
    return tinted(without_alpha(picture) if opaque else picture, tint)


def record(made: Surface, uid: Id) -> Record:
    """The material's record."""
    material = made.material
    alpha = 1.0 if material.alpha_mode == "OPAQUE" else material.colour[3]
    shininess = (10.0 * (1.0 - made.roughness)) ** 2
    strength = max(1.0, *made.emission)
    specular = tuple(REFLECTED + (part - REFLECTED) * made.metalness for part in made.tint)
    rows = [
        words("ShadingModel", "phong"),
        colour("DiffuseColor", made.tint),
        number("DiffuseFactor", 1.0),
        colour("AmbientColor", FLAT),
        number("AmbientFactor", 0.0),
        colour("EmissiveColor", tuple(part / strength for part in made.emission)),
        number("EmissiveFactor", strength),
        colour("SpecularColor", specular),
        number("SpecularFactor", 0.25),
        number("Shininess", shininess),
        number("ShininessExponent", shininess),
        number("ReflectionFactor", made.metalness),
        # Readers differ in which of the three they look at.
        colour("TransparentColor", WHITE if alpha < 1.0 else FLAT),
        number("TransparencyFactor", 1.0 if made.clear and alpha == 1.0 else 1.0 - alpha),
        number("Opacity", alpha),
    ]
    head = [
        Record("Version", (102,)),
        Record("ShadingModel", ("phong",)),
        Record("MultiLayer", (0,)),
    ]
    return Record("Material", (uid, named(material.name, "Material"), ""), [*head, table(*rows)])
