"""Between two walls: the length of w can pass neither, so on separable data the updates come to an end."""

import numpy as np
from numpy.typing import NDArray

from core.classical import perceptron as core
from core.result import result
from core.text import T
from figures.marks import area, line, moving, quadric, ring, text, until
from figures.plot import Mark, plot
from figures.spec import BLUE, CLASS_COLORS, INK, Figure, Stage, Trace
from pages.classical.perceptron import pictures, shared
from pages.classical.perceptron.shared import Run
from ui.scene import Check, Readout

CONTROLS = ("data", "noise", "epochs", "init")
ZOOM = ("data", "features")
Params = shared.Learner


@result
class Stopping(Run):
    theory: core.Separability
    reach: float  # √(R² + 2 margin / rate), the R of the upper wall
    bound: float  # (reach / γ)²
    bounded: bool  # whether the walls hold: separable data, and a start at zero
    norms: NDArray[np.float64]  # (f,) ‖w‖ ÷ rate of the weights that learn
    hulls: tuple[NDArray[np.float64], ...]  # of both classes, where no line separates them
    overlap: NDArray[np.float64]  # (m, 2) corners of what they share

    @property
    def separable(self) -> T:
        if not len(self.problem.x):
            return T("–", "–")
        return T("できる", "yes") if self.theory.separable else T("できない", "no")


def compute(p: Params) -> Stopping:
    run, nan = shared.run(p), float("nan")
    x, y, w = run.problem.x, run.problem.y, run.weights[0]
    unknown = core.Separability(False, w, nan, nan, nan, nan, w)
    theory = unknown if p.empty else core.separability(core.features(x, p.map), y)
    # With a margin an update may add to ‖w‖²: R² becomes R² + 2 margin / rate.
    reach = float(np.sqrt(theory.radius**2 + (2 * p.margin / p.rate if p.rule == "margin" else 0.0)))
    bound = (reach / theory.augmented_margin) ** 2 if theory.separable else theory.bound
    # The hulls of the points bear witness against lines, not against curves.
    witness = not (theory.separable or p.empty) and p.map == "linear"
    return Stopping(
        **vars(run),
        theory=theory,
        reach=reach,
        bound=bound,
        bounded=theory.separable and p.init == "zero" and bool(np.isfinite(bound)),
        norms=np.linalg.norm(run.trace.current[run.made], axis=1) / p.rate,
        hulls=tuple(core.hull(x[y == label]) for label in (0, 1)) if witness else (),
        overlap=core.hull_overlap(x, y) if witness else np.zeros((0, 2)),
    )


READOUTS = (
    Readout("separable", T("線形分離", "Separable"), "separable", still=True),
    shared.READOUTS[0],
    Readout("bound", T("上限 (R/γ)²", "Bound (R/γ)²"), "bound", still=True),
    Readout("radius", T("R", "R"), "theory.radius", 2, still=True),
    Readout("gamma", T("γ", "γ"), "theory.augmented_margin", 3, still=True),
)


def draw(r: Stopping, p: Params) -> Stage:
    hulls = [line(*closed(hull), color, width=1.5) for hull, color in zip(r.hulls, CLASS_COLORS, strict=False)]
    return Stage(
        (pictures.learning(r, walls(r, p), hulls, over=witness(r)), corridor(r)),
        ("plane corridor",),
        playhead=pictures.playhead(r),
        height=440,
        columns="minmax(0, 1.2fr) minmax(0, 1fr)",
        note=note(r, p),
    )


def note(r: Stopping, p: Params) -> str | None:
    if p.empty:
        return "empty"
    if not r.theory.separable:
        return "never" if p.map == "linear" else "never_curved"
    return "margin" if p.rule == "margin" else "start" if p.init != "zero" else None


def corridor(r: Stopping) -> Figure:
    """Draw ‖w‖ over the number of updates between Novikoff's two walls, on log axes."""
    k, norm = r.made[1:].astype(float), r.norms[1:]
    end, gamma = max(10.0, 1.5 * k.max(initial=1.0)), r.theory.augmented_margin
    heights = norm[norm > 0] if r.bounded else np.append(norm[norm > 0], 1.0)
    walls: list[Trace] = []
    if r.bounded:
        end = max(end, 1.6 * r.bound)
        upper, lower = np.geomspace(1, end, 60), np.geomspace(1, r.bound, 60)
        heights = np.concatenate([heights, [gamma, r.reach * np.sqrt(end)]])
        over, under = T("√k·R 以下", "at most √k·R"), T("k·γ 以上", "at least k·γ")
        walls = [
            # k γ ≤ ‖w‖ ≤ √k R
            line(upper, np.sqrt(upper) * r.reach, INK, dash="dash", label=over, at=0.4),
            line(lower, lower * gamma, INK, dash="dash", label=under, at=0.45, where="bottom right"),
            line([r.bound] * 2, [1e-3, r.bound * gamma], INK, dash="dot", width=1.5),
        ]
    low, high = np.log10([max(heights.min(), 1e-6), max(heights.max(), 10.0)])
    return plot(
        "corridor",
        walls,
        until(line(k, norm, BLUE, width=2.5), np.arange(len(r.made))),
        ring(moving(np.append(np.nan, k)), moving(np.append(np.nan, norm))),
        x=T("更新の回数 k（対数目盛）", "Updates k (log scale)"),
        y=T("‖w‖ ÷ 学習率（対数目盛）", "‖w‖ ÷ rate (log scale)"),
        xlim=(0, np.log10(end)),
        ylim=(np.floor(2 * low) / 2, np.ceil(2 * high) / 2),
        log_x=True,
        log_y=True,
    )


