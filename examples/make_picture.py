"""Draws examples/rocket.png, the picture that new users meet first: a toy rocket, sphere-traced from its own formula.

Run from the repository: python examples/make_picture.py [out.png]. Needs numpy and Pillow; takes about a minute.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from PIL import Image

SIZE_PX, SUPERSAMPLING = 640, 2
CREAM, RED, TEAL, GOLD, GLASS, DARK, FLAME, YOLK = range(8)
COLOURS = np.array(
    [
        (0.93, 0.88, 0.78), (0.84, 0.17, 0.13), (0.10, 0.48, 0.53), (0.95, 0.66, 0.20),
        (0.36, 0.70, 0.90), (0.17, 0.18, 0.23), (0.98, 0.46, 0.10), (1.00, 0.82, 0.30),
    ]
)  # fmt: skip


def smooth_min(a, b, k):
    """Two distances joined with a fillet of radius k."""
    h = np.clip(0.5 + 0.5 * (b - a) / k, 0, 1)
    return b + (a - b) * h - k * h * (1 - h)


def ellipsoid(p, centre, radii):
    """Approximate distance of points p (n, 3) to an ellipsoid."""
    q = (p - centre) / radii
    length = np.linalg.norm(q, axis=1)
    slope = np.linalg.norm(q / radii, axis=1)
    return length * (length - 1.0) / np.maximum(slope, 1e-6)


def ring(p, centre, radius, thick):
    """Distance to a torus that lies in a plane of constant y."""
    q = p - centre
    around = np.hypot(q[:, 0], q[:, 2]) - radius
    return np.hypot(around, q[:, 1]) - thick


def porthole(p, y, radius, tilt):
    """Distances to a window's rim and its glass, set into the front at height y."""
    q = p - np.array([0.0, y, tilt])
    flat = np.hypot(q[:, 0], q[:, 1])
    rim = np.hypot(flat - radius, q[:, 2]) - 0.045
    return rim, ellipsoid(p, np.array([0.0, y, tilt - 0.05]), np.array([radius, radius, 0.10]))


def fin(p, angle):
    """Distance to one swept fin that stands off the body at an angle about y."""
    c, s = np.cos(angle), np.sin(angle)
    out, side = p[:, 0] * c + p[:, 2] * s, -p[:, 0] * s + p[:, 2] * c
    # A slice between two arcs, thick in the middle.
    low = np.hypot(out - 0.30, p[:, 1] + 0.62) - 0.52
    cut = 0.40 - np.hypot(out - 0.26, p[:, 1] + 1.15)
    blade = np.maximum(np.maximum(low, cut), 0.15 - out)
    return np.hypot(np.maximum(blade + 0.06, 0), np.maximum(np.abs(side) - 0.015, 0)) - 0.06


def body_radius_cut(p):
    """The rocket's hull: a stretched drop, cut flat at the bottom."""
    drop = ellipsoid(p, np.array([0.0, 0.08, 0.0]), np.array([0.46, 1.05, 0.46]))
    return np.maximum(drop, -(p[:, 1] + 0.70))


def scene(p):
    """Distance of points (n, 3) to the rocket and the number of the colour there."""
    hull = body_radius_cut(p)
    paint = np.where(p[:, 1] > 0.60, RED, CREAM)
    paint = np.where((p[:, 1] > -0.52) & (p[:, 1] < -0.36), TEAL, paint)
    parts = [(hull, paint)]
    fins = np.min([fin(p, angle) for angle in np.radians([-6, 186, 90])], axis=0)
    parts.append((fins, np.full(len(p), RED)))
    nozzle = smooth_min(
        ring(p, np.array([0, -0.74, 0]), 0.24, 0.07),
        ring(p, np.array([0, -0.82, 0]), 0.20, 0.05),
        0.05,
    )
    parts.append((nozzle, np.full(len(p), DARK)))
    parts.append((ring(p, np.array([0, 0.60, 0]), 0.385, 0.035), np.full(len(p), GOLD)))
    tip = ellipsoid(p, np.array([0, 1.16, 0]), np.array([0.075, 0.075, 0.075]))
    parts.append((tip, np.full(len(p), GOLD)))
    for y, radius, tilt in ((0.24, 0.17, 0.44), (-0.16, 0.105, 0.44)):
        rim, glass = porthole(p, y, radius, tilt)
        parts += [(rim, np.full(len(p), GOLD)), (glass, np.full(len(p), GLASS))]
    flame = ellipsoid(p, np.array([0, -0.98, 0]), np.array([0.19, 0.30, 0.19]))
    core = ellipsoid(p, np.array([0, -0.92, 0.10]), np.array([0.11, 0.19, 0.13]))
    parts += [(flame, np.full(len(p), FLAME)), (core, np.full(len(p), YOLK))]
    distances = np.stack([part[0] for part in parts])
    nearest = distances.argmin(0)
    index = np.arange(len(p))
    return distances[nearest, index], np.stack([part[1] for part in parts])[nearest, index]


