"""Draws docs/images/hero.png: a picture, and the mesh that was made of it, turned four ways.

    python -m pipelines image_to_textured_mesh --image examples/rocket.png --out /tmp/rocket
    python examples/make_hero.py examples/rocket.png /tmp/rocket/output.glb docs/images/hero.png

A small software rasteriser: parallel projection, one light, bilinear texture. Takes about ten seconds.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import trimesh
from PIL import Image, ImageChops, ImageDraw

PANEL_PX, SUPERSAMPLING = 320, 2
MARGIN_PX = 24
TURNS_DEG = (-30, 40, 110, 180)  # 0 looks at the front, 90 at the object's left side
TILT_DEG = 12
LIGHT = np.array([0.35, 0.55, 0.75])  # to the light, in the eye's frame: right, up, towards the eye
AMBIENT = 0.45


def eye_frame(turn_deg: float) -> np.ndarray:
    """Rows right, up and towards the eye, of an eye that went round the Y axis by `turn_deg` and up a little."""
    turn, tilt = np.radians(turn_deg), np.radians(TILT_DEG)
    toward = np.array([np.sin(turn) * np.cos(tilt), np.sin(tilt), np.cos(turn) * np.cos(tilt)])
    right = np.array([np.cos(turn), 0.0, -np.sin(turn)])
    return np.stack([right, np.cross(toward, right), toward])


def texels(image: np.ndarray, uv: np.ndarray) -> np.ndarray:
    """Bilinear colours (n, 3) of an image (h, w, 3) at uv (n, 2), v up."""
    height, width = image.shape[:2]
    x = np.clip(uv[:, 0] * width - 0.5, 0, width - 1.001)
    y = np.clip((1 - uv[:, 1]) * height - 0.5, 0, height - 1.001)
    x0, y0 = x.astype(int), y.astype(int)
    fx, fy = (x - x0)[:, None], (y - y0)[:, None]
    x1, y1 = np.minimum(x0 + 1, width - 1), np.minimum(y0 + 1, height - 1)
    top = image[y0, x0] * (1 - fx) + image[y0, x1] * fx
    bottom = image[y1, x0] * (1 - fx) + image[y1, x1] * fx
    return top * (1 - fy) + bottom * fy


def rasterise(points: np.ndarray, faces: np.ndarray, px: int) -> tuple[np.ndarray, np.ndarray]:
    """Nearest face (px, px) int and its barycentric weights (px, px, 3). points (n, 3): pixels, and nearness as z."""
    depth = np.full((px, px), -np.inf)
    nearest = np.full((px, px), -1)
    weights = np.zeros((px, px, 3))
    for index, (a, b, c) in enumerate(points[faces]):
        low = np.maximum(np.floor(np.minimum(np.minimum(a, b), c)[:2] - 0.5).astype(int), 0)
        high = np.minimum(np.ceil(np.maximum(np.maximum(a, b), c)[:2] + 0.5).astype(int), px)
        area = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
        if (high <= low).any() or abs(area) < 1e-9:
            continue
        y, x = np.mgrid[low[1] : high[1], low[0] : high[0]] + 0.5
        wb = ((x - a[0]) * (c[1] - a[1]) - (y - a[1]) * (c[0] - a[0])) / area
        wc = ((b[0] - a[0]) * (y - a[1]) - (b[1] - a[1]) * (x - a[0])) / area
        wa = 1 - wb - wc
        z = wa * a[2] + wb * b[2] + wc * c[2]
        window = np.s_[low[1] : high[1], low[0] : high[0]]
        seen = (wa >= -1e-9) & (wb >= -1e-9) & (wc >= -1e-9) & (z > depth[window])
        depth[window][seen] = z[seen]
        nearest[window][seen] = index
        weights[window][seen] = np.stack([wa, wb, wc], -1)[seen]
    return nearest, weights


def render(mesh: trimesh.Trimesh, turn_deg: float) -> Image.Image:
    """One view on white, PANEL_PX a side."""
    px = PANEL_PX * SUPERSAMPLING
    frame = eye_frame(turn_deg)
    centred = mesh.vertices - mesh.bounds.mean(axis=0)
    scale = 0.93 * px / (2 * np.linalg.norm(centred, axis=1).max())
    points = centred @ frame.T * scale
    points = np.stack([px / 2 + points[:, 0], px / 2 - points[:, 1], points[:, 2]], -1)
    nearest, weights = rasterise(points, mesh.faces, px)
    hit = nearest >= 0
    corners, share = mesh.faces[nearest[hit]], weights[hit][..., None]
    normals = (mesh.vertex_normals[corners] * share).sum(axis=1) @ frame.T
    light = np.clip(normals @ (LIGHT / np.linalg.norm(LIGHT)), 0, 1)
    texture = np.asarray(mesh.visual.material.baseColorTexture.convert("RGB"), dtype=float)
    colours = texels(texture, (mesh.visual.uv[corners] * share).sum(axis=1))
    image = np.full((px, px, 3), 255.0)
    image[hit] = np.minimum(colours * (AMBIENT + 0.75 * light)[:, None], 255)
    return Image.fromarray(image.astype(np.uint8)).resize((PANEL_PX, PANEL_PX), Image.LANCZOS)


def trimmed(panel: Image.Image) -> Image.Image:
    """As wide as what is on it, and a margin."""
    ink = ImageChops.difference(panel, Image.new("RGB", panel.size, "white")).getbbox()
    left, right = (ink[0], ink[2]) if ink else (0, panel.width)
    strip = Image.new("RGB", (right - left + 2 * MARGIN_PX, panel.height), "white")
    strip.paste(panel.crop((left, 0, right, panel.height)), (MARGIN_PX, 0))
    return strip


def arrow() -> Image.Image:
    """From picture to mesh."""
    image = Image.new("RGB", (PANEL_PX // 5 * 4, PANEL_PX * 4), "white")
    width, middle = image.width, image.height // 2
    draw = ImageDraw.Draw(image)
    draw.line([(30, middle), (width - 60, middle)], fill="#888", width=14)
    tip = [(width - 80, middle - 45), (width - 20, middle), (width - 80, middle + 45)]
    draw.polygon(tip, fill="#888")
    return image.resize((PANEL_PX // 5, PANEL_PX), Image.LANCZOS)


def main(picture: Path, glb: Path, out: Path) -> None:
    mesh = trimesh.load(glb, force="mesh", process=False)
    source = Image.open(picture).convert("RGBA")
    source.thumbnail((PANEL_PX - 20, PANEL_PX - 20), Image.LANCZOS)
    first = Image.new("RGB", (PANEL_PX, PANEL_PX), "white")
    first.paste(source, ((PANEL_PX - source.width) // 2, (PANEL_PX - source.height) // 2), source)
    views = (render(mesh, turn) for turn in TURNS_DEG)
    panels = [trimmed(first), arrow(), *map(trimmed, views)]
    sheet = Image.new("RGB", (sum(panel.width for panel in panels), PANEL_PX), "white")
    x = 0
    for panel in panels:
        sheet.paste(panel, (x, 0))
        x += panel.width
    out.parent.mkdir(parents=True, exist_ok=True)
    sheet.save(out, optimize=True)


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*map(Path, sys.argv[1:]))
