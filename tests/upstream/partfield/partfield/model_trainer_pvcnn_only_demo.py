"""Features that are the octant of a face's middle; what it was called with is written down."""

import json
import os
import time

import mesh2sdf  # as upstream does, of which nothing is called
import numpy as np
import torch
from torch_scatter import scatter_mean
from vtk import vtkPoints

UNUSED = mesh2sdf, vtkPoints
# Seeds by which a test asks for a failure.
OUT_OF_MEMORY, NO_NUMBERS, NO_FILE, SLOW = 13, 14, 15, 16


def record(call, **row):
    with open(os.environ["RECORD"], "a") as file:
        file.write(json.dumps({"call": call, **row}) + "\n")


class TriPlanePC2Encoder(torch.nn.Module):
    def __init__(self, cfg, device="cuda"):
        super().__init__()
        record("TriPlanePC2Encoder", device=device)

    def forward(self, xyz, feature):
        return xyz


class Planes(torch.nn.Module):
    def forward(self, planes):
        return planes


def sample_triplane_feat(planes, points):
    if torch.initial_seed() == SLOW:
        time.sleep(0.2)
    return points


class Model(torch.nn.Module):
    def __init__(self, cfg):
        super().__init__()
        record("Model", result_name=cfg.result_name)
        self.cfg = cfg
        self.pvcnn = TriPlanePC2Encoder(cfg, device="cuda")
        self.triplane_transformer = Planes()
        self.weight = torch.nn.Parameter(torch.zeros(2))

    def predict_step(self, batch, batch_idx):
        uid, cloud = batch["uid"][0], batch["pc"]
        corners = batch["vertices"][0][batch["faces"][0]]
        record(
            "predict_step",
            uid=uid,
            cloud=list(cloud.shape),
            low=cloud.amin(dim=(0, 1)).tolist(),
            high=cloud.amax(dim=(0, 1)).tolist(),
            first=cloud[0, 0].tolist(),
            shapes=[list(batch[name].shape) for name in ("vertices", "faces")],
            kinds=[str(batch[name].dtype) for name in ("pc", "vertices", "faces")],
            points_per_face=self.cfg.n_point_per_face,
            at_once=self.cfg.n_sample_each,
            seed=torch.initial_seed(),
            folder=os.getcwd(),
            there=os.listdir(),
            weight=self.weight.tolist(),
            training=self.training,
            index=batch_idx,
        )
        if torch.initial_seed() == OUT_OF_MEMORY:
            raise torch.OutOfMemoryError("CUDA out of memory")
        planes = self.triplane_transformer(self.pvcnn(cloud, cloud))
        count = len(corners) * self.cfg.n_point_per_face
        for start in range(0, count, self.cfg.n_sample_each):
            sample_triplane_feat(planes, start)
        # Twice the mean over two equal rows: scatter_mean is ours here.
        middles = torch.stack([corners.mean(dim=1)] * 2, dim=1).flatten(0, 1)
        rows = torch.arange(len(corners)).repeat_interleave(2)
        middles = scatter_mean(middles, rows, dim=0)
        features = torch.zeros(len(corners), 448)
        octant = (middles > 0).long() @ torch.tensor([1, 2, 4])
        features[torch.arange(len(corners)), octant] = 5.0
        if torch.initial_seed() == NO_NUMBERS:
            features[0, 0] = float("nan")
        folder = f"exp_results/{self.cfg.result_name}"
        os.makedirs(folder, exist_ok=True)
        if torch.initial_seed() != NO_FILE:
            np.save(f"{folder}/part_feat_{uid}_0_batch.npy", features.numpy())
