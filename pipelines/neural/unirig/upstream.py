"""Upstream's networks, made of its own configuration files, and its configurations with paths that hold anywhere.

Torch and upstream are imported here, in functions. Some of its mesh encoder is under GPL-3.0: it is imported from the
family's environment, where its user has put it, and nothing of it is here.
"""

from __future__ import annotations

import importlib.util
import json
import tempfile
from pathlib import Path
from typing import Any

from pipelines.errors import ModelLoadFailed
from pipelines.neural import checkpoint_file, point_ops, stand_ins

# Imported by what is not run here: readers and writers of files, renderers, training.
UNUSED = (
    *(
        "bpy",
        "bpy_extras.image_utils",
        "mathutils",
        "pyrender",
        "open3d",
        "wandb",
        "ocnn",
        "deepspeed",
    ),
    *("spconv.pytorch", "torch.onnx.symbolic_opset11"),
)
SKELETON_TASK = "quick_inference_skeleton_articulationxl_ar_256"
SKIN_TASK = "quick_inference_unirig_skin"
# The architecture that upstream names by its place on a hub; its numbers, without its weights.
OPT_350M = {
    "model_type": "opt",
    "architectures": ["OPTForCausalLM"],
    "activation_function": "relu",
    "attention_dropout": 0.0,
    "dropout": 0.1,
    "layerdrop": 0.0,
    "ffn_dim": 4096,
    "hidden_size": 1024,
    "init_std": 0.02,
    "num_attention_heads": 16,
    "num_hidden_layers": 24,
    "bos_token_id": 2,
    "eos_token_id": 2,
    "pad_token_id": 1,
}


def prepare() -> tuple[str, ...]:
    """Have upstream's imports find what they name, before anything of it is imported. -> what is not installed."""
    import transformers  # noqa: F401 - asks what is installed, and must not find a stand-in

    from pipelines.neural.unirig import attention

    stand_ins.put({"torch_scatter": point_ops.TORCH_SCATTER})
    stand_ins.put({"torch_cluster": point_ops.TORCH_CLUSTER})
    stand_ins.put(attention.FLASH_ATTN)
    stand_ins.put(attention.TIMM)
    return stand_ins.put_unused(UNUSED)


def home() -> Path:
    """The folder of the checkout. Raises ModelLoadFailed."""
    spec = importlib.util.find_spec("src")
    places = list(spec.submodule_search_locations or ()) if spec else []
    if not places:
        raise ModelLoadFailed("its code is not on the path of its environment")
    return Path(places[0]).parent


def config(kind: str, name: str) -> Any:
    """A configuration of upstream's, by the folder that it is in."""
    import yaml
    from box import Box

    path = home() / "configs" / kind / f"{name}.yaml"
    return Box(_rooted(yaml.safe_load(path.read_text())))


def _rooted(node: Any) -> Any:
    """The same with paths that upstream reads from its own folder in full."""
    if isinstance(node, dict):
        return {name: _rooted(value) for name, value in node.items()}
    if isinstance(node, list):
        return [_rooted(value) for value in node]
    if isinstance(node, str) and node.startswith("./configs/"):
        return str(home() / node)
    return node


def skeleton_model(checkpoint: Path, device: str) -> Any:
    """The network that writes skeletons. Raises ModelLoadFailed."""
    from src.model.parse import get_model
    from src.tokenizer.parse import get_tokenizer
    from src.tokenizer.spec import TokenizerConfig

    parts = config("task", SKELETON_TASK).components
    tokenizer = get_tokenizer(config=TokenizerConfig.parse(config("tokenizer", parts.tokenizer)))
    chosen = config("model", parts.model)
    # Torch's own attention: the same numbers, and nothing to compile. The encoder's is written out, and holds all its
    # scores at once, some 5 GiB for a moment.
    chosen.llm._attn_implementation = "sdpa"
    chosen.mesh_encoder.flash = False
    with tempfile.TemporaryDirectory(prefix="unirig-") as folder:
        known = {name: chosen.llm.get(name, value) for name, value in OPT_350M.items()}
        (Path(folder) / "config.json").write_text(json.dumps(known))
        chosen.llm.pretrained_model_name_or_path = folder
        model = get_model(tokenizer=tokenizer, **chosen)
    return _filled(model, checkpoint, device)


def skin_model(checkpoint: Path, device: str) -> Any:
    """The network that gives weights. Raises ModelLoadFailed."""
    from src.model.parse import get_model

    if isinstance(importlib.import_module("spconv.pytorch"), stand_ins._UnusedModule):
        raise ModelLoadFailed(
            "spconv is not installed in its environment; rig_mode skeleton works without it"
        )
    chosen = config("model", config("task", SKIN_TASK).components.model)
    chosen.mesh_encoder.enable_flash = False
    chosen.global_encoder.flash = False
    model = _filled(get_model(tokenizer=None, **chosen), checkpoint, device)
    if device == "cpu":
        _train_convolutions(model)
    return model


def _filled(model: Any, checkpoint: Path, device: str) -> Any:
    tensors = checkpoint_file.state_dict(checkpoint, prefix="model.")
    checkpoint_file.load_into(model, tensors, checkpoint.parent.name)
    return model.eval().to(device)


def _train_convolutions(model: Any) -> None:
    """spconv adds a bias in a way that it lacks on a CPU, unless it trains; it has nothing that training changes."""
    for module in model.modules():
        if type(module).__module__.startswith("spconv."):
            module.training = True
