"""Colour words of everyday English and what they look like, as sRGB in 0..1."""

from __future__ import annotations

RGB = tuple[float, float, float]

_HEX = """
black 1b1b1d  white f2f2ee  grey 8b8d90  gray 8b8d90  silver_grey b4b7bb  charcoal 36383b  ivory f3ead2  cream f4e8c8
red c8201c  crimson a6122b  scarlet d9281a  maroon 6d1420  burgundy 6e1528  ruby a80f3a  cherry b8142c  rosy d77a86
pink f08cb0  magenta c8259b  fuchsia d12b94  rose e2698d  salmon f08a74  coral f2765a  peach f7b98d
orange ef7d1a  amber f0a01e  tangerine f08a24  apricot f4b37a  terracotta b85c3c  rust a04a23
yellow f2cf1f  golden_yellow f0b81e  lemon f3e24a  mustard cf9d24  beige d9c7a0  tan c9a26d  khaki a89b68  sand d8c08c
brown 744a28  chocolate 51301c  chestnut 7a3e22  coffee 4a3022  caramel b0702e  hazel 8a6a3a  sienna 96502e
green 2f8f3a  lime 8ccf2a  olive 6c7530  emerald 138a5c  mint 9edbb6  teal 127f7f  turquoise 2cc0b8  jade 2e9a72
forest_green 1f5c2f  grass_green 4f9a34  moss_green 66752f
blue 1f56c2  navy 15264f  navy_blue 15264f  sky_blue 79bdea  azure 3a93df  cyan 22bcd4  aqua 3fc9c9  indigo 3a2a86
royal_blue 2746b8  baby_blue a6d2f0  cobalt 1a4aa6
purple 74309c  violet 7d3fb8  lavender b8a3dd  lilac c3a2d8  plum 6e2a5c  mauve a87f9e  blonde dcb768  flesh dfae8a
hot_pink ee2f8c  blood_red 8a0f12  brick_red a23a2c  ruby_red a80f3a  cherry_red b8142c  wine_red 6e1528
rust_red 9a3b22  dusty_pink d4a0a2  dusty_rose c48a8e  blood_orange d9471c
burnt_orange c05818  burnt_sienna 8a3f20  burnt_umber 5a3422
ochre c4892c  umber 6a4a30  sepia 70492a  taupe 8b7d6e  golden_brown a8702e  sandy_brown d8a468
chocolate_brown 4e2c1a
emerald_green 138a5c  pine_green 1f5040  army_green 4f5a34  lime_green 7ed321  mint_green 9edbb6  olive_green 6c7530
sea_green 2e8b67  jade_green 2e9a72  neon_green 39ff4a  neon_pink ff3fae  neon_blue 2f6bff  neon_yellow e8ff2a
neon_orange ff7a1a  electric_blue 2a7bff  ice_blue bfe0f0  steel_blue 4a7aa8  powder_blue b4d2e6
ocean_blue 1c5f96  midnight_blue 141f46  sapphire_blue 1a3fb4  periwinkle 8f94e0  cornflower 6a92e4  slate_blue 5a6a8c
pearl_white f2efe8  bone_white ece4d0  snow_white f6f8fa  off_white efeae0  ash_grey a4a4a0  slate_grey 626a72
stone_grey 8f8d88  charcoal_grey 44474b  gunmetal_grey 4a4f55  jet_black 121214  pitch_black 0e0e10  coal_black 18181a
stone_gray 8f8d88  slate_gray 626a72  charcoal_gray 44474b  ash_gray a4a4a0  rose_pink e2698d  royal_purple 5a2a94
"""


def _table() -> dict[str, RGB]:
    cells = _HEX.split()
    return {
        name.replace("_", " "): rgb(code)
        for name, code in zip(cells[::2], cells[1::2], strict=True)
    }


def rgb(code: str) -> RGB:
    """Six hex digits -> red, green, blue in 0..1."""
    return tuple(int(code[at : at + 2], 16) / 255.0 for at in (0, 2, 4))  # type: ignore[return-value]


COLOURS: dict[str, RGB] = _table()

# Words before a colour: share of white (positive) or black (negative) that is mixed in.
SHADES: dict[str, float] = {
    "light": 0.4,
    "pale": 0.5,
    "pastel": 0.45,
    "bright": 0.1,
    "dark": -0.45,
    "deep": -0.3,
}


def shaded(colour: RGB, share: float) -> RGB:
    """The colour with `share` of white (above 0) or black (below) mixed in."""
    goal = 1.0 if share > 0 else 0.0
    mixed = [value + (goal - value) * abs(share) for value in colour]
    return mixed[0], mixed[1], mixed[2]
