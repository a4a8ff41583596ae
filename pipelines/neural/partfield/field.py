"""The network: loaded once, then a feature (m, 448) for the faces of a mesh.

Upstream has scripts and no library: its class `Model` is made of its own configuration and asked for one step of
prediction, which leaves its answer in a file below the working folder. Torch and upstream code are imported here alone.
"""

from __future__ import annotations

import os
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.errors import PipelineError
from pipelines.neural import checkpoint_file, point_ops, stand_ins, surface_points
from pipelines.neural.steps import Span, counted, each, wrapped

CHANNELS = 448
# What upstream samples of the surface, and how large it draws a mesh in its cube from -1 to 1.
CLOUD_POINTS = 100_000
HALF_SIDE = 0.9
# Points whose features are held at once: 448 numbers each.
CHUNK_POINTS = 50_000
# Imported by upstream's training, remeshing and data set code; its prediction calls nothing of them. Some are under
# licences that this project does not take.
UNUSED = (
    *(
        "boto3",
        "h5py",
        "loguru",
        "mesh2sdf",
        "plyfile",
        "psutil",
        "pymeshlab",
        "pytz",
        "tetgen",
        "vtk",
    ),
    *("distutils.util", "torch_utils.dist_utils"),
)
# Where the time of a run goes: the cloud, the planes made of it, then the features of points.
_CLOUD, _PLANES = 0.2, 0.4


@dataclass
class Field:
    """The loaded network. `trainer` is the module of upstream's Model."""

    model: Any
    cfg: Any
    trainer: Any
    device: str

    def features(
        self, vertices: NDArray, faces: NDArray, points_per_face: int, seed: int, span: Span
    ) -> NDArray[np.float32]:
        """The feature (m, 448), of length 1, of each face: the mean of those at so many random points on it.

        vertices (n, 3), faces (m, 3) with an area. The same seed gives the same features. Raises PipelineError where
        the network answers with what are no numbers.
        """
        import torch

        points = fitted(vertices)
        chance = np.random.default_rng(seed)
        cloud = surface_points.sampled(points, faces, CLOUD_POINTS, chance).places
        batch = {
            "uid": [uuid.uuid4().hex],
            "pc": torch.from_numpy(cloud)[None].to(self.device),
            "vertices": torch.from_numpy(points.astype(np.float32))[None].to(self.device),
            "faces": torch.from_numpy(faces.astype(np.int64))[None].to(self.device),
        }
        # Upstream wants whole faces in each chunk of points.
        at_once = points_per_face * max(1, CHUNK_POINTS // points_per_face)
        self.cfg.n_point_per_face, self.cfg.n_sample_each = points_per_face, at_once
        chunks = len(faces) * points_per_face // at_once + 1
        torch.manual_seed(seed)
        with (
            tempfile.TemporaryDirectory(prefix="partfield-") as folder,
            _standing_in(Path(folder)),
            each(_layers(self.model.pvcnn), "forward", span.part(0.0, _CLOUD)),
            each(_layers(self.model.triplane_transformer), "forward", span.part(_CLOUD, _PLANES)),
            counted(self.trainer, "sample_triplane_feat", chunks, span.part(_PLANES, 1.0)),
            self._numbers(),
        ):
            self.model.predict_step(batch, 0)
            found = _left_in(Path(folder), batch["uid"][0])
        return _of_length_one(found, len(faces))

    def _numbers(self) -> Any:
        """Half precision on a GPU, as upstream runs it."""
        import torch

        return torch.autocast(self.device, torch.float16, enabled=self.device != "cpu")


def load(checkpoint: Path, device: str) -> Field:
    """The network with the weights of a file, on a device. Raises ModelLoadFailed."""
    stand_ins.put_unused(UNUSED)
    stand_ins.put({"torch_scatter": point_ops.TORCH_SCATTER})
    from partfield import model_trainer_pvcnn_only_demo as trainer
    from partfield.config import defaults

    cfg = defaults._C.clone()
    home = Path(defaults.__file__).parents[2]
    cfg.merge_from_file(str(home / "configs" / "final" / "demo.yaml"))
    # Upstream says "cuda" here whatever there is.
    with wrapped(trainer, "TriPlanePC2Encoder", _made_on(device)):
        model = trainer.Model(cfg)
    checkpoint_file.load_into(model, checkpoint_file.state_dict(checkpoint), checkpoint.name)
    return Field(model.eval().to(device), cfg, trainer, device)


def _made_on(device: str) -> Callable[..., Any]:
    def made(make: Callable[..., Any], *args: Any, **words: Any) -> Any:
        return make(*args, **{**words, "device": device})

    return made


def _layers(module: Any) -> list[Any]:
    """The modules of a network that have none in them: each is a cancel point."""
    return [one for one in module.modules() if next(one.children(), None) is None]


def fitted(vertices: NDArray) -> NDArray[np.float64]:
    """vertices (n, 3) moved to the origin and scaled as upstream does."""
    low, high = vertices.min(axis=0), vertices.max(axis=0)
    return np.asarray((vertices - (low + high) / 2.0) * (2.0 * HALF_SIDE / (high - low).max()))


def _left_in(folder: Path, uid: str) -> NDArray:
    """What a step of prediction wrote."""
    files = sorted(folder.glob(f"exp_results/*/part_feat_{uid}_*.npy"))
    if not files:
        raise PipelineError("the network left no features; the server's log may say why")
    return np.asarray(np.load(files[0], allow_pickle=False))


def _of_length_one(found: NDArray, count: int) -> NDArray[np.float32]:
    features = found.reshape(-1, found.shape[-1]).astype(np.float32)
    if len(features) != count:
        raise PipelineError(f"the network made {len(features)} features for {count} faces")
    length = np.linalg.norm(features, axis=1, keepdims=True)
    if not np.isfinite(length).all():
        raise PipelineError(
            "the network answered with what are no numbers; its weights may be broken"
        )
    return features / np.maximum(length, 1e-12)


@contextmanager
def _standing_in(folder: Path) -> Iterator[None]:
    """With a folder as the working folder: upstream writes below it, and takes what lies there for its own."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)
