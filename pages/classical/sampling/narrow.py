"""The narrow guess: mean field forgets that coordinates hang together, and is too sure of each."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.classical import sampling as s
from core.data.measured import diabetes
from core.text import PERCENT, T
from figures.marks import area, ellipse, hline, line, marks, moving, ring, until
from figures.plot import plot, round_up
from figures.spec import BLUE, INK, Figure, Playhead, Stage
from pages.classical.sampling.guess import Narrow, as_said, exact
from ui.params import choice, slider
from ui.scene import Check, Readout

CONTROLS = ("law", "rho", "way")
ZOOM = ("law",)
SWEEPS, AWAY = 25, 2.5  # AWAY: of the first means, in standard deviations
COLUMNS = {"cholesterol": (4, 5), "body": (2, 3)}
AXES = {
    "hand": (T("一つ目の未知数", "First unknown"), T("二つ目の未知数", "Second unknown")),
    "cholesterol": (T("総コレステロールの重み", "Weight of cholesterol"), T("LDL の重み", "Weight of LDL")),
    "body": (T("BMI の重み", "Weight of BMI"), T("血圧の重み", "Weight of blood pressure")),
}


@dataclass(frozen=True)
class Params:
    law: str = choice(
        T("本当の分布", "True distribution"),
        {
            "hand": T("相関を手で決める", "correlation by hand"),
            "cholesterol": T("糖尿病: コレステロールと LDL", "diabetes: cholesterol, LDL"),
            "body": T("糖尿病: BMI と血圧", "diabetes: BMI, blood pressure"),
        },
    )
    rho: float = slider(
        T("相関 ρ", "Correlation ρ"), -0.95, 0.95, default=0.9, step=0.01, when=lambda p: p.law == "hand"
    )
    way: str = choice(
        T("何を小さくするか", "What is lowered"),
        {
            "reverse": T("KL(q‖p)（平均場）", "KL(q‖p), mean field"),
            "forward": T("KL(p‖q)（逆向き）", "KL(p‖q), turned round"),
        },
    )


def compute(p: Params) -> Narrow:
    if p.law == "hand":
        mean, covariance = np.zeros(2), np.array([[1.0, p.rho], [p.rho, 1.0]])
    else:
        data = diabetes()
        mean, covariance = s.posterior(data.x[:, COLUMNS[p.law]], data.t)
    if p.way == "forward":
        q = s.matched(mean, covariance)
        return Narrow(mean, covariance, q, s.divergence(mean, covariance, q.means[-1], np.diag(q.variances[-1])))
    start = mean + AWAY * np.sqrt(np.diag(covariance)) * [1, np.sign(covariance[0, 1]) or 1]
    q = s.mean_field(mean, covariance, start=start, sweeps=SWEEPS)
    return Narrow(mean, covariance, q, -float(q.elbo[-1]))


READOUTS = (
    Readout("width", T("推測の幅（本当の何%）", "Width of the guess"), "width", 1, PERCENT),
    Readout("covered", T("95% 区間の中身", "Its 95% interval holds"), "covered", 1, PERCENT),
    Readout("rho", T("本当の相関 ρ", "True correlation ρ"), "rho", 2, still=True),
    Readout("gap", T("残る KL (nat)", "KL that remains (nats)"), "gap", 3),
)


def draw(r: Narrow, p: Params) -> Stage:
    return Stage(
        (plane(r, p), bells(r, p), bound(r)),
        ("plane bells", "plane bound"),
        playhead=Playhead(np.arange(len(r.q.elbo)), T("更新", "Update"), seconds=6.0),
        height=450,
        columns="minmax(0, 1.3fr) minmax(0, 1fr)",
    )


def plane(r: Narrow, p: Params) -> Figure:
    """Draw both laws by their ellipses at one and two standard deviations, and the walk of the guess's mean."""
    truth = [ellipse(r.mean, r.covariance, sd) for sd in (1, 2)]
    axes, drawn = np.eye(2) * r.q.variances[:, None, :], []
    for sd, width in ((1, 2.5), (2, 1.5)):
        path = ellipse(r.q.means, axes, sd, 41)
        drawn.append(line(moving(path[..., 0]), moving(path[..., 1]), BLUE, width=width))
    (x, y), (dx, dy), at = r.q.means.T, 3.4 * r.sd, np.arange(1, len(r.q.means) + 1)
    return plot(
        "plane",
        area(*truth[1].T, INK, 0.08),
        [line(*path.T, INK, dash="dash", width=1.6) for path in truth],
        drawn,
        until(line(x, y, BLUE, width=1.2), at),
        marks(moving(x[:, None]), moving(y[:, None]), BLUE, size=9),
        x=AXES[p.law][0],
        y=AXES[p.law][1],
        xlim=(r.mean[0] - dx, r.mean[0] + dx),
        ylim=(r.mean[1] - dy, r.mean[1] + dy),
        equal=True,
    )


