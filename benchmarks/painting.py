"""CPU seconds of painting: every material and prompts by place, against the limits; and stage by stage beside what the
libraries do by themselves.

python benchmarks/painting.py [mesh] [--prompt "…" …] [--faces 50000] [--sizes 1024,4096] [--repeats 1] [--every].
Without a mesh a ball with dents is made; without prompts all materials are painted, several by their places, and the
dearest once more on a file that brings its own coordinates: all of them with --every, which leaves out the stages. Says
what is over the limits; never fails. CPU seconds grow with the company on a machine: the pace, seconds of a fixed loop
after each prompt, says how much.
"""

from __future__ import annotations

import argparse
import io
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

FEATURE = "text_mesh_painting"
PLAIN_LIMIT = 100_000  # faces; above it plain xatlas takes minutes
# CPU seconds for 50,000 faces on two idle cores, by the texture's side in pixels.
LIMITS = {1024: 1.5, 4096: 6.0}
BY_PLACE = (
    "marble with gold trim",
    "rusty edges",
    "snow on top",
    "rock with snow on top",
    "stone with moss in the crevices",
    "leather with brass edges",
    "wood with gold trim and snow on top",
    "old mossy cracked stone",
)
SHOWN = 8  # of the dearest prompts, at each size


def cpu(work: Callable[[], Any]) -> tuple[float, Any]:
    """CPU seconds of this process, and what the work returned."""
    start = time.process_time()
    value = work()
    return time.process_time() - start, value


def pace() -> float:
    """Seconds of a fixed loop of array steps and plain Python: a measure of the machine at this moment."""
    import numpy as np

    values = np.random.default_rng(0).random((3, 1_000_000)).astype(np.float32)

    def loop() -> None:
        for _ in range(6):
            squares = values * values
            squares += values
            np.sqrt(np.floor(squares, out=squares), out=squares)
            values[1].take((values[0] * 999_999).astype(np.int64))
        sum(number * number for number in range(400_000))

    return cpu(loop)[0]


def fill_tables() -> None:
    """Make the noise tables, which a process makes once."""
    import numpy as np

    from pipelines.geometry.materials import noise

    point = np.zeros((1, 3), np.float32)
    noise.cells(point)
    for octaves in range(1, noise.BLOCK_OCTAVES + 1):
        noise.fbm(point, octaves)


def dented_ball(folder: Path, faces: int) -> Path:
    """About so many faces, with bumps of two sizes."""
    import numpy as np
    import trimesh

    detail = max(2, round(np.log(faces / 20) / np.log(4)) + 1)
    ball = trimesh.creation.icosphere(detail)
    x, y, z = ball.vertices.T
    bumps = 0.08 * np.sin(5 * x + 2) * np.cos(4 * y) + 0.02 * np.sin(17 * z) * np.sin(13 * x)
    ball.vertices *= (1 + bumps)[:, None]
    if len(ball.faces) > faces:
        ball = ball.simplify_quadric_decimation(face_count=faces)
    path = folder / "ball.ply"
    path.write_bytes(ball.export(file_type="ply"))
    return path


def whole(mesh: Path, prompt: str, size: int, folder: Path) -> dict[str, float]:
    """Seconds of a whole job by stage, without the imports."""
    from pipelines.catalog import Catalog
    from pipelines.spec import Work

    catalog = Catalog.discover()
    model_id = f"classic_{FEATURE}"
    adapter = catalog.adapters[model_id]()
    adapter.load("cpu")
    seconds: dict[str, float] = {}
    last = time.process_time()

    def report(stage: str, fraction: float = 0.0) -> None:
        nonlocal last
        now = time.process_time()
        if fraction >= 1.0:
            seconds[stage] = seconds.get(stage, 0.0) + now - last
        last = now

    params = catalog.feature(FEATURE).params(text_prompt=prompt, texture_size=size).model_dump()
    options = catalog.cards[model_id].options().model_dump()
    work = Work("benchmark", FEATURE, model_id, {"mesh": mesh}, params, options, folder)
    total, _ = cpu(lambda: catalog.feature(FEATURE).run(work, adapter, report))
    return {**seconds, "whole": total, "MB": (folder / "output.glb").stat().st_size / 1e6}


