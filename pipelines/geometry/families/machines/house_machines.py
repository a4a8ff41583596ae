"""Machines that clean and sew. Their front is +Z."""

from __future__ import annotations

from manifold3d import Manifold

from pipelines.geometry.families.forms import Forms, mirrored, unite
from pipelines.geometry.families.registry import Part, family, fixed, main, second

DARK = "black plastic"


@family("vacuum_cleaner", "hoover vacuum hoover_vacuum dyson", "red plastic")
def vacuum_cleaner(
    f: Forms, *, height: float = 1.0, length: float = 0.45, radius: float = 0.12
) -> list[Part]:
    h, r, z = height, radius, length / 2
    body = f.soft_box((r * 2.2, r * 1.5, length), (0, r * 1.0, 0), r * 0.6)
    wheels = f.rod(r * 0.85, r * 0.4, (r * 1.05, r * 0.85, -z * 0.5), "x")
    head = (0.0, 0.03, z * 2.6)
    pipe = [(0.0, h * 0.93, z * 1.1), (0.0, 0.06, head[2] - 0.03)]
    bend = [
        (0, r * 1.4, z * 0.8),
        (0, r * 3, z * 1.0),
        (0, h * 0.8, z * 0.2),
        (0, h * 1.02, z * 0.7),
        (0, h * 0.94, z * 1.1),
    ]
    floor = [(-0.14, -0.05), (0.14, -0.05), (0.15, 0.05), (-0.15, 0.05)]
    return [
        main("body case", body, f.ball(r * 0.8, (0, r * 1.5, -z * 0.3), (1, 0.7, 1.6))),
        fixed(
            "hose wheels wheel handle",
            f.hose(bend, r * 0.2),
            mirrored(wheels),
            f.ball(r * 0.3, (0, r * 0.3, z * 0.8)),
            finish="charcoal plastic",
        ),
        second(
            "pipe tube",
            f.bone(pipe[0], pipe[1], r * 0.15),
            f.ring(r * 0.2, r * 0.06, (0, h * 0.5, z * 1.82), share=0.5),
            finish="silver",
        ),
        fixed("nozzle brush", f.floor(floor, 0.055, (0, 0, head[2])), finish=DARK),
    ]


def _turns(f: Forms, radius: float, count: int, at: tuple[float, float, float]) -> Manifold:
    """Thread on a spool that lies along y."""
    return unite(
        [
            f.ring(radius, radius * 0.3, (at[0], at[1] + radius * 0.5 * i, at[2]), share=0.5)
            for i in range(count)
        ]
    )


@family("sewing_machine", "singer_sewing_machine sewing_machines", "black paint")
def sewing_machine(
    f: Forms, *, width: float = 0.4, height: float = 0.3, depth: float = 0.18
) -> list[Part]:
    w, h = width, height
    x = w / 2
    spool = (x * 0.2, h * 0.98, 0.0)
    return [
        main(
            "body arm",
            f.soft_box((w * 0.22, h * 0.9, depth * 0.5), (x * 0.72, h * 0.5, 0), 0.03),
            f.soft_box((w * 0.9, h * 0.26, depth * 0.46), (0, h * 0.84, 0), 0.03),
            f.soft_box((w * 0.2, h * 0.44, depth * 0.46), (-x * 0.76, h * 0.74, 0), 0.025),
        ),
        second(
            "base table",
            f.soft_box((w * 1.06, h * 0.14, depth), (0, h * 0.07, 0), 0.01),
            finish="brown wood",
        ),
        fixed(
            "needle wheel plate",
            f.post(0.006, h * 0.44, (-x * 0.76, h * 0.13, 0)),
            f.box((w * 0.1, 0.008, depth * 0.16), (-x * 0.76, h * 0.17, 0)),
            f.rod(h * 0.205, w * 0.06, (x * 0.97, h * 0.74, 0), "x"),
            f.ring(h * 0.2, 0.008, (x * 1.04, h * 0.74, 0), "x"),
            f.box((w * 0.2, 0.006, depth * 0.4), (-x * 0.76, h * 0.142, 0)),
            f.post(0.007, h * 0.2, (spool[0], h * 0.94, 0)),
            finish="polished steel",
        ),
        fixed(
            "thread spool",
            f.post(0.018, h * 0.12, (spool[0], h * 0.96, 0)),
            _turns(f, 0.02, 3, (spool[0], h * 0.98, 0)),
            finish="red fabric",
        ),
        fixed(
            "trim emblem", f.box((w * 0.4, h * 0.05, depth * 0.47), (0, h * 0.84, 0)), finish="gold"
        ),
    ]
