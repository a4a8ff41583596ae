"""TripoSR's network, built and read from local folders, without what its code imports and does not need here.

TripoSR: Fast 3D Object Reconstruction from a Single Image (Tochilkin et al. 2024). Needs torch, transformers before 5
and the upstream checkout.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

from pipelines.errors import ModelLoadFailed
from pipelines.neural.stand_ins import put_unused
from pipelines.neural.steps import wrapped

CONFIG, WEIGHTS = "config.yaml", "model.ckpt"
# What upstream imports at its top: marching cubes that have to be compiled, and a matting network. Ours are used.
_UNUSED = ("torchmcubes", "rembg")
# Of the picture's encoder upstream asks the hub for the layout, not the weights.
LAYOUT_OF, LAYOUT_FILE = "facebook/dino-vitb16", "config.json"


def load(weights: Path, layout: Path, device: str) -> Any:
    """The network with the weights in a folder. `layout` holds the config.json of the picture's encoder.

    Raises ModelLoadFailed where the weights do not fit the code that is installed.
    """
    put_unused(_UNUSED)
    system = import_module("tsr.system")
    tokenizer = import_module("tsr.models.tokenizers.image")
    with wrapped(tokenizer, "hf_hub_download", _from(layout)):
        try:
            model = system.TSR.from_pretrained(
                str(weights), config_name=CONFIG, weight_name=WEIGHTS
            )
        except RuntimeError as error:
            if "state_dict" not in str(error):
                raise
            raise ModelLoadFailed(
                "its weights do not fit its code: the environment needs transformers of before 5"
            ) from error
    model.to(device)
    return model.eval()


def _from(layout: Path) -> Any:
    """What answers in place of the hub."""

    def local(call: Any, repo_id: str, filename: str) -> str:
        if (repo_id, filename) != (LAYOUT_OF, LAYOUT_FILE):
            raise ModelLoadFailed(f"its code asks for {filename} of {repo_id}, which is not here")
        return str(layout / filename)

    return local
