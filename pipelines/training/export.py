"""A checkpoint of `train` as ONNX: `python -m pipelines.training.export depth.pt pipelines/weights/depth.onnx`.

Opset 17. Weights are kept in 16 bits and widened when the file is loaded: half the size, the same answer to 1e-3.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import helper, numpy_helper

from pipelines.geometry.depth import SIDE_PX
from pipelines.training.network import INPUTS, DepthNet

OPSET = 17
# Smaller tensors (biases, norms) stay as they are.
FEWEST_VALUES = 64


def export(net: DepthNet, target: Path) -> None:
    """Write a network; the file has one input `maps` and one output, of any count of pictures."""
    draft = target.with_suffix(".part.onnx")
    torch.onnx.export(
        net,
        (torch.zeros(2, INPUTS, SIDE_PX, SIDE_PX),),
        str(draft),
        opset_version=OPSET,
        input_names=["maps"],
        output_names=["factor_and_middle"],
        dynamic_axes={"maps": {0: "pictures"}, "factor_and_middle": {0: "pictures"}},
        dynamo=False,
    )
    model = onnx.load(draft)
    _narrow(model.graph)
    onnx.checker.check_model(model)
    onnx.save(model, draft)
    draft.rename(target)


def mixed(net: DepthNet, other: DepthNet, share: float) -> DepthNet:
    """The network with so large a share of the other's weights: where one was fine-tuned from the other, better on
    pictures that neither saw (M. Wortsman et al., Robust fine-tuning of zero-shot models, CVPR 2022)."""
    theirs = other.state_dict()
    net.load_state_dict(
        {name: (1.0 - share) * own + share * theirs[name] for name, own in net.state_dict().items()}
    )
    return net


def _narrow(graph: onnx.GraphProto) -> None:
    """Weights in float16, each with a cast back before its use."""
    for tensor in graph.initializer:
        values = numpy_helper.to_array(tensor)
        if values.dtype != np.float32 or values.size < FEWEST_VALUES:
            continue
        name, stored = tensor.name, f"{tensor.name}_16"
        tensor.CopyFrom(numpy_helper.from_array(values.astype(np.float16), stored))
        graph.node.insert(0, helper.make_node("Cast", [stored], [name], to=onnx.TensorProto.FLOAT))


def main() -> None:
    """Read the command line and export."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("--mix", type=Path, help="a checkpoint that this one was fine-tuned from")
    parser.add_argument("--share", type=float, default=1 / 3, help="of the weights of --mix")
    given = parser.parse_args()
    given.target.parent.mkdir(parents=True, exist_ok=True)
    net = DepthNet.load(given.checkpoint)
    if given.mix:
        net = mixed(net, DepthNet.load(given.mix), given.share)
    export(net, given.target)


if __name__ == "__main__":
    main()