def unwrapping(vertices: Any, faces: Any) -> tuple[float, float | None]:
    """Seconds of our atlas and of plain xatlas; None where that would take minutes."""
    import xatlas

    from pipelines.geometry import uv_atlas

    ours, _ = cpu(lambda: uv_atlas.unwrap(vertices, faces))
    if len(faces) > PLAIN_LIMIT:
        return ours, None
    plain, _ = cpu(lambda: xatlas.parametrize(vertices.astype("f4"), faces.astype("u4")))
    return ours, plain


def filling(image: Any, known: Any) -> tuple[float, float]:
    """Seconds to fill the gaps of an image, ours and by SciPy's distance transform with indices."""
    from scipy import ndimage

    from pipelines.geometry import bake

    ours, _ = cpu(lambda: bake.fill_gaps(image.copy(), known))

    def plain() -> Any:
        rows, columns = ndimage.distance_transform_edt(
            ~known, return_distances=False, return_indices=True
        )
        return image[rows, columns]

    return ours, cpu(plain)[0]


def encoding(image: Any) -> dict[str, float]:
    """Seconds to encode an image: ours for colours, ours for other maps, PNG at level 6."""
    from PIL import Image

    from pipelines.geometry import glb

    def level_6() -> None:
        Image.fromarray(image).save(io.BytesIO(), "PNG", compress_level=6)

    return {
        "jpeg": cpu(lambda: glb.jpeg(image))[0],
        "png": cpu(lambda: glb.png(image))[0],
        "png 6": cpu(level_6)[0],
    }


def noise_cost(size: int) -> tuple[float, float]:
    """Seconds of four octaves of noise on size² points, ours and by SciPy octave by octave."""
    import numpy as np
    from scipy import ndimage

    from pipelines.geometry import bake
    from pipelines.geometry.materials import noise

    rows, columns = np.mgrid[0:size, 0:size].astype(np.float32) / size
    points = np.stack([columns, rows, columns * 0.3], -1).reshape(-1, 3) * np.float32(9)
    table = np.random.default_rng(0).random((32,) * 3).astype(np.float32)
    noise.fbm(points[:2], 4)

    def ours() -> None:
        for start in range(0, len(points), bake.BAND_TEXELS):
            noise.fbm(points[start : start + bake.BAND_TEXELS], 4)

    def plain() -> None:
        for octave in range(4):
            ndimage.map_coordinates(table, (points * 2**octave % 32).T, order=1, mode="grid-wrap")

    return cpu(ours)[0], cpu(plain)[0]


def cells_cost(size: int) -> tuple[float, float]:
    """Seconds of cells on size² points, ours and by SciPy's k-d tree of scattered points."""
    import numpy as np
    from scipy.spatial import cKDTree

    from pipelines.geometry import bake
    from pipelines.geometry.materials import noise

    rows, columns = np.mgrid[0:size, 0:size].astype(np.float32) / size
    points = np.stack([columns, rows, columns * 0.3], -1).reshape(-1, 3) * np.float32(20)
    scattered = np.random.default_rng(0).random((24**3, 3)) * 24 - 2
    noise.cells(points[:2])

    def ours() -> None:
        for start in range(0, len(points), bake.BAND_TEXELS):
            noise.cells(points[start : start + bake.BAND_TEXELS])

    # A sixteenth of the points shows what all of them take.
    plain, _ = cpu(lambda: cKDTree(scattered).query(points[::16], k=2))
    return cpu(ours)[0], plain * 16


def all_prompts() -> list[str]:
    """Every material by itself, and prompts of several by their places."""
    from pipelines.geometry.materials.registry import materials

    return [name.replace("_", " ") for name in materials()] + list(BY_PLACE)


def measured(
    mesh: Path, prompts: list[str], size: int, folder: Path, repeats: int
) -> dict[str, dict[str, float]]:
    """Seconds by stage of each prompt, the median of the runs, and the pace; those of the dearest first."""
    found = {}
    for prompt in prompts:
        runs = [{**whole(mesh, prompt, size, folder), "pace": pace()} for _ in range(repeats)]
        found[prompt] = {name: statistics.median(run[name] for run in runs) for name in runs[0]}
    return dict(sorted(found.items(), key=lambda row: -row[1]["whole"]))


