"""Glass jars with lids."""

from __future__ import annotations

from pipelines.geometry.families.curves import pairs
from pipelines.geometry.families.forms import Forms
from pipelines.geometry.families.registry import Part, family, fixed, main, second


@family("jar", "glass_jar jam_jar honey_jar mason_jar cookie_jar preserving_jar", "pale blue glass")
def jar(f: Forms, *, height: float = 0.16, radius: float = 0.055) -> list[Part]:
    r, h = radius, height
    body = f.turned(pairs(".84 0, .96 .03, 1 .1, 1 .68, .94 .76, .78 .82, .76 .84", r, h))
    lid = f.lathe(pairs(".84 .82, .86 .83, .86 .96, .83 .98, 0 .98", r, h))
    label = f.lathe(pairs("1.012 .24, 1.012 .56, .9 .56, .9 .24", r, h))
    return [
        main("body glass", body),
        second("lid cap", lid, finish="gold"),
        fixed("label", label, finish="cream paint"),
    ]
