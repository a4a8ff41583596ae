"""Materials of an FBX file as metallic-roughness ones: Lambert, Phong, and Maya's and 3ds Max's own of that kind.

A Phong material's shininess becomes a roughness as Blender writes and reads it: (1 - roughness)^2 * 100. Colours count
as linear, and a texture on a colour stands for it: its value is then not looked at.
"""

from __future__ import annotations

from pipelines.formats.fbx.objects import Document, FbxObject
from pipelines.formats.fbx.texture_read import Textures
from pipelines.formats.scene import Material, Texture

_MAX, _PHYSICAL, _MAYA = "3dsMax|main|", "3dsMax|Parameters|", "Maya|"
# Names of one thing in 3ds Max's glTF, PBR and physical materials and OpenPBR, Maya's standard surface and Stingray.
COLOUR = (
    f"{_MAX}baseColor",
    f"{_MAX}basecolor",
    f"{_PHYSICAL}base_color",
    f"{_MAYA}baseColor",
    f"{_MAYA}base_color",
)
METALNESS = (
    f"{_MAX}metalness", f"{_PHYSICAL}metalness", f"{_PHYSICAL}base_metalness", f"{_MAYA}metalness", f"{_MAYA}metallic",
)  # fmt: skip
ROUGHNESS = (
    f"{_MAX}roughness", f"{_PHYSICAL}roughness", f"{_PHYSICAL}specular_roughness", f"{_MAYA}specularRoughness",
    f"{_MAYA}roughness",
)  # fmt: skip
EMISSION = (
    (f"{_MAX}emissionColor", ""), (f"{_MAX}emit_color", ""), (f"{_PHYSICAL}emit_color", f"{_PHYSICAL}emission"),
    (f"{_PHYSICAL}emission_color", f"{_PHYSICAL}emission_weight"), (f"{_MAYA}emissionColor", f"{_MAYA}emission"),
    (f"{_MAYA}emissive", f"{_MAYA}emissive_intensity"),
)  # fmt: skip
COLOUR_MAPS = (
    "DiffuseColor", f"{_MAX}baseColorMap", f"{_MAX}base_color_map", f"{_PHYSICAL}base_color_map", f"{_MAYA}baseColor",
    f"{_MAYA}TEX_color_map",
)  # fmt: skip
METAL_MAPS = (
    f"{_MAX}metalnessMap", f"{_MAX}metalness_map", f"{_PHYSICAL}metalness_map", f"{_PHYSICAL}base_metalness_map",
    f"{_MAYA}metalness", f"{_MAYA}TEX_metallic_map",
)  # fmt: skip
ROUGH_MAPS = (
    f"{_MAX}roughnessMap", f"{_MAX}Roughness_Map", f"{_PHYSICAL}roughness_map", f"{_PHYSICAL}specular_roughness_map",
    f"{_MAYA}specularRoughness", f"{_MAYA}TEX_roughness_map",
)  # fmt: skip
NORMAL_MAPS = (
    "NormalMap", f"{_MAX}normalMap", f"{_MAX}norm_map", f"{_MAYA}normalCamera", f"{_MAYA}TEX_normal_map",
)  # fmt: skip
OCCLUSION_MAPS = (f"{_MAX}ambientOcclusionMap", f"{_MAX}ao_map", f"{_MAYA}TEX_ao_map")
EMISSIVE_MAPS = (
    "EmissiveColor", f"{_MAX}emissionMap", f"{_MAX}emit_color_map", f"{_PHYSICAL}emit_color_map",
    f"{_MAYA}emissionColor", f"{_MAYA}TEX_emissive_map",
)  # fmt: skip
OPACITY_MAPS = ("TransparentColor", "TransparencyFactor", f"{_MAX}opacity_map", f"{_MAX}AlphaMap")
# What a glTF material has no place for.
OTHER_MAPS = (
    "SpecularColor", "SpecularFactor", "ReflectionColor", "Bump", "AmbientColor", "DisplacementColor",
    "VectorDisplacementColor",
)  # fmt: skip
GLOSS_MAPS = ("ShininessExponent", "Shininess", "ReflectionFactor")
_WHITE, _BLACK = (1.0, 1.0, 1.0), (0.0, 0.0, 0.0)
Colour = tuple[float, float, float]


