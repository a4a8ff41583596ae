"""What a prompt puts into closed things: it stands before them, where it is seen, and that is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipelines.spec import Notice
from pipelines.words.relations import CLOSED
from pipelines.words.scene import Scene

ROOMS = CLOSED | frozenset(
    name.replace("_", " ")
    for name in (
        "lantern house doghouse car tent igloo barn fridge cabinet helicopter airplane rocket bus van tank submarine "
        "castle church tower treehouse birdhouse greenhouse telephone_booth washing_machine stove microwave "
        "shipping_container dresser cave temple pagoda windmill lighthouse skyscraper factory mosque race_car jeep "
        "train ufo space_shuttle filing_cabinet safe mailbox snow_globe"
    ).split()
)


def outdoors(scene: Scene) -> tuple[Scene, tuple[Notice, ...]]:
    """The scene with what is in closed things in front of them, and one notice on it, or none."""
    inside = [link for link in scene.links if _is_hidden(scene, link.of) and link.place == "in"]
    if not inside:
        return scene, ()
    links = tuple(replace(link, place="front") if link in inside else link for link in scene.links)
    return replace(scene, links=links), (_told(scene, [(link.child, link.of) for link in inside]),)


def _is_hidden(scene: Scene, at: int) -> bool:
    return scene.things[at].match.family in ROOMS


def _told(scene: Scene, rows: Sequence[tuple[int, int]]) -> Notice:
    words = [thing.match.word for thing in scene.things]
    named = ", ".join(f"{words[child]} in {words[of]}" for child, of in rows)
    said = f"text_prompt asks for {named:.200}, where it would not be seen; it stands in front"
    return Notice("CONTENTS_UNSEEN", said)