def print_prompts(
    title: str, mesh: Path, prompts: list[str], size: int, folder: Path, repeats: int
) -> list[str]:
    """Print the dearest prompts at one texture size and which are over its limit; -> the dearest."""
    found = measured(mesh, prompts, size, folder, repeats)
    print(f"\n{title}, texture of {size} px: CPU seconds of the dearest of {len(found)}")
    print(
        f"{'':<40}{'preprocess':>12}{'texture':>10}{'export':>9}{'whole':>8}{'GLB MB':>9}{'pace':>8}"
    )
    for prompt, row in list(found.items())[:SHOWN]:
        print(
            f"{prompt:<40.40}{row['preprocess']:>12.2f}{row['texture']:>10.2f}{row['export']:>9.2f}"
            f"{row['whole']:>8.2f}{row['MB']:>9.1f}{row['pace']:>8.3f}"
        )
    middle = statistics.median(row["whole"] for row in found.values())
    paces = [row["pace"] for row in found.values()]
    print(f"pace {min(paces):.3f} to {max(paces):.3f}, median {statistics.median(paces):.3f} s")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"median of all {middle:.2f} s; peak memory of this process so far {peak:.0f} MiB")
    if size in LIMITS:
        over = [
            f"{prompt} {row['whole']:.2f} (pace {row['pace']:.3f})"
            for prompt, row in found.items()
            if row["whole"] > LIMITS[size]
        ]
        print(f"over the limit of {LIMITS[size]} s: {', '.join(over) or 'none'}", flush=True)
    return list(found)[:SHOWN]


def print_stages(mesh: Path, sizes: list[int], folder: Path) -> None:
    import numpy as np
    import trimesh

    from pipelines.geometry import bake, mesh_io, uv_atlas

    read = mesh_io.read(mesh)
    cut = uv_atlas.unwrap(read.vertices, read.faces)
    ours, plain = unwrapping(read.vertices, read.faces)
    beside = "minutes" if plain is None else f"{plain:.2f}"
    print(f"\natlas of {len(read.faces):,} faces: {ours:.2f}, plain xatlas: {beside}")
    print(
        f"{'':>8}{'raster':>8}{'noise':>8}{'SciPy':>8}{'cells':>8}{'SciPy':>8}{'gaps':>8}{'SciPy':>8}"
        f"{'JPEG':>8}{'PNG':>8}{'PNG 6':>8}"
    )
    painted = trimesh.load(folder / "output.glb", force="mesh", process=False)
    picture = painted.visual.material.baseColorTexture.convert("RGB")
    for size in sizes:
        raster, owner = cpu(lambda size=size: bake.texel_faces(cut.uv, cut.faces, size))
        image = np.asarray(picture.resize((size, size)))
        known = owner >= 0
        row = [raster, *noise_cost(size), *cells_cost(size), *filling(image, known)]
        row += encoding(image).values()
        print(f"{size:>8}" + "".join(f"{value:>8.3f}" for value in row), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("mesh", nargs="?", type=Path)
    parser.add_argument("--prompt", action="append")
    parser.add_argument("--faces", type=int, default=50_000)
    parser.add_argument("--sizes", default="1024,4096")
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--every", action="store_true")
    chosen = parser.parse_args()
    sizes = [int(size) for size in chosen.sizes.split(",")]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        mesh = chosen.mesh or dented_ball(folder, chosen.faces)
        fill_tables()
        whole(mesh, "stone", 256, folder)  # what only the first run pays
        own = folder / "own.glb"
        (folder / "output.glb").rename(own)
        for size in sizes:
            prompts = chosen.prompt or all_prompts()
            dearest = print_prompts("Painted", mesh, prompts, size, folder, chosen.repeats)
            again = prompts if chosen.every else dearest
            print_prompts("On the file's own coordinates", own, again, size, folder, chosen.repeats)
        if not chosen.every:
            print_stages(mesh, sizes, folder)


if __name__ == "__main__":
    main()
