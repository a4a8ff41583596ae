"""UniRig: a skeleton that a network writes for a mesh, and the weights by which the mesh moves.

The client's mesh stays as it came, texture and all. The head is light; the work is in pipelines/neural/unirig.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from pipelines import checkpoints
from pipelines.adapters import _rigged
from pipelines.adapters._run import OUTPUT_NAME, Stages, outcome
from pipelines.checkpoints import Checkpoint
from pipelines.errors import InvalidValue, ModelLoadFailed
from pipelines.spec import ModelCard, Notice, Outcome, Params, Report, Terms, Work

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.geometry.mesh_io import ClientMesh
    from pipelines.geometry.skeleton import Skeleton


class UniRigOptions(Params):
    """What may be set of UniRig alone: how its tokens are drawn."""

    seed: int = Field(12_345, ge=0, le=2**31 - 2, description="of the points and of the drawing")
    skeleton_class: Literal["articulationxl", "vroid"] = Field(
        "articulationxl", description="the kind of skeleton that it is told to write"
    )
    num_beams: int = Field(15, ge=1, le=20, description="ways that are followed at once")
    max_new_tokens: int = Field(2_048, ge=64, le=2_048, description="about four for each joint")
    top_k: int = Field(5, ge=1, le=100, description="tokens that are drawn from")
    top_p: float = Field(0.95, gt=0.0, le=1.0, description="share of the likelihood drawn from")
    temperature: float = Field(1.5, ge=0.1, le=3.0, description="above 1 is bolder")
    repetition_penalty: float = Field(3.0, ge=1.0, le=10.0, description="1 is none")
    mesh_reader: Literal["own", "blender"] = Field(
        "own",
        description="what makes the network's mesh of the file: this project, or Blender, in a process of its own, "
        "where bpy is installed in the environment",
    )


SKELETON, SKIN = "skeleton/articulation-xl_quantization_256", "skin/articulation-xl"
WEIGHTS = Checkpoint(
    folder="unirig",
    repo="VAST-AI/UniRig",
    files=(f"{SKELETON}/model.ckpt", f"{SKIN}/model.ckpt"),
    size_mib=2_000,
)
TERMS = Terms(
    code="MIT; its mesh encoder, from Michelangelo, GPL-3.0",
    weights="MIT",
    commercial_use="conditional",
    note="its repository holds files under GPL-3.0: whoever hands the installed environment on is bound by that",
)
CARDS = (
    ModelCard(
        model_id="unirig_auto_rig",
        feature="auto_rig",
        family="unirig",
        weights="unirig",
        summary="UniRig: a skeleton written token by token, and weights by a network of its own",
        licence="MIT and GPL-3.0",
        outputs=("glb",),
        options=UniRigOptions,
        vram_mib=9_216,
        timeout_s=1_800,
        usual_s=60.0,
        requires=(
            *(
                "torch",
                "src",
                "transformers",
                "lightning",
                "box",
                "yaml",
                "addict",
                "einops",
                "spconv",
            ),
            *("scipy", "trimesh", "fast_simplification", "cv2", "robust_laplacian"),
        ),
        environment="unirig",
        memory_params=("num_beams", "rig_mode"),
        lower={"num_beams": 3},
        terms=TERMS,
        version="VAST-AI-Research/UniRig@ed4acacd0867",
        checkpoints=(WEIGHTS,),
        setup_flags=("--unirig",),
    ),
)


class UniRig:
    """A mesh -> the same mesh with a skeleton, weights, or both."""

    _device: str
    _drawer: Any
    _weigher: Any = None
    _lacks: tuple[str, ...] = ()

    def load(self, device: str) -> None:
        """Import torch and upstream, read the weights of the skeletons; those of the skin are read when they are
        needed first. Raises ModelLoadFailed with the reason."""
        from pipelines.neural.offline import go_offline

        go_offline()
        checkpoint = _checkpoint(SKELETON)
        _checkpoint(SKIN)
        from pipelines.neural.unirig import upstream

        self._lacks = upstream.prepare()
        self._device = device
        self._drawer = upstream.skeleton_model(checkpoint, device)

    def auto_rig(self, work: Work, report: Report) -> Outcome:
        """Read `mesh`, write output.glb and rig.json."""
        stages = Stages(report)
        mode, seed = work.params["rig_mode"], work.options["seed"]
        if work.options["mesh_reader"] == "blender" and "bpy" in self._lacks:
            raise InvalidValue(
                "mesh_reader is 'blender' and bpy is not installed in the environment of UniRig; leave it out"
            )
        with stages("read"):
            sent = _rigged.read(work.inputs["mesh"], wanted=mode == "skin")
            if mode == "skin" and sent.skeleton is None:
                raise InvalidValue(
                    "rig_mode is 'skin' and the mesh has no skeleton; send a GLB, glTF or FBX with one, or choose full"
                )
        mesh, weights = sent.mesh, None
        with stages("solid"):
            body = _body(mesh, work, report)
        with stages("skeleton"):
            skeleton, drawn_with = self._skeleton(sent.skeleton, body, work, report)
        if mode != "skeleton":
            with stages("skin"):
                weights = self._weights(body, skeleton, mesh.vertices, seed, report)
        with stages("export"):
            files = _rigged.write(work, mesh, skeleton, weights, sent.extras)
        info = {
            "method": "unirig_tokens" if mode != "skin" else "skeleton_of_the_file",
            "skin_method": None if weights is None else "unirig_skin",
            "rig_mode": mode,
            "seed": drawn_with,
            "mesh_reader": work.options["mesh_reader"],
            "bone_count": len(skeleton.names),
            "vertex_count": len(mesh.vertices),
            "face_count": len(mesh.faces),
        }
        dropped = _rigged.dropped(sent.extras, kept=sent.skeleton is not None)
        notices = (*_notices(seed, drawn_with), *dropped)
        made = outcome(work, work.out_dir / OUTPUT_NAME, info, notices, stages)
        return replace(made, files=files)

    def _skeleton(
        self, sent: Skeleton | None, body: Any, work: Work, report: Report
    ) -> tuple[Skeleton, int]:
        """The skeleton of the file, or one that the network writes; and the seed."""
        from pipelines.neural.steps import Span
        from pipelines.neural.unirig import skeleton

        if sent is not None:
            return sent, work.options["seed"]
        words = {name: value for name, value in work.options.items() if name != "mesh_reader"}
        drawing = skeleton.Drawing(**words)
        return skeleton.found(self._drawer, body, drawing, self._device, Span(report, "skeleton"))

    def _weights(
        self, body: Any, skeleton: Skeleton, vertices: Any, seed: int, report: Report
    ) -> tuple[Any, Any]:
        from pipelines.neural.steps import Span
        from pipelines.neural.unirig import skin, upstream

        if self._weigher is None:
            self._weigher = upstream.skin_model(_checkpoint(SKIN), self._device)
        span = Span(report, "skin")
        return skin.found(self._weigher, body, skeleton, vertices, seed, self._device, span)


ADAPTER = UniRig


def _body(mesh: ClientMesh, work: Work, report: Report) -> Any:
    """The mesh as the network wants it."""
    from pipelines.neural.steps import Span
    from pipelines.neural.unirig import blender, body, upstream

    if work.options["mesh_reader"] == "blender":
        span = Span(report, "solid")
        return blender.body_of(mesh.vertices, mesh.faces, upstream.home(), span)
    return body.body_of(mesh.vertices, mesh.faces)


def _checkpoint(name: str) -> Path:
    """The file of one of the two. Raises ModelLoadFailed."""
    path = checkpoints.root() / WEIGHTS.folder / name / "model.ckpt"
    if not path.is_file():
        raise ModelLoadFailed(f"its weights {WEIGHTS.repo} are not here whole: {name} is missing")
    return path


def _notices(seed: int, drawn_with: int) -> tuple[Notice, ...]:
    if seed == drawn_with:
        return ()
    text = f"with seed {seed} the skeleton did not come to an end; it was drawn with {drawn_with}"
    return (Notice("SEED_CHANGED", text),)
