"""TRELLIS: a text or pictures become a mesh, and either paints a mesh that there is already. For a GPU.

The head is light; the work is in pipelines/neural/trellis. Two pipelines with weights of their own, six models.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from pipelines import checkpoints
from pipelines.adapters._run import OUTPUT_NAME, Stages, load_libraries, outcome
from pipelines.adapters._trellis_facts import CARDS as CARDS
from pipelines.adapters._trellis_facts import PIPELINES, Kind, PaintOptions, TextureOptions
from pipelines.errors import ModelLoadFailed
from pipelines.features.image_to_raw_mesh import VIEW_SLOTS
from pipelines.spec import Notice, Outcome, Report, Work

if TYPE_CHECKING:
    from pipelines.neural.steps import Span
    from pipelines.neural.trellis.making import Asked, Made
    from pipelines.neural.trellis.pictures import Pictures
    from pipelines.neural.trellis.stages import Condition, Trellis

# Of the geometry stage: reading the pictures or the text.
READ = 0.05
# What a style adds to a text. A picture is redrawn in it.
STYLE_WORDS = {"cartoon": "cartoon style", "artistic": "hand-painted style"}


class TrellisAdapter:
    """One of the two pipelines, loaded. Its meshes are Y up, front to +Z; those that it paints stay as they are."""

    def __init__(self, kind: Kind) -> None:
        self._kind: Kind = kind
        self._model: Trellis

    def load(self, device: str) -> None:
        """Read the weights; the first run brings them to the device. Raises ModelLoadFailed."""
        weights, encoder = PIPELINES[self._kind]
        below = checkpoints.root()
        for one in (*weights, encoder):
            if missing := checkpoints.lacking(one, below):
                raise ModelLoadFailed(missing)
        load_libraries("client_paint")
        from pipelines.neural.offline import go_offline

        go_offline()
        from pipelines.neural.trellis import loading, residence, stages

        pipe = loading.load(self._kind, weights, encoder, below)
        self._model = stages.Trellis(pipe, residence.Residence(pipe, device))

    def text_to_raw_mesh(self, work: Work, report: Report) -> Outcome:
        """The mesh of a text, without a texture, with colours at its vertices."""
        self._settle(work)
        told = self._unread(_look(work))
        return self._raw(work, Stages(report), partial(self._of_text, work), told, {})

    def text_to_textured_mesh(self, work: Work, report: Report) -> Outcome:
        """The mesh of a text, in the colours of that and of what the surface should look like."""
        self._settle(work)
        told = self._unread(_look(work))
        return self._textured(work, Stages(report), partial(self._of_text, work), told, {})

    def image_to_raw_mesh(self, work: Work, report: Report) -> Outcome:
        """The mesh of one or several views, without a texture, with colours at its vertices."""
        stages = Stages(report)
        self._settle(work)
        with stages("preprocess"):
            views = _views(work)
        told = (*views.notices, *_unseen(work, views))
        ask = partial(self._of_pictures, work, views, None)
        return self._raw(work, stages, ask, told, _facts(views))

    def image_to_textured_mesh(self, work: Work, report: Report) -> Outcome:
        """The mesh of one or several views, in their colours or in those of `texture_image`."""
        stages = Stages(report)
        self._settle(work)
        with stages("preprocess"):
            views = _views(work)
            own = _picture(work, "texture_image") if "texture_image" in work.inputs else None
        told = (*views.notices, *(own.notices if own else ()), *_unseen(work, views))
        facts = {**_facts(views), "texture_source": "texture_image" if own else "views"}
        ask = partial(self._of_pictures, work, views, own)
        return self._textured(work, stages, ask, told, facts)

    def text_mesh_painting(self, work: Work, report: Report) -> Outcome:
        """The client's mesh in the colours of a text."""
        self._settle(work)
        told = self._unread(_look(work))
        ask = partial(self._model.of_text, _look(work))
        return self._painted(work, Stages(report), ask, told, {})

    def image_mesh_painting(self, work: Work, report: Report) -> Outcome:
        """The client's mesh in the colours of a picture's object, or, in mode tile, of the whole picture."""
        self._settle(work)
        # Before the mesh is read: what is wrong with a picture is told at once.
        found = _picture(work, "image")
        ask = partial(self._model.of_pictures, list(found.by_slot.values()), "stochastic")
        return self._painted(work, Stages(report), ask, found.notices, _facts(found))

    def _settle(self, work: Work) -> None:
        """Models to where this run needs them. Raises InvalidValue for a way of baking that is not installed."""
        if work.options.get("texture_bake") == "upstream":
            from pipelines.neural.trellis import upstream_bake

            upstream_bake.check()
        self._model.residence.settle(sparing=work.options["low_vram"])

    def _of_text(self, work: Work) -> Asked:
        from pipelines.neural.trellis.making import Asked

        text, look = _styled(work, work.params["text_prompt"]), _look(work)
        condition = self._model.of_text(text)
        return Asked(condition, condition if look == text else self._model.of_text(look))

    def _of_pictures(self, work: Work, views: Pictures, own: Pictures | None) -> Asked:
        from pipelines.neural.trellis.making import Asked

        mode = work.options["multi_image_mode"]
        condition = self._model.of_pictures(list(views.by_slot.values()), mode)
        other = self._model.of_pictures(list(own.by_slot.values()), mode) if own else None
        return Asked(condition, condition, other)

    def _sampled(self, work: Work, span: Span, ask: Callable[[], Asked]) -> Made:
        from pipelines.neural.trellis import making

        asked = ask()
        sampling = making.Sampling.of(work.params, work.options)
        return making.sampled(self._model, asked, sampling, span.part(READ, 1.0))

    def _raw(
        self,
        work: Work,
        stages: Stages,
        ask: Callable[[], Asked],
        told: tuple[Notice, ...],
        facts: dict[str, Any],
    ) -> Outcome:
        from pipelines.neural import coloured
        from pipelines.neural.fewer import Budget
        from pipelines.neural.steps import Span
        from pipelines.neural.trellis import making, vertex_colours

        with stages("geometry"):
            span = Span(stages.report, "geometry")
            made = self._sampled(work, span, ask)
            mesh = making.raw(self._model, made, Budget.of(work.params), span.part(READ, 1.0))
        with stages("export"):
            path = work.out_dir / OUTPUT_NAME
            coloured.write_raw(path, mesh, lowpoly=_is_lowpoly(work))
            vertex_colours.add(path, mesh.colours)
        info = {"method": "trellis", **facts, **coloured.facts(mesh)}
        return outcome(work, path, info, told, stages)

    def _textured(
        self,
        work: Work,
        stages: Stages,
        ask: Callable[[], Asked],
        told: tuple[Notice, ...],
        facts: dict[str, Any],
    ) -> Outcome:
        from pipelines.neural import coloured
        from pipelines.neural.fewer import Budget
        from pipelines.neural.steps import Span
        from pipelines.neural.trellis import making

        if work.options["texture_bake"] == "upstream":
            return self._by_upstream(work, stages, ask, told, facts)
        with stages("geometry"):
            span = Span(stages.report, "geometry")
            made = self._sampled(work, span, ask)
            source, budget = work.options["texture_source"], Budget.of(work.params)
            mesh = making.with_colours(self._model, made, source, budget, span.part(READ, 1.0))
        with stages("texture"):
            painted = coloured.textured(
                mesh,
                texture_px=work.params["texture_size"],
                mode=work.options["texture_bake_mode"],
                lowpoly=_is_lowpoly(work),
                told=partial(stages.report, "texture"),
            )
        with stages("export"):
            path = work.out_dir / OUTPUT_NAME
            coloured.write_textured(path, painted)
        info = {"method": "trellis", **facts, "texture_bake": "own", **coloured.facts(mesh)}
        return outcome(work, path, info, told, stages)

    def _by_upstream(
        self,
        work: Work,
        stages: Stages,
        ask: Callable[[], Asked],
        told: tuple[Notice, ...],
        facts: dict[str, Any],
    ) -> Outcome:
        from pipelines.neural import coloured
        from pipelines.neural.fewer import Budget
        from pipelines.neural.steps import Span
        from pipelines.neural.trellis import making

        with stages("geometry"):
            span = Span(stages.report, "geometry")
            made = self._sampled(work, span, ask)
            decoded = making.both(self._model, made, span.part(READ, 1.0))
        with stages("texture"):
            budget, texture_px = Budget.of(work.params), work.params["texture_size"]
            painted = making.by_upstream(*decoded, budget, texture_px)
        with stages("export"):
            path = work.out_dir / OUTPUT_NAME
            coloured.write_textured(path, painted)
        counts = {"vertex_count": len(painted.vertices), "face_count": len(painted.faces)}
        info = {"method": "trellis", **facts, "texture_bake": "upstream", **counts}
        return outcome(work, path, info, (*told, *_of_own_bake(work)), stages)

    def _painted(
        self,
        work: Work,
        stages: Stages,
        ask: Callable[[], Condition],
        told: tuple[Notice, ...],
        facts: dict[str, Any],
    ) -> Outcome:
        from pipelines.geometry import client_paint, sound
        from pipelines.neural.steps import Span
        from pipelines.neural.trellis import making, painting

        options = PaintOptions(**work.options)
        with stages("preprocess"):
            subject = client_paint.subject(work.inputs["mesh"], options.uvs)
            places = painting.voxels_of(subject.surfaces, Span(stages.report, "preprocess"))
            condition = ask()
        with stages("texture"):
            span = Span(stages.report, "texture")
            steps, seed = making.latent_steps(work.options), work.params["seed"]
            shade = painting.shader(self._model, condition, places, steps, seed, span)
            sizes = client_paint.texture_sizes(subject.surfaces, work.params["texture_size"])
            baking = span.part(painting.DECODED, 1.0)
            mode = options.texture_bake_mode
            made = painting.materials(subject.surfaces, sizes, shade, mode, baking)
        with stages("export"):
            path = work.out_dir / OUTPUT_NAME
            subject.write(path, made)
        mesh = subject.mesh
        info = {
            "method": "trellis",
            **facts,
            "voxels": len(places),
            "vertex_count": len(mesh.vertices),
            "face_count": len(mesh.faces),
            "watertight": sound.is_sound(mesh.vertices, mesh.faces),
            "uv": subject.layout,
            "texture_sizes": sizes,
        }
        return outcome(work, path, info, (*told, *subject.notices), stages)

    def _unread(self, text: str) -> tuple[Notice, ...]:
        rest = self._model.unread(text)
        if not rest:
            return ()
        said = f"the model reads the beginning of a text alone; it did not read: {rest:.200}"
        return (Notice("WORDS_IGNORED", said),)


