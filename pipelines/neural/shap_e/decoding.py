"""A latent of Shap-E -> a closed surface and the colours of places on it.

The latent is projected onto the weights of a small network, which tells distance and colour of any place in the cube
from -1 to 1. diffusers' own decoder is not used: it has no cancel point, takes GiB at fine grids, asks for colours
beside the surface, and fails where nothing is inside.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from pipelines.neural import isosurface
from pipelines.neural.coloured import UP_Z_FRONT_MINUS_Y, Coloured, coloured

# The cube that the renderer's volume is, and the value of the field on the surface: tanh of a distance, inside above.
RADIUS, LEVEL = 1.0, 0.0
_PREFIX = "nerstf."


def decoded(pipe: Any, latent: torch.Tensor, side: int, told: Callable[[float], None]) -> Coloured:
    """The shape of a latent on a grid of `side` a side, turned our way.

    Its colours are asked of the pipeline's network, which the next latent overwrites. `told` hears the share that is
    done, and may raise. Raises EmptyShape.
    """
    field = _Field(pipe.shap_e_renderer, latent)
    values = isosurface.sampled(field.distances, side, RADIUS, told)
    vertices, faces = isosurface.surface(values, LEVEL, RADIUS)
    # The network's Z is up. Its renderer's first camera stands at -Y, from where the training renders saw the front.
    return coloured(vertices, faces, field.colours, UP_Z_FRONT_MINUS_Y)


class _Field:
    """The network of one latent."""

    def __init__(self, renderer: Any, latent: torch.Tensor) -> None:
        self._network = renderer.mlp
        self._device = latent.device
        with torch.no_grad():
            projected = renderer.params_proj(latent)
            for name, weight in self._network.state_dict().items():
                if (of_latent := projected.get(_PREFIX + name)) is not None:
                    weight.copy_(of_latent.squeeze(0))

    def distances(self, points: NDArray[np.float32]) -> NDArray[np.float32]:
        """points (n, 3) -> (n,), above 0 inside."""
        return self._asked(points).signed_distance[0, :, 0].float().cpu().numpy()

    def colours(self, points: NDArray[np.float32]) -> NDArray[np.float32]:
        """points (n, 3) -> RGB (n, 3) in 0..255. The network answers as pictures are encoded, in sRGB."""
        return self._asked(points).channels[0].float().cpu().numpy() * np.float32(255.0)

    @torch.no_grad()
    def _asked(self, points: NDArray[np.float32]) -> Any:
        position = torch.from_numpy(np.ascontiguousarray(points, np.float32))[None]
        return self._network(
            position=position.to(self._device, self._network.dtype),
            direction=None,
            ts=None,
            nerf_level="fine",
            rendering_mode="stf",
        )