def walls(r: Stopping, p: Params) -> list[Trace]:
    """Draw R and γ of the points [1, x] in the plane of x.

    √(1 + ‖x‖²) = R is a circle. The best plane through the origin of [1, x], and the two at distance γ from it, are
    straight lines.
    """
    if p.empty or p.map != "linear":
        return []
    turn, reach = np.linspace(0, 2 * np.pi, 97), np.sqrt(max(r.theory.radius**2 - 1, 0.0))
    x, best = r.problem.x, r.theory.augmented_weights
    far = x[np.argmax((x**2).sum(axis=1))]
    lines = ((0, 2.0), (1, 1.2), (-1, 1.2)) if r.theory.separable else ()
    return [
        line(reach * np.cos(turn), reach * np.sin(turn), INK, dash="dot", width=1.5),
        line([0, far[0]], [0, far[1]], INK, dash="dot", width=1),
        text(*far, "R", at="top left"),
        *(quadric(best - [score, 0, 0], tint=0, line=INK, width=width, dash="dash") for score, width in lines),
    ]


def witness(r: Stopping) -> list[Mark]:
    """Draw what the hulls of both classes share, and its name where the points leave room."""
    x, both = r.problem.x, r.overlap
    if len(both) == 0:
        return []
    # Of some places around it, rather within the view, the one farthest from all points; a thin line leads there.
    turn, reach = np.linspace(0, 2 * np.pi, 16, endpoint=False), 0.38 * max(float(np.ptp(x, axis=0).max()), 0.5)
    middle = both.mean(axis=0)
    places = middle + reach * np.column_stack([np.cos(turn), np.sin(turn)])
    low, high = x.min(axis=0), np.maximum(x.max(axis=0), x.min(axis=0) + 0.5)
    outside = ((places < low) | (places > high)).any(axis=1)
    place = places[np.argmax(np.linalg.norm(places[:, None] - x, axis=-1).min(axis=1) - reach * outside)]
    side = "bottom center" if place[1] < middle[1] else "top center"
    return [
        area(*closed(both), INK, 0.25) if len(both) > 2 else None,
        line(*closed(both), INK, dash="dash") if len(both) > 1 else ring(*both.T, 18.0, INK),
        line(*np.transpose([middle, place]), INK, width=1),
        text(*place, T("凸包の重なり", "where the hulls overlap"), at=side),
    ]


def closed(corners: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give x and y of a path around corners (m, 2)."""
    return np.concatenate([corners, corners[:1]]).T


def code(p: Params) -> str:
    start = shared.snippet(p, "fit", "separability", updates=0, bound="nan", radius="nan", gamma="nan")
    reach = f"(s.radius**2 + 2 * {p.margin!r} / {p.rate!r}) / s.augmented_margin**2 if s.separable else s.bound"
    rest = f"""\
trace = fit(x, y, {shared.arguments(p.fit)})
s = separability(x, y)
print("separable =", s.separable)
print("updates =", len(trace.samples))
print("bound =", {reach if p.rule == "margin" else "s.bound"})
print("radius =", s.radius)
print("gamma =", s.augmented_margin)
"""
    return start if p.empty else start + rest


def within(r: Stopping) -> bool:
    """Whether separable data were learnt within the bound, and ‖w‖ kept between the walls all the way."""
    k, room = r.made, 1e-9
    between = (k * r.theory.augmented_margin <= r.norms + room) & (r.norms <= np.sqrt(k) * r.theory.radius + room)
    return r.trace.converged and r.updates <= r.theory.bound < np.inf and bool(between.all())


# Three points whose [1, x] are nearly at right angles: no other needs as many updates.
SQUARE = {"data": "own", "points": ((1.42, 0.0, 0), (-0.71, 1.23, 0), (-0.71, -1.23, 0))}
DATA = (SQUARE, {"data": "thin_margin", "epochs": 200}, {"epochs": 200})
CHECKS = {
    "bound": Check(
        DATA,
        lambda square, *others: square.updates == int(square.bound) and all(within(r) for r in (square, *others)),
        control=tuple(data | {"init": "random"} for data in DATA),
    )
}
