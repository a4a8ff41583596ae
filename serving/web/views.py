"""Pictures of one object: which view each shows, by the field that it came in. Both APIs name views alike.

`image` is the front, `image_back` and so on are what they say; several pictures without a view's name are guessed from
their order, and that is said. Pure: field names in, views out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from pipelines.spec import Feature, Notice
from serving.errors import BadRequest

VIEWS = ("front", "back", "left", "right", "top", "bottom")
# How a picture may be given, behind the name of its view.
ENDINGS = ("_file_id", "_base64", "_path", "_file", "_data")
VIEWS_GUESSED = "VIEWS_GUESSED"
UNLABELLED = ("images", "images[]", "image[]")
# What several pictures without labels most likely show, by their number: the order of a turnaround.
GUESSED_VIEWS: Mapping[int, tuple[str, ...]] = {
    1: ("front",),
    2: ("front", "back"),
    3: ("front", "left", "back"),
    4: ("front", "left", "back", "right"),
    5: ("front", "left", "back", "right", "top"),
    6: ("front", "left", "back", "right", "top", "bottom"),
}


def takes_views(feature: Feature) -> bool:
    """Whether a feature's pictures are views of one object."""
    return "image_back" in feature.inputs


def slot_of_view(view: str) -> str:
    """The input that holds a view."""
    return "image" if view == "front" else f"image_{view}"


def plain(field: str) -> str:
    """A field without what says how its picture is given: image_back_file_id is image_back."""
    for ending in ENDINGS:
        if field.endswith(ending):
            return field.removesuffix(ending)
    return field


def label(field: str) -> str:
    """The view that a field names: image_back is "back"; image and images[] name none, and no other field does."""
    view = plain(field).removeprefix("image_")
    return view if view in VIEWS and f"image_{view}" == plain(field) else ""


def is_picture(field: str) -> bool:
    """Whether a field holds a picture of the object."""
    return plain(field) in ("image", *UNLABELLED) or bool(label(field))


def views_of(fields: Sequence[str]) -> tuple[list[str], tuple[Notice, ...]]:
    """The view that each picture shows, and a notice where some were guessed. Raises BadRequest naming the field."""
    if len(fields) > len(VIEWS):
        raise BadRequest(f"image is given {len(fields)} times; at most {len(VIEWS)} views are used")
    fronts = [field for field in fields if plain(field) == "image"]
    known = {field: label(field) for field in fields}
    if len(fronts) == 1:
        known[fronts[0]] = "front"
    _check_once([field for field in fields if known[field]], known)
    taken = {view for view in known.values() if view}
    free = [view for view in (*GUESSED_VIEWS[len(fields)], *VIEWS) if view not in taken]
    guesses = iter(dict.fromkeys(free))
    guessed = [] if all(known.values()) else [f for f in fields if not known[f]]
    views = [known[field] or next(guesses) for field in fields]
    if "front" not in views:
        raise BadRequest("image is missing; beside other views the front view is needed")
    if not guessed or len(fields) == 1:
        return views, ()
    order = ", ".join(view for field, view in zip(fields, views, strict=True) if not known[field])
    said = f"{guessed[0]} has no view's name; by their order its images are taken as {order}"
    return views, (Notice(VIEWS_GUESSED, said),)


def _check_once(fields: Sequence[str], known: Mapping[str, str]) -> None:
    """Raises BadRequest for a view that is given more than once."""
    for view, count in Counter(known[field] for field in fields).items():
        if count > 1:
            names = " and ".join(dict.fromkeys(field for field in fields if known[field] == view))
            raise BadRequest(
                f"{names}: the {view} view is given more than once; send one image for each view"
            )
