"""Words on a picture, which a mesh is not: how the object is seen, cut and lit, and how well the picture is made.

"a cross section of an apple", "low angle shot", "on a white background", "trending on artstation, octane render": none
of these names an object or a look of one. They are taken out before a prompt is read, and told.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass

from pipelines.words.tokens import known_phrase, singular
from pipelines.words.unshown import unshown_things
from pipelines.words.wishes import PARTS

# Drawings and cuts of an object, whole or in phrases.
_DRAWN = frozenset(
    phrase.replace("_", " ")
    for phrase in (
        "cross_section cross_sections cross_sectional cutaway cut_away blueprint schematic diagram floor_plan "
        "floorplan x_ray xray "
        "wireframe wire_frame silhouette spritesheet sprite_sheet character_sheet model_sheet turnaround "
        "turnaround_sheet reference_sheet concept_sheet turn_around cut_in_half sliced_in_half split_in_half cut_open "
        "uv_map uv_unwrap uv_layout close_up closeup storyboard line_art line_drawing"
    ).split()
)
_FIRST = frozenset(phrase.split()[0] for phrase in _DRAWN)
_SEEN = frozenset("view shot angle perspective elevation projection portrait".split())
_SEEN_HOW = frozenset(
    "low high wide close up top down bottom front side back rear aerial isometric orthographic three quarter bird "
    "birds worm worms eye level first third person profile exploded cutaway sectional macro medium full extreme dutch "
    "body overhead frontal lateral establishing tracking panoramic 45 degree orthogonal axonometric".split()
)
# What a clause on the picture has; where it names a part or a look too, it is read as others are.
_PICTURED = frozenset(
    "render renders rendering rendered octane vray cycles eevee redshift arnold keyshot raytracing raytraced raytrace "
    "tracing photography photograph photo dslr canon nikon kodak film artstation sketchfab deviantart pinterest "
    "behance masterpiece quality resolution uhd hdr hdri 4k 8k 16k hd composition atmosphere mood aesthetic wallpaper "
    "photogrammetry zbrush unreal unity blender houdini palette shading shaders scattering focus exposure cinematic "
    "volumetric trending award vignette moonlight sunlight fog mist haze studio pixar ghibli disney dreamworks "
    "realism colors colours tones".split()
)
# A clause that ends in one of the first, or has one of the second, is on the picture whatever else it has:
# "blue sky with clouds".
_WORKS = frozenset("painting art artwork illustration drawing sketch design style".split())
_SCENERY = frozenset(
    "background backdrop lighting bokeh sky horizon sunset sunrise shadow shadows reflections".split()
)
# These end a phrase on the picture wherever they stand: "on a plain white background".
_BACKDROPS = frozenset("background backdrop lighting bokeh".split())
_JOINTS = frozenset("on against with in under no without and before over by isolated".split())
_ARTICLES = frozenset(("a", "an", "the"))
_COUNTED = frozenset("triangles polygons polys tris faces vertices verts quads poly".split())
_ABOUT = frozenset(
    "under below less fewer than max maximum about around over at least only with".split()
)
LEAST_COUNTED = 50  # "a cube with 6 faces" is no wish for few faces
LONGEST_VIEW = 6  # words: "three quarter low angle view"
FURTHEST = 4  # words of a phrase before "background"


@dataclass
class Pictured:
    """The clauses that are left, the views and cuts that were asked for, and the other words taken out."""

    clauses: list[list[str]]
    views: list[str]
    words: list[str]


def without_pictures(
    clauses: Sequence[Sequence[str]], nouns: Mapping[str, str], looks: Container[str] = ()
) -> Pictured:
    """The clauses without what is said of a picture. `nouns`: words for things; `looks`: for colours and materials."""
    read = Pictured([], [], [])
    named = False
    for clause in clauses:
        row = _without_counts(_without_views(clause, nouns, read.views), read.words)
        if named and _is_of_the_picture(row, looks):
            read.words += [word for word in row if word not in _JOINTS | _ARTICLES]
            row = []
        row = _without_backdrop(row, read.words)
        named = named or any(known_phrase(row, at, nouns)[0] for at in range(len(row)))
        read.clauses.append(row)
    return read


def _without_views(clause: Sequence[str], nouns: Mapping[str, str], views: list[str]) -> list[str]:
    """The clause without phrases such as "low angle view of", which go to `views`."""
    row: list[str] = []
    at = 0
    while at < len(clause):
        end = _view_end(clause, at, nouns)
        if end == at:
            row.append(clause[at])
            at += 1
            continue
        views.append(" ".join(clause[at:end]))
        at = end + 1 if "of" in clause[end : end + 1] else end
    return row


def _view_end(row: Sequence[str], at: int, nouns: Mapping[str, str]) -> int:
    """Where a phrase for a view or a drawing ends that begins at a word; `at` itself for none."""
    begins = row[at] in _SEEN | _SEEN_HOW or {row[at], singular(row[at])} & _FIRST
    if not begins or _is_a_thing(row, at, nouns):
        return at
    drawn = known_phrase(row, at, _DRAWN)[1]
    end = drawn
    last = min(len(row), drawn + LONGEST_VIEW)
    while end < last and row[end] in _SEEN | _SEEN_HOW and not _is_a_thing(row, end, nouns):
        end += 1
    while end > drawn and row[end - 1] not in _SEEN:
        end -= 1
    alone = end == at + 1 and drawn == at
    return at if alone and "of" not in row[end : end + 1] else end


def _is_a_thing(row: Sequence[str], at: int, nouns: Container[str]) -> bool:
    """Whether several words from `at` on are the name of a thing: "shot glass", "angle grinder"."""
    return max(known_phrase(row, at, known)[1] for known in (nouns, unshown_things())) > at + 1


def _without_counts(row: Sequence[str], told: list[str]) -> list[str]:
    """The words without a number of faces: "under 500 triangles", "10k polygons"."""
    kept = list(row)
    for at in range(1, len(row)):
        figure = row[at - 1].removesuffix("k")
        many = figure.isdigit() and (figure != row[at - 1] or int(figure) >= LEAST_COUNTED)
        if row[at] in _COUNTED and many:
            start = at - 1
            while start and row[start - 1] in _ABOUT:
                start -= 1
            told += [word for word in row[start : at + 1] if word != "with"]
            kept[start : at + 1] = [""] * (at + 1 - start)
    return [word for word in kept if word]


def _without_backdrop(row: Sequence[str], told: list[str]) -> list[str]:
    """The words without "on a plain white background"."""
    at = next((at for at, word in enumerate(row) if word in _BACKDROPS), None)
    if at is None:
        return list(row)
    start = at
    while start and at - start < FURTHEST and row[start] not in _JOINTS:
        start -= 1
    if row[start] not in _JOINTS:
        start = at
    if start and row[start - 1] == "isolated":
        start -= 1
    told += [word for word in row[start : at + 1] if word not in _JOINTS | _ARTICLES]
    return [*row[:start], *_without_backdrop(row[at + 1 :], told)]


def _is_of_the_picture(row: Sequence[str], looks: Container[str]) -> bool:
    """Whether a clause after the object's speaks of the picture alone."""
    if not _SCENERY.isdisjoint(row) or (row and row[-1] in _WORKS):
        return True
    of_the_object = any(word in looks or singular(word) in PARTS for word in row)
    return not of_the_object and not _PICTURED.isdisjoint(row)
