"""The loss alone: points on a circle, pulled to their partner and pushed from all others."""

from dataclasses import dataclass

import numpy as np

from core.pretraining.clip import circle
from core.result import result
from core.text import PERCENT, T
from figures.marks import arrow, line, moving, points, segments, text
from figures.plot import sheet, table
from figures.spec import BLUE, GRID, INK, MUTED, ORANGE, PURPLE, Figure, Playhead, Stage
from pages.pretraining.clip.pictures import over_steps, wedges
from pages.pretraining.clip.shared import Floats, Followed
from ui.params import slider
from ui.scene import Check, Readout

CONTROLS = ("heat", "pairs", "follow", "rate")
NATS = T("損失 (ナット)", "Loss (nats)")


@dataclass(frozen=True)
class Params(Followed):
    pairs: int = slider(T("組の数", "Pairs"), 2, 24, default=8)
    heat: float = slider(T("温度 τ", "Temperature τ"), 0.02, 10.0, default=0.2, log=True)
    rate: float = slider(T("学習率", "Learning rate"), 0.0005, 0.5, default=0.002, log=True)
    apart: float = slider(T("はじめのギャップ", "Gap at the start"), 0.0, 1.0, default=0.0, step=0.05)
    cross: float = slider(
        T("CyCLIP の λ₁（モーダル間）", "CyCLIP's λ₁ (cross-modal)"), 0.0, 2.0, default=0.0, step=0.05
    )
    inner: float = slider(T("CyCLIP の λ₂（モーダル内）", "CyCLIP's λ₂ (in-modal)"), 0.0, 2.0, default=0.0, step=0.05)

    @property
    def focus(self) -> int:
        return min(self.follow, self.pairs) - 1


@result
class Pulled:
    """A training on the circle, and what one of its images feels."""

    run: circle.Run
    own: Floats  # (t,) its probability of its own text
    hardest: Floats  # (t,) of the likeliest other text
    share: Floats  # (t,) the likeliest other text's share of all that is pushed away, in %

    @property
    def first(self) -> float:
        return self.run.loss[0]

    @property
    def first_share(self) -> float:
        return self.share[0]


def compute(p: Params) -> Pulled:
    run = circle.train(
        p.pairs,
        temperature=p.heat,
        rate=p.rate,
        gap=p.apart,
        cross_modal=p.cross,
        in_modal=p.inner,
        seed=p.seed,
        every=2 if p.pairs <= 12 else 4,  # a move of many pairs stays small
    )
    row = run.rows[:, p.focus]
    others = np.delete(row, p.focus, axis=1)
    hardest = others.max(axis=1)
    return Pulled(run, row[:, p.focus], hardest, 100 * hardest / np.maximum(others.sum(axis=1), 1e-300))


READOUTS = (
    Readout("loss_before", T("損失: はじめ", "Loss: first"), "first", 3, still=True),
    Readout("loss_after", T("いま", "now"), "run.loss", 3),
    Readout("hardest_share", T("最も似た負例の力: はじめ", "Hardest push: first"), "first_share", 1, PERCENT, True),
    Readout("gap", T("ギャップ", "Gap"), "run.gap", 3),
)


