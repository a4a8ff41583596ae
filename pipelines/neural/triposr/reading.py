"""A picture -> TripoSR's three planes -> a closed surface and the colours of places on it.

Upstream's extract_mesh asks for all places at once; here they are asked chunk by chunk, each a cancel point, and the
surface is closed where it reaches the border of the cube.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from pipelines.neural import isosurface
from pipelines.neural.coloured import UP_Z_FRONT_X, Coloured, coloured
from pipelines.neural.steps import Span, each


def planes(model: Any, picture: NDArray[np.uint8], device: str, span: Span) -> torch.Tensor:
    """The planes (3, channels, side, side) of a picture (h, w, 3) uint8, object centred on grey: one pass.

    Each layer of its two large parts is a cancel point.
    """
    layers = [*model.image_tokenizer.model.encoder.layer, *model.backbone.transformer_blocks]
    with torch.no_grad(), each(layers, "forward", span):
        return model([Image.fromarray(picture)], device=device)[0]


def shape(
    model: Any, of: torch.Tensor, side: int, threshold: float, told: Callable[[float], None]
) -> Coloured:
    """The shape in planes on a grid of `side` a side, turned our way: inside is where the density is above `threshold`.

    `told` hears the share that is done, and may raise. Raises EmptyShape.
    """
    field, radius = _Field(model, of), float(model.renderer.cfg.radius)
    values = isosurface.sampled(field.densities, side, radius, told)
    vertices, faces = isosurface.surface(values, threshold, radius)
    # Upstream's cameras: Z is up, the first one, which sees what the picture shows, stands at +X.
    return coloured(vertices, faces, field.colours, UP_Z_FRONT_X)


class _Field:
    """What the network knows of places in the cube."""

    def __init__(self, model: Any, of: torch.Tensor) -> None:
        self._model, self._planes = model, of

    def densities(self, points: NDArray[np.float32]) -> NDArray[np.float32]:
        """points (n, 3) -> (n,), 0 and more."""
        return self._asked(points, "density_act")[:, 0]

    def colours(self, points: NDArray[np.float32]) -> NDArray[np.float32]:
        """points (n, 3) -> RGB (n, 3) in 0..255, as pictures are encoded."""
        return self._asked(points, "color") * np.float32(255.0)

    @torch.no_grad()
    def _asked(self, points: NDArray[np.float32], what: str) -> NDArray[np.float32]:
        places = torch.from_numpy(np.ascontiguousarray(points, np.float32)).to(self._planes.device)
        renderer, decoder = self._model.renderer, self._model.decoder
        return renderer.query_triplane(decoder, places, self._planes)[what].float().cpu().numpy()
