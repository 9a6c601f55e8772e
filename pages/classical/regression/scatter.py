"""Points (x, t), the line of least squares, and a line of one's own."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.classical import regression as reg
from core.data import diabetes
from core.data.window import span
from core.result import result
from core.text import PERCENT, T
from ui.params import choice, hand_points, hand_window, own_names, slider
from ui.stock import Problem, called

DATA = {
    "line": T("まっすぐな関係（作りもの）", "A straight relation (made up)"),
    "outlier": T("離れた点ひとつ（作りもの）", "One far point (made up)"),
    "diabetes": T("BMI と糖尿病の進み方", "BMI and diabetes"),
    "own": T("自分の点", "My own points"),
}
AXES = {"diabetes": (T("BMI (kg/m²)", "BMI (kg/m²)"), T("1 年後の進み方", "Progression after a year"))}
PLANE = (T("x", "x"), T("t", "t"))
TAKEN = 150  # patients, of 442: the first, whose order means nothing
GRID = 161


@dataclass(frozen=True)
class Scatter:
    data: str = choice(T("データ", "Data"), DATA)
    slope: float = slider(T("あなたの傾き", "Your slope"), -100.0, 100.0, default=0.0, step=1.0, unit=PERCENT)
    lift: float = slider(T("あなたの線の高さ", "Your line's height"), 0.0, 100.0, default=50.0, step=0.5, unit=PERCENT)
    sigma: float = slider(T("釣り鐘の幅 σ", "Width of the bells σ"), 1.0, 60.0, default=10.0, log=True, unit=PERCENT)
    n: int = slider(T("点の数", "Points"), 5, 100, default=30, when=lambda p: p.data in ("line", "outlier"))
    noise: float = slider(
        T("ノイズ", "Noise"), 0.0, 2.0, default=0.6, step=0.05, when=lambda p: p.data in ("line", "outlier")
    )
    seed: int = slider(T("乱数の種", "Seed"), 0, 99, default=0, when=lambda p: p.data in ("line", "outlier"))
    points: tuple[tuple[float, float, int], ...] = hand_points(classes=1, sets={"data": "own"})
    window: tuple[float, ...] = hand_window(when=lambda p: p.data == "own")
    names: tuple[str, ...] = own_names(when=lambda p: p.data == "own")


@result
class Line:
    problem: Problem  # the points as the plane shows them
    fit: reg.Fit | None  # None for fewer than two points, or where all stand over one x
    hand: tuple[float, float]  # intercept and slope
    hand_square: float | None  # mean square of its residuals
    sigma: float  # in units of t
    slopes: NDArray[np.float64]  # (GRID,) lines through the middle of the points
    squares: NDArray[np.float64]  # (GRID,) mean squares of their residuals
    likelihoods: NDArray[np.float64]  # (GRID,) of the points, the largest being 1

    @property
    def x(self) -> NDArray[np.float64]:
        return self.problem.x[:, 0]

    @property
    def t(self) -> NDArray[np.float64]:
        return self.problem.x[:, 1]

    @property
    def level(self) -> float | None:
        return float(self.fit.weights[0]) if self.fit else None

    @property
    def slope(self) -> float | None:
        return float(self.fit.weights[1]) if self.fit else None

    @property
    def least(self) -> float | None:
        return self.fit.sigma2_ml if self.fit else None

    @property
    def leverage(self) -> NDArray[np.float64]:
        return self.fit.leverage if self.fit else np.zeros(len(self.x))

    @property
    def lever(self) -> float | None:
        return float(self.leverage.max()) if self.fit else None

    @property
    def loo(self) -> float | None:
        """Root mean square of what the fits without a point miss it by; None where a point alone holds the fit."""
        misses = self.fit.loo_residuals if self.fit else np.array([np.nan])
        return float(np.sqrt(np.mean(misses**2))) if np.isfinite(misses).all() else None

    @property
    def flattest(self) -> float:
        return float(self.slopes[np.argmin(self.squares)])

    @property
    def likeliest(self) -> float:
        return float(self.slopes[np.argmax(self.likelihoods)])

    @property
    def note(self) -> str | None:
        return None if self.fit else "few"

    def refits(self) -> NDArray[np.float64]:
        """Leave each point out in turn, fit anew, and see by how much it is missed."""
        rest = ~np.eye(len(self.x), dtype=bool)
        fits = [reg.fit(self.x[keep, None], self.t[keep]).weights for keep in rest]
        return np.array([t - w[0] - w[1] * x for w, x, t in zip(fits, self.x, self.t, strict=True)])


def compute(p: Scatter) -> Line:
    problem = scattered(p)
    x, t = problem.x.T
    x0, x1, y0, y1 = problem.window[:4]
    fit = reg.fit(x[:, None], t) if len(x) > 1 and np.ptp(x) > 0 else None
    slope = p.slope / 100 * (y1 - y0) / (x1 - x0)
    middle = float(x.mean()) if len(x) else (x0 + x1) / 2
    hand = (y0 + p.lift / 100 * (y1 - y0) - slope * middle, slope)
    sigma = p.sigma / 100 * (y1 - y0)
    slopes = np.linspace(-1, 1, GRID) * (y1 - y0) / (x1 - x0)
    # Lines through the middle of the points: residuals t − t̄ − a (x − x̄)
    away = (t - t.mean())[:, None] - slopes * (x - x.mean())[:, None] if len(x) else np.zeros((0, GRID))
    squares = (away**2).mean(axis=0) if len(x) else np.zeros(GRID)
    logs = np.array([reg.log_likelihood(column, sigma) for column in away.T])
    missed = float(np.mean((t - hand[0] - slope * x) ** 2)) if fit else None
    return Line(problem, fit, hand, missed, sigma, slopes, squares, np.exp(logs - logs.max()))


def scattered(p: Scatter) -> Problem:
    """Give the points that the parameters ask for: x across, t up."""
    if p.data == "own":
        rows = np.array(p.points, dtype=float).reshape(-1, 3)
        named = called(p.names, 1)[0] if p.names else PLANE
        return Problem(rows[:, :2], rows[:, 2].astype(int), (T("点", "Point"),), named, p.window)
    x, t = drawn(p)
    return Problem(
        np.column_stack([x, t]), np.zeros(len(x), int), (T("点", "Point"),), AXES.get(p.data, PLANE), limits(x, t)
    )


def limits(x: NDArray[np.float64], t: NDArray[np.float64]) -> tuple[float, ...]:
    return (*span(x), *span(t))


def drawn(p: Scatter) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give x and t of what is not made by hand."""
    if p.data == "diabetes":
        patients = diabetes()
        return patients.x[:TAKEN, 2], patients.t[:TAKEN]
    rng = np.random.default_rng(p.seed)
    x, e = rng.uniform(-2, 2, 100)[: p.n], rng.standard_normal(100)[: p.n]
    t = 0.8 * x + p.noise * e
    if p.data == "outlier":
        x, t = np.append(x[1:], 5.0), np.append(t[1:], -2.0)
    return x.round(6), t.round(6)