def bells(r: Narrow, p: Params) -> Figure:
    x = r.mean[0] + r.sd[0] * np.linspace(-3.4, 3.4, 121)

    def density(mean: NDArray[np.float64], sd: NDArray[np.float64]) -> NDArray[np.float64]:
        # N(x; m, σ²) = exp(−(x − m)²/2σ²) / (√(2π) σ)
        return np.exp(-0.5 * ((x - mean) / sd) ** 2) / (np.sqrt(2 * np.pi) * sd)

    guess = density(r.q.means[:, :1], np.sqrt(r.q.variances[:, :1]))
    return plot(
        "bells",
        line(x, density(r.mean[0], r.sd[0]), INK, dash="dash", width=1.6, label=T("本当", "truth"), at=0.3),
        line(x, moving(guess), BLUE, width=2.5),
        x=AXES[p.law][0],
        y=T("確率密度", "Density"),
        xlim=(x[0], x[-1]),
        ylim=(0, round_up(1.12 * float(guess.max()), least=1e-6)),
        small=True,
    )


def bound(r: Narrow) -> Figure:
    at, elbo = np.arange(len(r.q.elbo)), r.q.elbo
    return plot(
        "bound",
        hline(0, (-1, 99), INK, dash="dash", width=1.4),
        until(line(at, elbo, BLUE, width=2.5), 1 + at),
        ring(moving(at), moving(elbo)),
        x=T("更新", "Update"),
        y=T("下界 (nat)", "Bound (nats)"),
        xlim=(-1.5, 2 * SWEEPS + 1.5),
        ylim=(-round_up(-1.05 * float(elbo.min()), least=0.1), 0.08 * round_up(-1.05 * float(elbo.min()), least=0.1)),
        whole_x=True,
        small=True,
    )


def code(p: Params) -> str:
    if p.law == "hand":
        law = f"mean, covariance = np.zeros(2), np.array([[1.0, {p.rho!r}], [{p.rho!r}, 1.0]])\n"
    else:
        law = f"data = diabetes()\nmean, covariance = s.posterior(data.x[:, {list(COLUMNS[p.law])}], data.t)\n"
    if p.way == "forward":
        guess = "q = s.matched(mean, covariance)\n"
        gap = "s.divergence(mean, covariance, q.means[-1], np.diag(q.variances[-1]))"
    else:
        guess = f"start = mean + {AWAY} * sd * [1, np.sign(covariance[0, 1]) or 1]\n"
        guess += f"q = s.mean_field(mean, covariance, start=start, sweeps={SWEEPS})\n"
        gap = "s.divergence(q.means[-1], np.diag(q.variances[-1]), mean, covariance)"
    return f"""\
import numpy as np
from scipy.stats import norm

from core.classical import sampling as s
from core.data.measured import diabetes

{law}sd = np.sqrt(np.diag(covariance))
{guess}m, width = q.means[-1, 0], np.sqrt(q.variances[-1, 0])
truth = norm(mean[0], sd[0])
print("width =", 100 * width / sd[0])
print("covered =", 100 * (truth.cdf(m + 1.96 * width) - truth.cdf(m - 1.96 * width)))
print("rho =", covariance[0, 1] / sd.prod())
print("gap =", {gap})
"""


TURNED = tuple({"rho": rho, "way": way} for rho in (0.5, -0.8, 0.9) for way in ("reverse", "forward"))
CHECKS = {
    "narrow": Check(
        ({"rho": 0.5}, {"rho": -0.8}, {"rho": 0.9}),
        as_said,
        control=tuple({"rho": rho, "way": "forward"} for rho in (0.5, -0.8, 0.9)),
    ),
    "covered": Check(
        ({"law": "body"}, {"law": "cholesterol"}),
        lambda body, cholesterol: body.covered[-1] > 90 and 50 < cholesterol.covered[-1] < 70,
        control=({"law": "body", "way": "forward"}, {"law": "cholesterol", "way": "forward"}),
    ),
    "turned": Check(
        TURNED,
        lambda *runs: all(exact(b) and abs(a.gap - b.gap) < 0.01 for a, b in zip(runs[::2], runs[1::2], strict=True)),
        control=tuple(run | {"way": "reverse"} for run in TURNED),
    ),
}