class Materials:
    """Reads materials, each once for each order of the UV sets it is used with."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.textures = Textures(document)
        self.numbers: dict[tuple, int] = {}
        self.made: list[Material] = []
        self.other_maps = self.split_maps = self.opacity_maps = self.bright = 0

    def lost(self) -> list[str]:
        """What the materials that were read have and the scene has not."""
        said = self.textures.lost()
        if self.other_maps:
            said.append(
                "textures of bumps, gloss and reflection were dropped; colour, normals and emission are kept"
            )
        if self.split_maps:
            said.append(
                "roughness and metalness in separate textures were dropped; their plain values are kept"
            )
        if self.opacity_maps:
            said.append("textures of opacity were dropped")
        if self.bright:
            said.append("emission brighter than 1 is kept as 1")
        return said

    def of_model(self, model: FbxObject, uv_names: tuple[str, ...]) -> list[int]:
        """The numbers in the scene of a model's materials, on a mesh with these sets of UVs."""
        # Before version 7 textures hang on the node, beside the material.
        beside = self.document.linked(model.key, "Texture")
        textures = tuple(texture.key for texture in beside)
        numbers = []
        for found in self.document.linked(model.key, "Material"):
            key = (found.key, uv_names if len(uv_names) > 1 else (), textures)
            if key not in self.numbers:
                self.numbers[key] = len(self.made)
                self.made.append(self._material(found, beside, uv_names))
            numbers.append(self.numbers[key])
        return numbers

    def _material(
        self, found: FbxObject, beside: list[FbxObject], uv_names: tuple[str, ...]
    ) -> Material:
        def on(names: tuple[str, ...]) -> Texture | None:
            return self.textures.on(found.key, names, uv_names)

        base = on(COLOUR_MAPS)
        for texture in beside:
            base = base or self.textures.texture(texture, uv_names)
        emissive = on(EMISSIVE_MAPS)
        opacity = _opacity(found)
        blends = opacity < 1.0 or self._shows_through(found, base)
        metal_rough = self._metal_rough(on(METAL_MAPS), on(ROUGH_MAPS))
        # Files with one picture on both say it once more in the old way.
        others = OTHER_MAPS if metal_rough else (*OTHER_MAPS, *GLOSS_MAPS)
        self.other_maps += any(self.document.linked(found.key, "Texture", n) for n in others)
        return Material(
            found.name,
            (*(_WHITE if base else _base_colour(found)), opacity),
            1.0 if metal_rough else _metalness(found),
            1.0 if metal_rough else _roughness(found),
            self._emission(found, emissive),
            base,
            metal_rough,
            on(NORMAL_MAPS),
            on(OCCLUSION_MAPS),
            emissive,
            "BLEND" if blends else "OPAQUE",
            double_sided=bool(found.number(f"{_MAX}DoubleSided", 0)),
        )

    def _metal_rough(self, metal: Texture | None, rough: Texture | None) -> Texture | None:
        """One picture on both is glTF's: roughness in green, metalness in blue. Two cannot be joined undecoded."""
        if metal and rough and metal.picture is rough.picture:
            return metal
        self.split_maps += bool(metal or rough)
        return None

    def _shows_through(self, found: FbxObject, base: Texture | None) -> bool:
        """Whether the colour's own picture says how opaque it is; another picture's word cannot be kept."""
        opacity = self.textures.on(found.key, OPACITY_MAPS, ())
        if opacity and base and opacity.picture is base.picture:
            return True
        self.opacity_maps += opacity is not None
        return False

    def _emission(self, found: FbxObject, texture: Texture | None) -> Colour:
        colour, strength = _BLACK, 1.0
        for name, factor in (*EMISSION, ("EmissiveColor", "EmissiveFactor"), ("Emissive", "")):
            if name in found.own or name in found.defaults:
                colour = _WHITE if texture else _colour(found, name, _BLACK)
                strength = found.number(factor, 1.0) if factor else 1.0
                break
        if texture and colour == _BLACK:
            colour = _WHITE
        shine = [max(0.0, value * strength) for value in colour]
        self.bright += max(shine) > 1.0
        return (min(shine[0], 1.0), min(shine[1], 1.0), min(shine[2], 1.0))


def _first(found: FbxObject, names: tuple[str, ...]) -> str:
    return next((name for name in names if name in found.own), "")


def _colour(found: FbxObject, name: str, default: Colour) -> Colour:
    one, two, three = (float(value) for value in found.vector(name, default))
    return (one, two, three)


def _unit(value: float) -> float:
    return min(max(value, 0.0), 1.0)


def _base_colour(found: FbxObject) -> Colour:
    if name := _first(found, COLOUR):
        colour, factor = _colour(found, name, _WHITE), 1.0
    else:
        name = (
            "DiffuseColor"
            if "DiffuseColor" in found.own or "Diffuse" not in found.own
            else "Diffuse"
        )
        colour, factor = _colour(found, name, (0.8, 0.8, 0.8)), found.number("DiffuseFactor", 1.0)
    return (_unit(colour[0] * factor), _unit(colour[1] * factor), _unit(colour[2] * factor))


def _metalness(found: FbxObject) -> float:
    if name := _first(found, METALNESS):
        return _unit(found.number(name, 0.0))
    return _unit(found.number("ReflectionFactor", 0.0)) if "ReflectionFactor" in found.own else 0.0


def _roughness(found: FbxObject) -> float:
    if name := _first(found, ROUGHNESS):
        return _unit(found.number(name, 1.0))
    for name in ("ShininessExponent", "Shininess"):
        if name in found.own:
            return _unit(1.0 - _unit(found.number(name, 0.0) / 100.0) ** 0.5)
    return 1.0


def _opacity(found: FbxObject) -> float:
    """0 to 1. Files that say 0, of all of a material that is there to be seen, mean something else by it."""
    if "Opacity" in found.own:
        opacity = found.number("Opacity", 1.0)
    elif "TransparencyFactor" in found.own or "TransparentColor" in found.own:
        share = sum(_colour(found, "TransparentColor", _WHITE)) / 3.0
        opacity = 1.0 - found.number("TransparencyFactor", 1.0) * share
    else:
        opacity = 1.0
    return _unit(opacity) or 1.0
