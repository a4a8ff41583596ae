from dataclasses import dataclass
from typing import Any


@dataclass
class ModelInput:
    tokens: Any = None
    pad: Any = None
    vertices: Any = None
    normals: Any = None
    joints: Any = None
    tails: Any = None
    asset: Any = None
    augments: Any = None