def trace(origins, direction):
    """March rays (n, 3) along one direction until they hit. -> hit (n,) bool, points (n, 3)."""
    points, alive = origins.copy(), np.arange(len(origins))
    hit, travelled = np.zeros(len(origins), bool), np.zeros(len(origins))
    for _ in range(90):
        distance, _ = scene(points[alive])
        close = distance < 8e-4
        hit[alive[close]] = True
        points[alive] += np.where(close, 0.0, distance * 0.8)[:, None] * direction
        travelled[alive] += distance * 0.8
        alive = alive[~close & (travelled[alive] < 6.0)]
        if not len(alive):
            break
    return hit, points


def normals(points):
    """Unit normals (n, 3) of the surface by differences."""
    step = 1e-3 * np.array([[1, -1, -1], [-1, -1, 1], [-1, 1, -1], [1, 1, 1]])
    total = sum(row * scene(points + row)[0][:, None] for row in step)
    return total / np.linalg.norm(total, axis=1, keepdims=True)


def open_sky(points, normal):
    """How little the neighbourhood darkens each point, 0..1: distances felt along the normal."""
    shade = np.zeros(len(points))
    for step in (0.04, 0.09, 0.18, 0.3):
        shade += np.clip(step - scene(points + normal * step)[0], 0, None) / step * 0.28
    return np.clip(1.0 - shade, 0.25, 1.0)


def shade(points, eye):
    """RGB (n, 3) in 0..1: a warm key light, a cool fill, a rim and a soft highlight."""
    normal, paint = normals(points), scene(points)[1]
    base = COLOURS[paint]
    key, fill = np.array([-0.45, 0.65, 0.62]), np.array([0.75, 0.1, 0.5])
    key, fill = key / np.linalg.norm(key), fill / np.linalg.norm(fill)
    half = (key + eye) / np.linalg.norm(key + eye)
    sky = open_sky(points, normal)
    light = (
        0.34 * sky
        + 0.72 * np.clip(normal @ key, 0, 1) * (0.4 + 0.6 * sky)
        + 0.20 * np.clip(normal @ fill, 0, 1)
    )
    colour = base * light[:, None]
    glow = np.isin(paint, (FLAME, YOLK))
    colour[glow] = base[glow] * (0.75 + 0.3 * np.clip(normal[glow] @ eye, 0, 1))[:, None]
    gloss = np.clip(normal @ half, 0, 1)
    shine = np.where(paint == GLASS, 0.75, np.where(glow, 0.0, 0.28)) * gloss ** np.where(
        paint == GLASS, 60, 34
    )
    rim = 0.10 * np.clip(1 - normal @ eye, 0, 1) ** 3
    return colour + (shine + rim)[:, None]


def draw(size):
    """The picture as (size, size, 4) uint8, transparent around the rocket."""
    tilt, turn = np.radians(6), np.radians(14)
    eye = np.array([np.sin(turn) * np.cos(tilt), np.sin(tilt), np.cos(turn) * np.cos(tilt)])
    right = np.array([np.cos(turn), 0, -np.sin(turn)])
    up = np.cross(eye, right)
    roll = np.radians(-10)
    right, up = right * np.cos(roll) + up * np.sin(roll), up * np.cos(roll) - right * np.sin(roll)
    steps = ((np.arange(size) + 0.5) / size * 2 - 1) * 1.36
    across, down = np.meshgrid(steps, -steps)
    origins = across.reshape(-1, 1) * right + down.reshape(-1, 1) * up + eye * 3.0
    hit, points = trace(origins, -eye)
    image = np.zeros((size * size, 4))
    image[hit, :3] = np.clip(shade(points[hit], eye), 0, 1) ** (1 / 1.25)
    image[hit, 3] = 1.0
    return image.reshape(size, size, 4)


def main():
    out = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).with_name("rocket.png")
    fine = draw(SIZE_PX * SUPERSAMPLING)
    # Colours are weighted by coverage, so that the transparent background does not darken the border.
    blocks = fine.reshape(SIZE_PX, SUPERSAMPLING, SIZE_PX, SUPERSAMPLING, 4)
    alpha = blocks[..., 3].mean((1, 3))
    colour = (blocks[..., :3] * blocks[..., 3:]).sum((1, 3)) / np.maximum(
        blocks[..., 3:].sum((1, 3)), 1e-6
    )
    rgba = np.concatenate([colour, alpha[..., None]], axis=2)
    Image.fromarray((rgba * 255 + 0.5).astype(np.uint8)).save(out, optimize=True)


if __name__ == "__main__":
    main()
