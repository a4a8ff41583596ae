"""CPU seconds of painting, stage by stage, beside what the libraries do by themselves, by texture size.

python benchmarks/painting.py [mesh] [--prompt "…"] [--faces 50000] [--sizes 256,512,1024,2048,4096]. Without a mesh a
ball with dents is made. Prints two tables; never a pass or a fail.
"""

from __future__ import annotations

import argparse
import io
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


def cpu(work: Callable[[], Any]) -> tuple[float, Any]:
    """CPU seconds of this process, and what the work returned."""
    start = time.process_time()
    value = work()
    return time.process_time() - start, value


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


def print_whole(mesh: Path, prompt: str, sizes: list[int], folder: Path, repeats: int) -> None:
    print(f"{'texture':>8}{'preprocess':>12}{'texture':>10}{'export':>9}{'whole':>8}{'GLB MB':>9}")
    whole(mesh, prompt, sizes[0], folder)  # what only the first run pays
    for size in sizes:
        runs = [whole(mesh, prompt, size, folder) for _ in range(repeats)]
        row = {name: statistics.median(run[name] for run in runs) for name in runs[0]}
        print(
            f"{size:>8}{row['preprocess']:>12.2f}{row['texture']:>10.2f}{row['export']:>9.2f}"
            f"{row['whole']:>8.2f}{row['MB']:>9.1f}",
            flush=True,
        )


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
        f"{'':>8}{'raster':>8}{'noise':>8}{'SciPy':>8}{'gaps':>8}{'SciPy':>8}{'JPEG':>8}{'PNG':>8}{'PNG 6':>8}"
    )
    painted = trimesh.load(folder / "output.glb", force="mesh", process=False)
    picture = painted.visual.material.baseColorTexture.convert("RGB")
    for size in sizes:
        raster, owner = cpu(lambda size=size: bake.texel_faces(cut.uv, cut.faces, size))
        image = np.asarray(picture.resize((size, size)))
        known = owner >= 0
        row = [raster, *noise_cost(size), *filling(image, known), *encoding(image).values()]
        print(f"{size:>8}" + "".join(f"{value:>8.3f}" for value in row), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("mesh", nargs="?", type=Path)
    parser.add_argument("--prompt", default="stone")
    parser.add_argument("--faces", type=int, default=50_000)
    parser.add_argument("--sizes", default="256,512,1024,2048,4096")
    parser.add_argument("--repeats", type=int, default=3)
    chosen = parser.parse_args()
    sizes = [int(size) for size in chosen.sizes.split(",")]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        mesh = chosen.mesh or dented_ball(folder, chosen.faces)
        print(f"CPU seconds to paint {chosen.prompt!r}")
        print_whole(mesh, chosen.prompt, sizes, folder, chosen.repeats)
        print_stages(mesh, sizes, folder)


if __name__ == "__main__":
    main()