ADAPTERS = {
    "trellis-text": partial(TrellisAdapter, "text"),
    "trellis-image": partial(TrellisAdapter, "image"),
}


def _is_lowpoly(work: Work) -> bool:
    return work.params["style"] == "lowpoly"


def _styled(work: Work, text: str) -> str:
    words = STYLE_WORDS.get(work.params["style"])
    return f"{text}, {words}" if words else text


def _look(work: Work) -> str:
    """What the surface should look like, with what the mesh should show."""
    said = (work.params["text_prompt"], work.params.get("texture_prompt", ""))
    return _styled(work, ", ".join(filter(None, said)))


def _views(work: Work) -> Pictures:
    from pipelines.neural.trellis import pictures

    return pictures.read(work.inputs, tuple(VIEW_SLOTS), work.params["style"])


def _picture(work: Work, slot: str) -> Pictures:
    """The picture in that slot, its object cut out; in mode tile as it is."""
    from pipelines.neural.trellis import pictures

    if work.params["mode"] == "tile":
        return pictures.read_whole(work.inputs[slot], slot, work.params["style"])
    return pictures.read(work.inputs, (slot,), work.params["style"])


def _facts(found: Pictures) -> dict[str, Any]:
    """What generation_info says of the pictures: which were used, and how the object of the first was found."""
    methods = list(found.methods.values())
    return {"matting_method": methods[0], "views_used": list(found.by_slot)}


def _unseen(work: Work, views: Pictures) -> tuple[Notice, ...]:
    """A notice where a latent has fewer steps than there are views, and each step looks at one."""
    if work.options["multi_image_mode"] != "stochastic":
        return ()
    names, count = ("sparse_structure_sample_steps", "slat_sample_steps"), len(views.by_slot)
    return tuple(
        Notice(
            "VIEWS_NOT_USED",
            f"{name} is {work.options[name]}, so that {count - work.options[name]} of the {count} views are not looked "
            "at there; take more steps, or multi_image_mode multidiffusion",
        )
        for name in names
        if work.options[name] < count
    )


def _of_own_bake(work: Work) -> tuple[Notice, ...]:
    """A notice for each setting that the makers' own baking does not have."""
    default = TextureOptions()
    names = ("texture_bake_mode", "texture_source")
    said = [name for name in names if work.options[name] != getattr(default, name)]
    said += ["style lowpoly"] if _is_lowpoly(work) else []
    return tuple(
        Notice("FIELD_WITHOUT_EFFECT", f"{name} has no effect with texture_bake upstream")
        for name in said
    )
