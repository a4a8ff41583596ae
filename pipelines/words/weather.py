"""What time and weather do to a surface: "mossy stone" is stone with moss, "wet stone" is darker and glossy.

Each word lays coats at places, or changes the finish itself. Strings alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from pipelines.words.finish import Finish
from pipelines.words.tokens import known_phrase

# Words: what they do. material@place is a coat; "worn" is the base with its surface rubbed off; "aged" dulls colours.
_ROWS = """
mossy; moss covered; overgrown; moss grown; moss encrusted: moss@growth
lichen covered; algae covered; slime covered: moss@growth
ivy covered; vine covered; leaf covered; leaf strewn: leaves@growth
grassy; grass covered: grass@growth
snowy; snow covered; snow capped; snow dusted; snowcapped: snow@top
frosty; frosted; frozen; icy; ice covered; frost covered; iced; rimed: frost@settled
salt crusted; salty; crusty: dust@settled
dusty; dust covered; dusted; powdery; floury: dust@settled
ashy; ash covered: dust@settled soot@patches
sandy; sand covered; sandblasted: sand@settled
muddy; mud covered; mud caked; mud splattered; mudcaked: dirt@bottom mud@patches
dirty; grimy; filthy; dingy; soiled; grubby; unwashed; grungy; grunge; stained; smudged: grime@crevices grime@patches
sooty; soot covered; soot stained; smoky; smoke stained; smoked: soot@patches
burnt; burned; charred; scorched; singed; blackened: wood>charred_wood shade=-0.5 matte soot@patches
wet; damp; soaked; rainy; rain soaked; dripping; soggy; moist; drenched; dewy: shade=-0.3 gloss=0.1
oily; greasy; oil stained; sweaty: gloss=0.15 grime@patches
cracked; fractured; crackled; crazed; splintered; fissured; cracks; cracking; fissures: dark@cracks
shattered; broken; crumbling; ruined; ruins: dark@cracks grime@crevices
scratched; scuffed; scraped; scratches; scuffs; scuff marks; scratch marks: worn@scratches worn@edges
worn; battered; distressed; used; chipped; rubbed; well worn; worn out; tattered; wear: worn@edges worn@scratches
beaten up; damaged; battle worn; battle scarred: worn@edges worn@scratches grime@crevices
peeling; flaking; peeled; flaky: worn@patches
weathered; aged; ancient; eroded; age worn; time worn: aged grime@crevices worn@edges
old; antique; vintage; medieval; neglected; abandoned; derelict: aged grime@crevices worn@edges
decayed; decaying; historic: aged grime@crevices worn@edges
rotten; rotting; mouldy; moldy; mildewed; rotted: aged moss@patches grime@crevices
darker; darkened; shadowy: shade=-0.35
lighter; paler; brighter; lightened: shade=0.3
faded; washed out; bleached; sun bleached; sunbleached: shade=0.28
bloody; bloodied; blood stained; blood splattered; bloodstained; blood covered; gory: blood@patches
rusty; rusted; corroded; rust covered; rust stained; corroding; rusting; oxidised; oxidized: rust@patches
tarnished; patinated; patinaed: tarnish
glowing; luminous; lit; emissive; glow; radiant; illuminated; backlit; bioluminescent; self lit: glow=0.8
sparkly; sparkling; glittery; glittering; shimmering; sparkles: glitter@flecks
paint splattered; paint stained: splash@patches
"""


@dataclass(frozen=True)
class Weather:
    """What words do to a finish: coats as (material, place), share of black or white, roughness, light of its own."""

    coats: tuple[tuple[str, str], ...] = ()
    shade: float = 0.0
    roughness: float | None = None
    glow: float = 0.0
    turned: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return self != Weather()

    def also(self, other: Weather) -> Weather:
        """Both; of two that want the same thing the last has it."""
        return Weather(
            tuple(dict.fromkeys((*self.coats, *other.coats))),
            self.shade + other.shade,
            other.roughness if other.roughness is not None else self.roughness,
            self.glow or other.glow,
            {**self.turned, **other.turned},
        )

    def changed(self, base: Finish) -> Finish:
        """The finish in this weather, beneath the coats."""
        other = self.turned.get(base.material or "")
        if other:
            return replace(base, material=other)
        return replace(
            base,
            shade=max(-0.8, min(0.8, base.shade + self.shade)),
            roughness=self.roughness if self.roughness is not None else base.roughness,
            glow=self.glow or base.glow,
        )

    def laid(self, base: Finish, *, named: bool = True) -> list[tuple[Finish, str]]:
        """The coats over a finish: what they are of, and their places. Not named: over whatever look a mesh has."""
        if base.material in self.turned:
            return []
        return [
            (_PALE if name == "worn" and not named else _coat_of(name, base), place)
            for name, place in self.coats
        ]


def _read() -> dict[str, Weather]:
    table: dict[str, Weather] = {}
    for row in _ROWS.strip().splitlines():
        names, _, does = row.partition(":")
        weather = Weather()
        for item in does.split():
            weather = weather.also(_item(item))
        for name in names.split(";"):
            table[name.strip()] = weather
    return table


def _item(item: str) -> Weather:
    if "@" in item:
        material, place = item.split("@")
        return Weather(coats=((material, place),))
    if ">" in item:
        before, after = item.split(">")
        return Weather(turned={before: after, "planks": after})
    name, _, number = item.partition("=")
    if name == "tarnish":
        return Weather(coats=(("tarnish", "patches"),))
    if name == "matte":
        return Weather(roughness=0.95)
    if name == "aged":
        return Weather(shade=-0.08)
    if name == "gloss":
        return Weather(roughness=float(number))
    return Weather(glow=float(number)) if name == "glow" else Weather(shade=float(number))


WEATHER: dict[str, Weather] = _read()

# What tarnish is on a metal: green on copper, black on silver, rust on iron.
_TARNISH = {"copper": "verdigris", "brass": "verdigris", "steel": "rust", "plates": "rust"}
_METALS = frozenset(
    "steel silver gold copper brass plates corrugated chainmail diamond_plate".split()
)
# How much lighter a stuff is where it is rubbed, and what shows under paint.
_RUBBED, _UNDER_PAINT = 0.4, Finish("steel")
# What shows where a mesh's own look is rubbed, of which nothing is known: a film that pales it.
_PALE = Finish("dust", (0.78, 0.76, 0.72))
# These have no colour of their own: their names stand for one.
_COLOURED = {
    "dark": Finish("grime", (0.07, 0.06, 0.055)),
    "mud": Finish("dirt", (0.31, 0.21, 0.13)),
    "splash": Finish("paint", (0.93, 0.93, 0.9)),
}


def _coat_of(name: str, base: Finish) -> Finish:
    if name == "worn":
        return _rubbed(base)
    if name == "tarnish":
        return Finish(_TARNISH.get(base.material or "", "grime"))
    return _COLOURED.get(name, Finish(name))


def _rubbed(base: Finish) -> Finish:
    """What shows where a finish is worn off: steel under paint, bright metal, else the same stuff, paler."""
    if base.material in (None, "paint"):
        return _UNDER_PAINT
    if base.material in _METALS:
        return replace(base, roughness=0.22, shade=0.55, glow=0.0)
    return replace(base, roughness=0.85, shade=_RUBBED, glow=0.0)


def coat_alone(weather: Weather) -> Finish:
    """What a weather word is where it stands alone before a place: "burnt edges"."""
    if weather.coats:
        return _coat_of(weather.coats[0][0], Finish())
    return Finish(None, None, weather.roughness, None, weather.shade, None, weather.glow)


def take_weather(
    row: Sequence[str], phrases: Mapping[str, str], least: int = 1
) -> tuple[Weather, list[str], list[str]]:
    """The weather that words name, the words that named it, and all others. A longer phrase of `phrases` goes first:
    "rusty metal", "burnt orange". least: words that a name of weather has at least."""
    said: list[str] = []
    rest: list[str] = []
    weather, at = Weather(), 0
    while at < len(row):
        end = _weather_end(row, at, least)
        longer = known_phrase(row, at, phrases)[1]
        if end > at and longer <= max(end, at + 1):
            weather = weather.also(WEATHER[" ".join(row[at:end])])
            said += row[at:end]
            at = end
            continue
        stop = max(longer, at + 1)
        rest += row[at:stop]
        at = stop
    return weather, said, rest


def _weather_end(row: Sequence[str], at: int, least: int) -> int:
    for end in range(min(len(row), at + 3), at + least - 1, -1):
        if " ".join(row[at:end]) in WEATHER:
            return end
    return at