def draw(r: Pulled, p: Params) -> Stage:
    run = r.run
    high = run.gap[len(run.gap) // 8] > 0.25 * max(run.alignment.max(), run.gap.max())
    losses = over_steps(
        "loss", run.steps, {T("損失", "loss"): (run.loss, BLUE, 0.08, "top right")}, NATS, bound=np.log(p.pairs)
    )
    curves = {
        T("組の距離の2乗", "pair distance²"): (run.alignment, BLUE, 0.12, "top right"),
        T("ギャップ", "gap"): (run.gap, PURPLE, 0.12, "bottom right" if high else "top right"),
    }
    card = table(
        T(f"画像 {p.focus + 1} が受ける力", f"What image {p.focus + 1} feels"),
        (T("自分の文の確率 (%)", "own text (%)"), 100 * r.own, 1),
        (T("いちばん似た負例 (%)", "hardest negative (%)"), 100 * r.hardest, 1),
        (T("　押す力に占める割合 (%)", "— share of the push (%)"), r.share, 1),
        (T("一様さ", "uniformity"), run.uniformity, 2),
    )
    return Stage(
        (towers(run, p), losses, over_steps("spread", run.steps, curves, T("距離", "Distance"))),
        ("circle loss", "circle spread", "circle card"),
        (card,),
        Playhead(run.steps, T("ステップ", "step"), 8.0),
        height=480,
        columns="minmax(0, 1.6fr) minmax(0, 1fr)",
        note="no_model",
    )


def towers(run: circle.Run, p: Params) -> Figure:
    """Draw two towers on the unit circle, each point's next step, and the pulls and pushes that one image feels."""
    n, f = p.pairs, p.focus
    at = [np.stack([np.cos(angles), np.sin(angles)], axis=-1) for angles in (run.image, run.text)]  # (t, n, 2)
    places, angle = np.concatenate(at, axis=1), np.concatenate([run.image, run.text], axis=1)
    # Arrows follow the tangent; what is longer than half of the circle's radius is drawn that long.
    step = np.clip(p.rate * n * np.concatenate([run.image_force, run.text_force], axis=1), -0.5, 0.5)
    ends = places + step[..., None] * np.stack([-np.sin(angle), np.cos(angle)], axis=-1)
    others = np.arange(n) != f
    turn = np.linspace(0, 2 * np.pi, 121)
    return sheet(
        "circle",
        line(np.cos(turn), np.sin(turn), GRID, width=1.5),
        {**segments(*at, MUTED, width=1), "opacity": 0.7},
        wedges(at[0][:, f], at[1][:, others], run.rows[:, f, others], ORANGE, 0.55),
        wedges(at[0][:, f], at[1][:, f : f + 1], 1 - run.rows[:, f, f : f + 1], BLUE, 0.6),
        arrow(places, ends, INK, size=4.0, width=1.6),
        points(
            moving(places[..., 0]),
            moving(places[..., 1]),
            np.repeat([0, 1], n),
            names=(T("画像", "image"), T("文", "text")),
            size=12.0,
            ring=np.array([f]),
        ),
        text(-1.27, 1.2, T("● 画像　▲ 文", "● image   ▲ text"), MUTED),
        text(-1.27, -1.2, T("青のくさび: 引く力　橙: 押す力", "Blue wedge: pull. Orange: push"), MUTED),
        xlim=(-1.3, 1.3),
        ylim=(-1.3, 1.3),
        equal=True,
        room=8,
        drag=True,
    )


def code(p: Params) -> str:
    return f"""\
import numpy as np
from core.pretraining.clip import circle

run = circle.train({p.pairs}, temperature={p.heat!r}, rate={p.rate!r}, gap={p.apart!r},
                   cross_modal={p.cross!r}, in_modal={p.inner!r}, seed={p.seed})
others = np.delete(run.rows[0, {p.focus}], {p.focus})
print("loss_before =", run.loss[0])
print("loss_after =", run.loss[-1])
print("hardest_share =", 100 * others.max() / max(others.sum(), 1e-300))
print("gap =", run.gap[-1])
"""


def shares(*runs: Pulled) -> dict[str, Floats]:
    warm, cold = np.reshape([r.first_share for r in runs], (2, -1))
    return {"warm": np.quantile(warm, [0, 0.5, 1]), "cold": np.quantile(cold, [0, 0.5, 1])}


def gathers(*runs: Pulled) -> bool:
    warm, cold = shares(*runs).values()
    return warm[2] < 25 and cold[1] > 90 and cold[0] > 2 * warm[2]


def thrown(*heats: float) -> tuple[dict[str, float], ...]:
    """Ask for eight throws of the points at each temperature; the last is the stage's own."""
    return tuple({"heat": heat, "seed": seed} for heat in heats for seed in reversed(range(8)))


CHECKS = {"hardest": Check(thrown(10.0, 0.05), gathers, control=thrown(10.0, 1.0), measure=shares)}
