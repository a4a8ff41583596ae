"""Sheets to look at: what the built-in models make of pictures, prompts and paintings, each from four sides.

    python benchmarks/contact_sheets.py pictures examples --out /tmp/pictures.png
    python benchmarks/contact_sheets.py prompts "a red car" "a wooden chair" --out /tmp/prompts.png
    python benchmarks/contact_sheets.py prompts @prompts.txt --out /tmp/prompts.png
    python benchmarks/contact_sheets.py paintings bunny.obj "shiny gold" stone.jpg --out /tmp/paintings.png
    python benchmarks/contact_sheets.py readme --out docs/images/hero.png

The first column is what was given, or its words; then the mesh in front, half left, from its left and from behind. A
name that several pictures share, as fox_front.png and fox_left.png, is one object in several views. With --raw the
meshes have no texture. Drawn by the project's own renderer; prints a line for each mesh; never a pass or a fail.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import textwrap
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

SUFFIXES = {".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff", ".gif"}
VIEWS = ("front", "back", "left", "right", "top", "bottom")
TURNS_DEGREES, RISE_DEGREES = (0.0, 40.0, 90.0, 180.0), 14.0
TEXTURE_PX = 1024
INK, FAINT, PAPER = "#222", "#888", "white"
GAP_PX = 10
# The README's picture: a picture, and prompts that show what words reach.
README = (
    ROOT / "examples" / "rocket.png",
    "a red sports car with black wheels",
    "a wooden chair with a blue cushion",
    "a chubby brown dog",
    "three mushrooms on a rock",
    "a medieval castle",
)


@dataclass(frozen=True)
class Row:
    """One mesh to make: its feature, what it is given, and what stands beside it: words or a picture."""

    title: str
    feature: str
    inputs: dict[str, Path] = field(default_factory=dict)
    params: dict[str, Any] = field(default_factory=dict)
    picture: Path | None = None


def picture_rows(paths: Iterable[Path], raw: bool) -> list[Row]:
    """A row for each picture, or for each object that several pictures are named after."""
    feature = "image_to_raw_mesh" if raw else "image_to_textured_mesh"
    objects: dict[str, dict[str, Path]] = {}
    for path in sorted(paths):
        name, _, view = path.stem.rpartition("_")
        is_view = bool(name) and view in VIEWS
        slot = f"image_{view}" if is_view and view != "front" else "image"
        objects.setdefault(name if is_view else path.stem, {})[slot] = path
    return [
        Row(name, feature, inputs, picture=inputs["image"])
        for name, inputs in objects.items()
        if "image" in inputs
    ]


def prompt_rows(prompts: Iterable[str], raw: bool) -> list[Row]:
    feature = "text_to_raw_mesh" if raw else "text_to_textured_mesh"
    return [Row(prompt, feature, params={"text_prompt": prompt}) for prompt in prompts]


def painting_rows(mesh: Path, looks: Iterable[str]) -> list[Row]:
    """A row for each look: a picture where such a file is there, else words."""
    rows = []
    for look in looks:
        path = Path(look)
        if path.suffix.lower() in SUFFIXES and path.is_file():
            inputs = {"mesh": mesh, "image": path}
            rows.append(Row(path.stem, "image_mesh_painting", inputs, picture=path))
        else:
            rows.append(Row(look, "text_mesh_painting", {"mesh": mesh}, {"text_prompt": look}))
    return rows


class Workshop:
    """The built-in models, each loaded once."""

    def __init__(self) -> None:
        from pipelines.catalog import Catalog

        self.catalog = Catalog.discover()
        self._adapters: dict[str, Any] = {}

    def make(self, row: Row, folder: Path) -> tuple[Path, dict[str, Any]]:
        """Run a row. -> its GLB and generation_info. Raises PipelineError."""
        from pipelines.spec import Work, validated

        feature, model_id = self.catalog.feature(row.feature), f"classic_{row.feature}"
        if model_id not in self._adapters:
            self._adapters[model_id] = self.catalog.adapters[model_id]()
            self._adapters[model_id].load("cpu")
        params = validated(feature.params, row.params)
        options = validated(self.catalog.cards[model_id].options, {})
        work = Work("sheet", row.feature, model_id, row.inputs, params, options, folder)
        outcome = feature.run(work, self._adapters[model_id], lambda stage, fraction=0.0: None)
        return folder / outcome.files[0].name, dict(outcome.info)


def four_sides(path: Path, px: int) -> list[Image.Image]:
    """The mesh drawn from four sides, at the same size in each."""
    from pipelines.geometry.drawing import draw, eyes_around
    from pipelines.geometry.glb_drawn import read

    pieces = read(path, texture_px=TEXTURE_PX)
    eyes = eyes_around(pieces, TURNS_DEGREES, RISE_DEGREES)
    return [Image.fromarray(draw(pieces, eye, px), "RGBA") for eye in eyes]


def strip(row: Row, workshop: Workshop, px: int) -> Image.Image:
    """One row of a sheet: what was given and the mesh from four sides; or why there is none."""
    from pipelines.errors import PipelineError

    image = Image.new("RGB", (px * (1 + len(TURNS_DEGREES)), px), PAPER)
    _put_given(image, row, px)
    began_s = time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        try:
            path, info = workshop.make(row, Path(folder))
            sides = four_sides(path, px)
        except PipelineError as error:
            said = textwrap.fill(error.message[:300], 60)
            ImageDraw.Draw(image).text((px + GAP_PX, px // 3), said, FAINT, _font(px))
            print(f"{row.title[:40]:<42}{error.message[:100]}")
            return image
    for index, side in enumerate(sides, start=1):
        image.paste(side, (index * px, 0), side)
    spent_s = time.process_time() - began_s
    facts = ", ".join(str(info[name]) for name in ("family", "method", "material") if name in info)
    print(f"{row.title[:40]:<42}{info['face_count']:>7} faces {spent_s:6.2f} s CPU  {facts}")
    return image


def _put_given(image: Image.Image, row: Row, px: int) -> None:
    """The picture that was given, or the words in quotation marks."""
    if row.picture is not None:
        with Image.open(row.picture) as source:
            given = source.convert("RGBA")
        given.thumbnail((px - 2 * GAP_PX, px - 2 * GAP_PX))
        image.paste(given, ((px - given.width) // 2, (px - given.height) // 2), given)
        return
    font = _font(px)
    words = textwrap.fill(f"\u201c{row.title}\u201d", 15)
    place = (px // 2, px // 2)
    ImageDraw.Draw(image).multiline_text(place, words, INK, font, anchor="mm", align="center")


def _font(px: int) -> Any:
    return ImageFont.load_default(max(10, px // 12))


def sheet(rows: Sequence[Row], px: int, columns: int) -> Image.Image:
    """All rows, in one or more columns."""
    workshop = Workshop()
    strips = [strip(row, workshop, px) for row in rows]
    height = -(-len(strips) // columns)
    width = strips[0].width + GAP_PX
    whole = Image.new("RGB", (columns * width - GAP_PX, height * px), PAPER)
    for index, one in enumerate(strips):
        whole.paste(one, (index % columns * width, index // columns * px))
    return whole


def rows_of(arguments: argparse.Namespace) -> list[Row]:
    """What the command line asks for."""
    given: list[str] = arguments.given
    if arguments.kind == "readme":
        pictures = [row for row in README if isinstance(row, Path)]
        prompts = [row for row in README if isinstance(row, str)]
        return picture_rows(pictures, arguments.raw) + prompt_rows(prompts, arguments.raw)
    if arguments.kind == "pictures":
        folder = Path(given[0]) if given else ROOT / "examples"
        paths = [path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES]
        return picture_rows(paths, arguments.raw)
    texts = [
        line
        for text in given
        for line in (Path(text[1:]).read_text().splitlines() if text[:1] == "@" else [text])
        if line.strip()
    ]
    if arguments.kind == "paintings":
        return painting_rows(Path(texts[0]), texts[1:]) if texts else []
    return prompt_rows(texts, arguments.raw)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("kind", choices=("pictures", "prompts", "paintings", "readme"))
    parser.add_argument(
        "given", nargs="*", help="a folder; prompts or @files of them; a mesh and looks"
    )
    parser.add_argument("--out", type=Path, required=True, help="the PNG to write")
    parser.add_argument("--px", type=int, default=176, help="side of one picture")
    parser.add_argument("--columns", type=int, default=2)
    parser.add_argument("--raw", action="store_true", help="without textures")
    arguments = parser.parse_args()
    rows = rows_of(arguments)
    if not rows:
        parser.error("there is nothing to make; see --help")
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    columns = min(arguments.columns, len(rows))
    sheet(rows, arguments.px, columns).save(arguments.out, optimize=True)


if __name__ == "__main__":
    main()
