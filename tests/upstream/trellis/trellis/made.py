"""What the decoders answer: a ball of radius 0.4, Z up. Its front, at -Y, is red as splats and yellow as a mesh; the
back is blue. Faint green splats are among the others."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
import trimesh

HARMONIC_0 = 0.28209479177387814
RED, YELLOW, BLUE, GREEN = (
    torch.tensor(row) for row in ((1.0, 0, 0), (1.0, 1.0, 0), (0, 0, 1.0), (0, 1.0, 0))
)


def _ball(divisions: int) -> Any:
    return trimesh.creation.icosphere(divisions, 0.4)


def _hollow() -> Any:
    inside = trimesh.creation.icosphere(3, 0.3)
    inside.invert()
    return inside


def _by_side(points: torch.Tensor, front: torch.Tensor) -> torch.Tensor:
    return torch.where(points[:, 1:2] < 0.0, front, BLUE)


class MeshExtractResult:
    def __init__(self, wanted: str) -> None:
        ball = _ball(4) + _hollow() if wanted == "hollow" else _ball(4)
        self.vertices = torch.tensor(np.asarray(ball.vertices), dtype=torch.float32)
        self.faces = torch.tensor(np.asarray(ball.faces), dtype=torch.int64)
        if wanted == "empty":
            self.vertices, self.faces = self.vertices[:0], self.faces[:0]
        if wanted == "nan":
            self.vertices = self.vertices * float("nan")
        colours = _by_side(self.vertices, YELLOW)
        self.vertex_attrs = torch.cat([colours, torch.zeros_like(colours)], dim=1)
        self.success = wanted != "empty"


class Gaussian:
    def __init__(self, wanted: str) -> None:
        bright = torch.tensor(np.asarray(_ball(5).vertices), dtype=torch.float32)
        faint = bright[::7] * 1.001
        points = torch.cat([bright, faint])
        if wanted == "empty":
            points = points[:0]
        colours = torch.cat([_by_side(bright, RED), GREEN.expand(len(faint), 3)])[: len(points)]
        self.get_xyz = points
        self.get_features = ((colours - 0.5) / HARMONIC_0)[:, None]
        opacity = torch.cat([torch.full((len(bright), 1), 0.9), torch.full((len(faint), 1), 0.01)])
        self.get_opacity = opacity[: len(points)]
        self.get_scaling = torch.full((len(points), 3), 0.005)
