"""Image to mesh against ground truth: real meshes are drawn, rebuilt from the pictures, and compared with themselves.

python benchmarks/truth.py [--meshes FOLDER ...] [--only front,quarter] [--limit N] [--save FOLDER] [--each]. Without
--meshes some of the project's own text families stand in; a network that was trained on them is flattered by these.
Prints a table, dev and test halves apart (even and odd places in the alphabet); never a pass or a fail.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import trimesh

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks import truth_measures, truth_render  # noqa: E402
from benchmarks.truth_measures import Score  # noqa: E402
from pipelines.geometry import build, matting, solid  # noqa: E402
from pipelines.geometry.views import DIRECTIONS  # noqa: E402

STAND_INS = ("car", "chair", "dog", "house", "lamp", "mushroom", "person", "teapot")


@dataclass(frozen=True)
class ViewSet:
    """Which pictures are sent: slots, and where the eye of the front picture stands, in degrees."""

    slots: tuple[str, ...]
    azimuth: float = 0.0
    elevation: float = 0.0

    def axes(self) -> list[int]:
        """The axes whose lengths these pictures show."""
        return sorted({axis for slot in self.slots for axis in DIRECTIONS[slot].axes()[:2]})


SETS = {
    "front": ViewSet(("image",)),
    "quarter": ViewSet(("image",), azimuth=40.0, elevation=20.0),
    "front+side": ViewSet(("image", "image_left")),
    "front+side+top": ViewSet(("image", "image_left", "image_top")),
    "4 views": ViewSet(("image", "image_back", "image_left", "image_right")),
    "6 views": ViewSet(tuple(DIRECTIONS)),
}


def scores(
    mesh: trimesh.Trimesh,
    name: str,
    chosen: Sequence[str],
    save: Path | None,
    *,
    learned: bool = True,
) -> Iterator[tuple[str, str, Score]]:
    """(view set, method, score) of one mesh: the built-in model, and where one picture is sent, the controls."""
    for label in chosen:
        views = SETS[label]
        seen = truth_render.turned(mesh, views.azimuth, views.elevation)
        pictures = {slot: truth_render.picture(seen, slot, name) for slot in views.slots}
        truth = truth_measures.framed(seen, views.axes())
        start = time.process_time()
        cutouts = {slot: matting.cut_out(rgba, view=slot) for slot, rgba in pictures.items()}
        model = build.model_from_views(cutouts, solid.Shape(learned=learned))
        spent = time.process_time() - start
        made = trimesh.Trimesh(model.vertices, model.faces, process=False)
        if save is not None:
            made.export(save / f"{name}_{label.replace(' ', '_')}.glb")
        made = truth_measures.framed(made, views.axes())
        yield (
            label,
            model.depth_method,
            truth_measures.compare(made, truth, cutouts["image"], spent),
        )
        if len(views.slots) == 1:
            yield from _controls(label, cutouts["image"], truth, views)


def _controls(
    label: str, cutout: matting.Cutout, truth: trimesh.Trimesh, views: ViewSet
) -> Iterator[tuple[str, str, Score]]:
    for method, control in (("slab", truth_measures.slab), ("poisson", truth_measures.poisson)):
        start = time.process_time()
        made = control(cutout)
        spent = time.process_time() - start
        made = truth_measures.framed(made, views.axes())
        yield label, f"({method})", truth_measures.compare(made, truth, cutout, spent)


def ground_truth(folders: Sequence[Path]) -> dict[str, trimesh.Trimesh]:
    """Name -> mesh of every mesh file in the folders, by the alphabet; the stand-ins where none is given."""
    if not folders:
        return dict(_stand_ins())
    paths = [
        path
        for folder in folders
        for path in folder.iterdir()
        if path.suffix.lower() in truth_render.SUFFIXES
    ]
    return {
        path.stem: truth_render.load(path) for path in sorted(paths, key=lambda path: path.stem)
    }


def _stand_ins() -> Iterator[tuple[str, trimesh.Trimesh]]:
    from pipelines.geometry.families import model
    from pipelines.geometry.families.registry import families

    known = families()
    for name in STAND_INS:
        if name in known:
            built = model.build(known[name], {}, seed=0)
            mesh = trimesh.Trimesh(built.vertices, built.faces, process=False)
            yield name, mesh.apply_translation(-mesh.bounds.mean(axis=0))


def print_table(rows: list[tuple[str, str, str, Score]], names: list[str]) -> None:
    """rows of (mesh, view set, method, score)."""
    halves = {"dev": set(names[::2]), "test": set(names[1::2]), "all": set(names)}
    print(f"\n{'':<30}" + "".join(f"{half + ' CD / F5 / IoU':^24}" for half in halves), end="")
    print(f"{'outline':>9}{'CPU s':>7}  watertight")
    for label in SETS:
        methods = sorted({row[2] for row in rows if row[1] == label}, key=lambda m: m[0] == "(")
        for method in methods:
            of_method = [(row[0], row[3]) for row in rows if row[1:3] == (label, method)]
            text = f"{label:<15}{method:<15}"
            for half in halves.values():
                text += f"{_means([score for name, score in of_method if name in half]):^24}"
            closed = sum(score.watertight for _, score in of_method)
            spent = statistics.median(score.cpu_s for _, score in of_method)
            outline = statistics.mean(score.outline for _, score in of_method)
            print(f"{text}{outline:9.3f}{spent:7.2f}  {closed}/{len(of_method)}")
        ours = [(row[0], row[3]) for row in rows if row[1] == label and row[2][0] != "("]
        if len({row[2] for row in rows if row[1] == label and row[2][0] != "("}) > 1:
            text = f"{label:<15}{'built-in':<15}"
            for half in halves.values():
                text += f"{_means([score for name, score in ours if name in half]):^24}"
            print(text)


def _means(scores: list[Score]) -> str:
    if not scores:
        return "-"
    chamfer, f5, iou = np.mean([(s.chamfer, s.f5, s.iou) for s in scores], axis=0)
    return f"{chamfer:.4f} / {f5:.3f} / {iou:.3f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--meshes", type=Path, nargs="+", default=[], help="folders of meshes")
    parser.add_argument("--only", default=",".join(SETS), help=f"of {', '.join(SETS)}")
    parser.add_argument("--limit", type=int, help="so many meshes, spread over the alphabet")
    parser.add_argument("--each", action="store_true", help="a line for every mesh")
    parser.add_argument("--inflation", action="store_true", help="one picture without the network")
    parser.add_argument("--save", type=Path, help="folder for the meshes made, as GLB")
    arguments = parser.parse_args()
    chosen = [label.strip() for label in arguments.only.split(",")]
    if unknown := set(chosen) - set(SETS):
        parser.error(f"--only knows {', '.join(SETS)}; not {', '.join(unknown)}")
    if arguments.save:
        arguments.save.mkdir(parents=True, exist_ok=True)
    meshes = ground_truth(arguments.meshes)
    if not meshes:
        parser.error("no meshes in these folders")
    names = list(meshes)
    if arguments.limit and arguments.limit < len(names):
        places = np.linspace(0, len(names) - 1, arguments.limit).round().astype(int)
        names = [names[place] for place in places]
    rows = []
    for name in names:
        for label, method, score in scores(
            meshes[name], name, chosen, arguments.save, learned=not arguments.inflation
        ):
            rows.append((name, label, method, score))
            if arguments.each and method[0] != "(":
                print(
                    f"{name:<20}{label:<15}{method:<14}{score.chamfer:.4f} / {score.f5:.3f} / "
                    f"{score.iou:.3f}  outline {score.outline:.3f}{'' if score.watertight else '  NOT WATERTIGHT'}",
                    flush=True,
                )
    print_table(rows, names)


if __name__ == "__main__":
    main()
