"""The built-in shape model at its coarsest grid, for the tests of its shapes, limits and styles."""

import numpy as np
from PIL import Image

from tests.pipelines.classic_pictures import figure, result, run, saved

COARSE = {"sparse_structure_sample_steps": 1}
RAW, TEXTURED = "image_to_raw_mesh", "image_to_textured_mesh"


def make(folder, feature=RAW, params=None, options=None, picture=None, **views):
    """Run on the figure (or `picture`) at the coarsest grid. -> the outcome and the mesh."""
    folder.mkdir(exist_ok=True)
    inputs = {"image": saved(folder, picture or figure())}
    inputs |= {slot: saved(folder, view, f"{slot}.png") for slot, view in views.items()}
    size = {"texture_size": 256} if feature == TEXTURED else {}
    outcome = run(
        feature, inputs, folder, {**size, **(params or {})}, {**COARSE, **(options or {})}
    )
    return outcome, result(folder)


def dotted() -> Image.Image:
    """The figure with light and dark patches on it: shading for the relief to read."""
    picture = np.array(figure(320))
    rows, cols = np.mgrid[:320, :320]
    light = (
        0.5 + 0.3 * np.sign(np.sin(rows / 12) * np.sin(cols / 12)) + 0.2 * np.sign(np.sin(rows / 3))
    )
    picture[..., :3] = (picture[..., :3] * light[..., None]).astype(np.uint8)
    return Image.fromarray(picture)