def code(p: Scatter) -> str:
    """Give Python that prints the readouts."""
    if p.data == "own":
        made = f"points = np.array({[list(point[:2]) for point in p.points]}).reshape(-1, 2)\nx, t = points.T\n"
    elif p.data == "diabetes":
        made = f"data = diabetes()\nx, t = data.x[:{TAKEN}, 2], data.t[:{TAKEN}]\n"
    else:
        far = "x, t = np.append(x[1:], 5.0), np.append(t[1:], -2.0)\n" if p.data == "outlier" else ""
        made = f"""\
rng = np.random.default_rng({p.seed})
x, e = rng.uniform(-2, 2, 100)[:{p.n}], rng.standard_normal(100)[:{p.n}]
t = 0.8 * x + {p.noise!r} * e
{far}x, t = x.round(6), t.round(6)
"""
    load = "from core.data import diabetes\n" if p.data == "diabetes" else ""
    head = f"import numpy as np\n\nfrom core.classical import regression as reg\n{load}\n{made}"
    r = compute(p)
    if r.fit is None:
        return f'{head}print("points =", len(x))\n'
    x0, x1, y0, y1 = r.problem.window[:4]
    return f"""\
{head}slope = {p.slope / 100!r} * ({y1!r} - {y0!r}) / ({x1!r} - {x0!r})
height = {y0!r} + {p.lift / 100!r} * ({y1!r} - {y0!r})
fit = reg.fit(x[:, None], t)
print("hand =", np.mean((t - height - slope * (x - x.mean())) ** 2))
print("best =", fit.sigma2_ml)
print("slope =", fit.weights[1])
print("leverage =", fit.leverage.max())
{'print("loo =", np.sqrt(np.mean(fit.loo_residuals**2)))' if r.loo is not None else ""}
"""


def variance(*runs: Line) -> dict[str, float]:
    """Give the mean of σ² of maximum likelihood, as a share of the true one, over runs with noise 1."""
    return {"share": float(np.mean([r.least for r in runs])), "runs": len(runs)}
