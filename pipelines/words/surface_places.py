"""The places on a surface that words name, and where a material lies that is named without one. Strings alone."""

from __future__ import annotations

import re

PLACES = {
    "top": "on top of; on top; at the top; on the top; on its top; the top; top half; upper half; upper part; up "
    "top; top; topped; capped; tipped; tip; tips; on the tip; on the tips",
    "bottom": "at the bottom of; at the bottom; on the bottom; the bottom; at the base; the base; lower half; lower "
    "part; bottom half; at the feet; near the ground; at the foot; bottom; dipped",
    "edges": "on the edges; along the edges; at the edges; around the edges; on its edges; the edges; edges; edge; "
    "edging; rims; rim; trim; trims; trimming; trimmings; borders; border; ridges; ridge; on the corners; "
    "corners; accents; details; outlines; outline; lining; trimmed; edged; rimmed; bordered; highlights; "
    "piping; filigree; inlay; inlays; engravings; engraving; ornaments; ornamentation; decorations; "
    "embellishments; along the rim; on the rim; on the border",
    "cracks": "cracks; crack lines; glowing cracks; fissures; fractures",
    "scratches": "scratches; scratch marks; scrapes",
    "veins": "veins; veining; veined; streaks; streaked; lines; markings; squiggles",
    "crevices": "in the crevices; in its crevices; between the cracks; in the cracks; in cracks; in the creases; in "
    "the grooves; in the gaps; in the joints; in the folds; in the recesses; in the hollows; in the "
    "corners; in crevices; crevices; creases; grooves; gaps; recesses; hollows; folds; cavities; in the "
    "seams; seams; in the cavities; in corners; in grooves; in hollows; between the stones; between the "
    "bricks; in the details",
    "underside": "on the underside; underneath; underside; from below; below",
    "sides": "on the sides; on its sides; the sides; sides",
    "front": "on the front; at the front; in front; front side; the front; front",
    "back": "on the back; at the back; at the rear; the back; back side; rear",
    "left": "on the left; on the left side; left half; left side",
    "right": "on the right; on the right side; right half; right side",
    "middle": "in the middle; around the middle; in the centre; in the center; the middle; at the waist; band; "
    "bands; belt; sash; around the waist",
    "patches": "patches of; in patches; patches; patch; patchy; spots of; stains of; stains; splashes of; splashes; "
    "splatters; blotches of; blotches; partly; partially; here and there; splattered; stained; spattered; "
    "splotches; splatter; splash of; splash; smears; smeared; blobs of; a bit of",
    "flecks": "flecks of; flecks; flecked; specks of; specks; speckled; specked; bits of; speckles; dotted; studs; "
    "rivets; nails; bolts",
    "growth": "covered; overgrown; encrusted; growing on it; growing",
    "settled": "settled; a layer of; layer of; a thin layer of; a coat of; a film of; a dusting of; dusting of",
}
# Phrases that put the place before the material: "edged with gold" is "edges gold".
TURNED = {
    r"(topped|capped|crowned|sprinkled|tipped) (with|by|in)": ", on top ",
    r"(edged|trimmed|rimmed|bordered|lined|framed|inlaid|accented) (with|by|in)": ", edges ",
    r"dipped in": ", at the bottom ",
    r"(splattered|stained|spotted|smeared|spattered|splashed) (with|by|in)": ", patches of ",
    r"(speckled|flecked|specked|studded) (with|by|in)": ", flecks of ",
    r"(covered|coated|caked|dusted|blanketed|encrusted|overgrown|draped) (with|by|in)": " with ",
    r"(veined|streaked) (with|by|in)": ", veins ",
    r"filled (with|by)": ", in the crevices ",
    r"half (\w+(?: (?!and\b)\w+)?)[ ,]+(and )?half (\w+)": r", \1 on the left, \3 on the right ",
}
# Where a second material goes that is named without a place: "stone with moss".
NATURAL = {
    "moss": "growth",
    "grass": "growth",
    "leaves": "growth",
    "snow": "top",
    "ice": "top",
    "sand": "top",
    "rust": "patches",
    "verdigris": "patches",
    "dirt": "crevices",
    "lava": "crevices",
    "plasma": "cracks",
    "gold": "edges",
    "silver": "edges",
    "copper": "edges",
    "brass": "edges",
    "steel": "edges",
    "dust": "settled",
    "frost": "settled",
    "soot": "patches",
    "grime": "crevices",
    "blood": "patches",
    "slime": "patches",
    "water": "patches",
    "fur": "top",
    "glitter": "flecks",
    "terrazzo": "flecks",
    "straw": "top",
    "plaster": "top",
    "wax": "top",
}
# What a material without a base of its own lies on: "snow on top" of what?
BASES = {
    "rust": "steel",
    "verdigris": "copper",
    "moss": "stone",
    "snow": "stone",
    "ice": "stone",
    "grass": "dirt",
    "leaves": "bark",
    "lava": "stone",
    "dirt": "stone",
    "sand": "stone",
}
# Materials that are nothing but coats.
ONLY_COATS = frozenset("dust frost soot grime blood".split())


_PLACE_OF = {phrase: place for place, row in PLACES.items() for phrase in row.split("; ")}
_ANY = re.compile(rf"\b(?:{'|'.join(sorted(_PLACE_OF, key=len, reverse=True))})\b")


def place_in(clause: str) -> tuple[str, int, int]:
    """The longest place that a clause names, and where its words begin and end; "" where there is none."""
    found = max(_ANY.finditer(clause), key=lambda match: len(match.group()), default=None)
    return (_PLACE_OF[found.group()], *found.span()) if found else ("", 0, 0)
