"""Lesson: the Kalman gain, how far to trust the next measurement."""

import functools
import textwrap
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.classical import kalman as core
from figures.classical import kalman as figures
from figures.spec import Card, Playhead, Row, Stage, T
from ui.params import choice, own_series, slider, toggle
from ui.scene import Experiment, Readout, Scene

Array = NDArray[np.float64]

TIMES_START = (1.0, 1 / 16, 1 / 256)  # variances of position, velocity and acceleration at the start, as shares of P0
WORLD_P0 = 4.0  # of the world of a series
VAGUE = 10.0  # P0 ÷ R where a filter's tuning is judged: a start that says little
RATIO = np.linspace(-4.0, 3.0, 71)  # log₁₀(q/r) of the curve of steady gains
LOG_Q, LOG_R = np.linspace(-5.0, 2.0, 36), np.linspace(-2.0, 2.0, 21)  # the likelihood's surface, steps of 0.2
LAGS = 12
LEAST = 5  # measurements of one's own
OWN_P0 = 100.0  # P0 ÷ R of a series of one's own, whose start nobody knows
MODELS = {"level": T("水準", "Level"), "velocity": T("速度", "Velocity"), "acceleration": T("加速度", "Acceleration")}
PHASES = (T("予測", "predict"), T("測定", "measure"), T("更新", "update"))


def _own(p: Any) -> bool:
    """Whether there is a series of one's own to filter: one that is long enough, and moves."""
    known = [v for v in p.series if v is not None]
    return p.data == "own" and len(known) >= LEAST and min(known) < max(known)


def _made(p: Any) -> bool:
    return not _own(p)


@dataclass(frozen=True)
class Params:
    """The controls of the Kalman gain."""

    # One measurement
    z: float = slider(T("測定値", "Measured"), 10.0, 34.0, default=24.0, step=0.1, unit=T("℃", "°C"))
    sensor: float = slider(T("測定の ±", "± of the sensor"), 0.05, 50.0, default=1.0, log=True, unit=T("℃", "°C"))
    spread: float = slider(T("予測の ±", "± of the prediction"), 0.05, 50.0, default=4.0, log=True, unit=T("℃", "°C"))
    hand: float = slider(T("あなたのゲイン K", "Your gain K"), 0.0, 1.0, default=0.5, step=0.01)
    prior: float = slider(T("これまでの推定", "Estimate so far"), 10.0, 34.0, default=22.0, step=0.1, unit=T("℃", "°C"))
    reading: str = choice(
        T("± の意味", "What ± means"),
        {"deviation": T("標準偏差", "standard deviation"), "variance": T("分散", "variance")},
    )
    # A series
    data: str = choice(
        T("データ", "Data"), {"simulated": T("作ったデータ", "Simulated"), "own": T("自分の系列", "Your own series")}
    )
    series: tuple[float | None, ...] = own_series(sets={"data": "own"})
    model: str = choice(T("フィルタのモデル", "Filter's model"), MODELS, default="velocity")
    q: float = slider(T("フィルタの Q", "Filter's Q"), 1e-6, 100.0, default=0.05, log=True)
    r: float = slider(T("フィルタの R", "Filter's R"), 0.01, 100.0, default=4.0, log=True)
    p0: float = slider(T("はじめの分散 P₀", "Initial variance P₀"), 0.01, 1e4, default=4.0, log=True, when=_made)
    dt: float = slider(T("間隔 Δt", "Interval Δt"), 0.2, 2.0, default=1.0, step=0.1, unit=T("s", "s"), when=_made)
    q_true: float = slider(T("世界の Q", "World's Q"), 1e-4, 10.0, default=0.05, log=True, when=_made)
    r_true: float = slider(T("世界の R", "World's R"), 0.1, 50.0, default=4.0, log=True, when=_made)
    turn: float = slider(
        T("急な加速", "Sudden push"), 0.0, 6.0, default=0.0, step=0.1, unit=T("m/s", "m/s"), when=_made
    )
    gap: int = slider(T("欠測", "Dropout"), 0, 20, default=0, unit=T("歩", "steps"))
    outliers: float = slider(T("外れ値の割合", "Share of outliers"), 0.0, 0.3, default=0.0, step=0.01, when=_made)
    bias: float = slider(
        T("センサーの偏り", "Sensor bias"), -6.0, 6.0, default=0.0, step=0.1, unit=T("m", "m"), when=_made
    )
    steps: int = slider(T("ステップ数", "Steps"), 20, 80, default=50, when=_made)
    seed: int = slider(T("乱数の種", "Seed"), 0, 99, default=0, when=_made)
    # What K depends on
    scale: float = slider(T("Q, R, P₀ をまとめて ×", "Q, R and P₀ together ×"), 0.01, 100.0, default=1.0, log=True)
    # Tuning and the race
    tune: bool = toggle(T("尤度で自動調整", "Tune by likelihood"))
    redraws: int = slider(T("描き直す回数", "Redraws"), 20, 200, default=50, when=_made)
    window: int = slider(T("移動平均の幅", "Moving average over"), 1, 15, default=5, unit=T("回", ""))
    alpha: float = slider(T("固定ゲイン K", "Fixed gain K"), 0.05, 1.0, default=0.4, step=0.01)


# ---- one measurement


@dataclass(frozen=True, eq=False)
class One:
    """One update, by the best gain, by the learner's, and as the notes read it."""

    P: float
    R: float
    gain: float
    mean: float
    variance: float
    hand_mean: float
    hand_error: float  # mean squared
    notes_mean: float
    notes_spread: float  # what the notes say
    notes_gain: float
    notes_error: float  # mean squared, in truth
    k: Array  # (n,) gains, and their errors
    total: Array
    parts: tuple[Array, Array]


def compute_one(p: Params) -> One:
    power = 2 if p.reading == "deviation" else 1
    P, R = p.spread**power, p.sensor**power
    mean, variance, gain = core.update(p.prior, P, p.z, R)
    notes_mean, notes_spread, notes_gain = core.ratio_update(p.prior, p.spread, p.z, p.sensor)
    k = np.linspace(0, 1, 201)
    return One(
        P=P,
        R=R,
        gain=gain,
        mean=mean,
        variance=variance,
        hand_mean=p.prior + p.hand * (p.z - p.prior),
        hand_error=core.expected_error(p.hand, P, R),
        notes_mean=notes_mean,
        notes_spread=notes_spread,
        notes_gain=notes_gain,
        notes_error=core.expected_error(notes_gain, P, R),
        k=k,
        total=core.expected_error(k, P, R),
        parts=(core.expected_error(k, P, 0), core.expected_error(k, 0, R)),
    )


def draw_one(r: One, p: Params) -> Stage:
    deviation = p.reading == "deviation"
    sd = float(np.sqrt(r.variance))
    notes_sd = r.notes_spread if deviation else float(np.sqrt(r.notes_spread))
    beliefs = figures.beliefs(
        (p.prior, float(np.sqrt(r.P))),
        (p.z, float(np.sqrt(r.R))),
        (r.mean, sd),
        (r.notes_mean, notes_sd),
        r.hand_mean,
        alt=T(
            f"予測 {p.prior:.1f}、測定 {p.z:.1f}、推定 {r.mean:.2f} ± {sd:.2f} の三つの山。",
            f"Three bells: prediction {p.prior:.1f}, measurement {p.z:.1f}, estimate {r.mean:.2f} ± {sd:.2f}.",
        ),
    )
    parabola = figures.parabola(
        r.k,
        r.total,
        *r.parts,
        best=(r.gain, r.variance),
        hand=(p.hand, r.hand_error),
        recipe=(r.notes_gain, r.notes_error),
        ends=(p.prior, p.z),
        estimates=(r.mean, r.hand_mean, r.notes_mean),
        alt=T(
            f"ゲインごとの誤差の放物線。最小は K = {r.gain:.3f}、あなたの K = {p.hand:.2f} では {r.hand_error:.2f}。",
            f"Error over the gain, a parabola: lowest at K = {r.gain:.3f}; at your K = {p.hand:.2f} it is {r.hand_error:.2f}.",
        ),
    )
    card = Card(
        "card",
        T("カルマンとノート", "Kalman and the notes"),
        (
            _still(T("カルマンの K", "Kalman's K"), r.gain, 3),
            _still(T("推定", "Estimate"), r.mean, 2),
            _still(T("その ±", "Its ±"), sd, 2),
            _still(T("ノートの K", "The notes' K"), r.notes_gain, 3),
            _still(T("推定", "Estimate"), r.notes_mean, 2),
            _still(T("ノートが言う ±", "± the notes give"), r.notes_spread if deviation else notes_sd, 2),
            _still(T("実際の ±", "± in truth"), float(np.sqrt(r.notes_error)), 2),
        ),
    )
    return Stage(
        figures=(parabola, beliefs),
        cards=(card,),
        grid=(*["beliefs parabola"] * 5, *["beliefs card"] * 3),
        columns="minmax(0, 1.15fr) minmax(0, 1fr)",
        height=520,
        note=_elsewhere(p, hidden=False),
    )


def _still(label: T, value: float, digits: int) -> Row:
    return Row(label, np.array([value]), digits)


def readouts_one(r: One, p: Params) -> tuple[Readout, ...]:
    return (
        Readout("gain", T("ゲイン K", "Gain K"), r.gain, 3),
        Readout("mean", T("推定", "Estimate"), r.mean, 2, T("℃", "°C")),
        Readout("sd", T("±", "±"), float(np.sqrt(r.variance)), 2),
        Readout("hand_error", T("あなたの K の ±", "± with your K"), float(np.sqrt(r.hand_error)), 2),
    )


# ---- a series of one's own


def _elsewhere(p: Params, *, hidden: bool = True) -> T | None:
    """Say in the other scenes where the series of one's own is."""
    if _made(p):
        return None
    why_ja = "ここは作ったデータのままで、そのつまみは「作ったデータ」に戻すと出ます。" if hidden else ""
    why_en = " This one simulates; choose Simulated there to have its controls back." if hidden else ""
    return T(
        f"自分の系列は、場面「時系列」と「合っているか」で使います。{why_ja}",
        f"Your series plays in the scenes “A series” and “Is it well tuned?”.{why_en}",
    )


def _asked(p: Params) -> T | None:
    """Say how a series of one's own comes in."""
    if p.data != "own" or _own(p):
        return None
    few_ja = f"系列には、違う値を含む測定が {LEAST} 個以上いります。" if p.series else ""
    few_en = f"A series needs {LEAST} measurements or more, not all the same. " if p.series else ""
    return T(
        f"{few_ja}この下の「自分の表を使う」で CSV と列を選ぶと、ここに入ります。いまは作ったデータです。",
        f"{few_en}Open “Use a table of your own” below and choose a CSV and a column. Until then the data are simulated.",
    )


def _unit(p: Params) -> float:
    """Give the power of ten to divide by where the series moves too much or too little for the sliders of Q and R."""
    moved = np.diff([v for v in p.series if v is not None])
    noise = float(np.sqrt(np.mean(moved**2) / 2))
    return 1.0 if 0.15 <= noise <= 8 else float(10.0 ** np.round(np.log10(noise)))


def _column(p: Params) -> Array:
    """Give the series as (t, 1) measurements, NaN where missing."""
    return np.array([[np.nan if v is None else v] for v in p.series]) / _unit(p)


def _own_model(p: Params, q: float, r: float) -> Any:
    """Start from the first measurement, with P0 so wide that it says little more; a row is a step."""
    column = _column(p)
    start = float(column[~np.isnan(column)][0])
    if p.model == "level":
        return core.local_level(q, r, m0=start, p0=OWN_P0 * r)
    spread = [OWN_P0 * r * s for s in TIMES_START]
    if p.model == "velocity":
        return core.constant_velocity(1.0, q, r, m0=[start, 0.0], p0=spread[:2])
    return core.constant_acceleration(1.0, q, r, m0=[start, 0.0, 0.0], p0=spread)


def _quantity(p: Params) -> figures.Quantity:
    if _made(p):
        return figures.POSITION
    unit = _unit(p)
    scale = "" if unit == 1 else f"÷ {unit:,.0f}" if unit > 1 else f"× {1 / unit:,.0f}"
    return figures.Quantity(T("行", "Row"), T("値", "Value"), scale, "%{x}: %{y}")


def _mean(values: Array) -> float:
    """Average what is there."""
    there = values[~np.isnan(values)]
    return float(there.mean()) if len(there) else float("nan")


# ---- a series


@dataclass(frozen=True, eq=False)
class Series:
    """A world, what was measured of it, and the filter's run."""

    time: Array  # (t,)
    states: Array | None  # (t, 2) true position and velocity
    clean: Array  # (t,) what the sensor would have said without a gap
    z: Array  # (t, 1) NaN where missing
    run: Any
    steady: Any  # covariance before the update in the steady state
    steady_gain: float  # of the position
    r: float
    raw_rmse: float
    rmse: float
    nis: float


def _world(p: Params) -> Any:
    return core.constant_velocity(p.dt, p.q_true, p.r_true, p0=[WORLD_P0 * s for s in TIMES_START[:2]])


def _model(p: Params) -> Any:
    if p.model == "level":
        return core.local_level(p.q * p.dt, p.r, p0=p.p0)
    if p.model == "velocity":
        return core.constant_velocity(p.dt, p.q, p.r, p0=[p.p0 * s for s in TIMES_START[:2]])
    return core.constant_acceleration(p.dt, p.q, p.r, p0=[p.p0 * s for s in TIMES_START])


def _push(p: Params) -> Array:
    """Add to the velocity once, half way."""
    push = np.zeros((p.steps, 2))
    push[p.steps // 2, 1] = p.turn
    return push


def compute_series(p: Params) -> Series:
    if _own(p):
        states, clean, model = None, _column(p), _own_model(p, p.q, p.r)
    else:
        states, measured = core.simulate(_world(p), p.steps, seed=p.seed, push=_push(p))
        clean = core.disturb(measured, bias=p.bias, outliers=p.outliers, size=8 * p.r_true**0.5, seed=p.seed)
        model = _model(p)
    z = core.disturb(clean, gap=p.gap)
    run = core.filter(model, z)
    steady = core.steady_covariance(model)
    return Series(
        time=(1.0 if states is None else p.dt) * np.arange(1.0, len(z) + 1),
        states=states,
        clean=clean[:, 0],
        z=z,
        run=run,
        steady=steady,
        steady_gain=core.gain(steady[0, 0], p.r),
        r=p.r,
        raw_rmse=float("nan") if states is None else core.rmse(z[:, 0], states[:, 0]),
        rmse=float("nan") if states is None else core.rmse(run.mean[:, 0], states[:, 0]),
        nis=_mean(run.nis),
    )


def _phases(*three: Array) -> Array:
    """Interleave (t,) values of predict, measure and update to (3t,) frames."""
    return np.stack(three, axis=1).ravel()


def draw_series(r: Series, p: Params) -> Stage:
    run, t = r.run, r.time
    prior, mean = run.prior_mean[:, 0], run.mean[:, 0]
    before, after = run.prior_cov[:, 0, 0], run.cov[:, 0, 0]
    gain, y, S = run.gain[:, 0, 0], run.innovation[:, 0], run.innovation_cov[:, 0, 0]
    none = np.full(len(t), np.nan)
    view = f"own {p.model} {hash(p.series)}" if _own(p) else f"{p.model} {p.steps} {p.dt} {p.seed}"
    of, note, count = _quantity(p), _asked(p), int((~np.isnan(r.z)).sum())
    if _own(p):
        start = float(r.clean[~np.isnan(r.clean)][0]) * _unit(p)
        scale = (
            T(f"値は Q と R の範囲に合わせて {of.unit}。", f" Values {of.unit}, to suit Q and R.")
            if of.unit
            else T("", "")
        )
        note = T(
            f"自分の系列、測定 {count} 個。1 行が 1 歩。{scale.ja}はじめの推定は最初の測定値 {start:g}、P₀ = {OWN_P0:g}R。",
            f"Your series, {count} measurements, a row a step.{scale.en} It starts from the first, {start:g}, with P₀ = {OWN_P0:g}R.",
        )
        alt = T(f"{count} 個の測定、推定と ± 2σ の帯。", f"{count} measurements, the estimate and its ± 2σ.")
    else:
        alt = T(
            f"真の値、{count} 個の測定、推定と ± 2σ の帯。推定の RMSE {r.rmse:.2f}、測定の RMSE {r.raw_rmse:.2f}。",
            f"Truth, {count} measurements, the estimate and its ± 2σ. RMSE {r.rmse:.2f}; of the measurements {r.raw_rmse:.2f}.",
        )
    times = np.repeat(t, 3)
    updated = np.where(np.isnan(y), 0.0, gain)
    picture = figures.series(
        t,
        None if r.states is None else r.states[:, 0],
        r.z[:, 0],
        np.where(np.isnan(r.z[:, 0]), r.clean, np.nan),
        mean,
        np.sqrt(after),
        prior,
        np.sqrt(before),
        of=of,
        view=view,
        alt=alt,
    )
    step = figures.step(
        np.sqrt(before),
        y,
        np.full(len(t), np.sqrt(p.r)),
        mean - prior,
        np.sqrt(after),
        of=of,
        view=view,
        alt=T("いまのステップの予測、測定、推定の山。", "Prediction, measurement and estimate of this step, as bells."),
    )
    history = figures.history(
        t,
        gain,
        before / p.r,
        after / p.r,
        r.steady_gain,
        ring=np.stack([times, _phases(before / p.r, before / p.r, after / p.r)], axis=1),
        of=of,
        view=view,
        alt=T(
            f"ゲインの履歴と分散のぎざぎざ。ゲインの定常値は {r.steady_gain:.3f}。",
            f"The gain over time and the sawtooth of the variance. The gain settles to {r.steady_gain:.3f}.",
        ),
    )
    innovation = figures.innovations(
        t,
        y,
        np.sqrt(S),
        ring=np.stack([times, _phases(none, y, y)], axis=1),
        of=of,
        view=view,
        alt=T(f"イノベーション。NIS の平均は {r.nis:.2f}。", f"Innovations. Their mean NIS is {r.nis:.2f}."),
    )
    card = Card(
        "card",
        T("この一歩の式", "This step in equations"),
        (
            Row(T("いま", "Now"), np.tile([0, 1, 2], len(t)), words=PHASES),
            Row(T("m⁻ = F m", "m⁻ = F m"), np.repeat(prior, 3), 2),
            Row(T("P⁻ = F P Fᵀ + Q", "P⁻ = F P Fᵀ + Q"), np.repeat(before, 3), 3),
            Row(T("y = z − H m⁻", "y = z − H m⁻"), _phases(none, y, y), 2),
            Row(T("K = P⁻Hᵀ S⁻¹", "K = P⁻Hᵀ S⁻¹"), _phases(none, none, updated), 3),
            Row(T("m = m⁻ + K y", "m = m⁻ + K y"), _phases(none, none, mean), 2),
            Row(T("P = (I − K H) P⁻", "P = (I − K H) P⁻"), _phases(none, none, after), 3),
        ),
    )
    return Stage(
        figures=(picture, step, history, innovation),
        cards=(card,),
        grid=(
            "series series card",
            "series series card",
            "series series step",
            "gain innovation step",
            "gain innovation step",
        ),
        columns="minmax(0, 1fr) minmax(0, 1fr) minmax(0, 0.9fr)",
        playhead=Playhead(np.repeat(np.arange(1, len(t) + 1), 3), T("ステップ", "Step"), 20.0),
        height=478,
        note=note,
    )


def readouts_series(r: Series, p: Params) -> tuple[Readout, ...]:
    return (
        Readout("steady_gain", T("K∞", "K∞"), r.steady_gain, 3),
        Readout("raw_rmse", T("測定の RMSE", "RMSE measured"), r.raw_rmse, 2),
        Readout("rmse", T("推定の RMSE", "RMSE estimated"), r.rmse, 2),
        Readout("nis", T("NIS の平均", "Mean NIS"), r.nis, 2),
    )


# ---- in the plane


@dataclass(frozen=True, eq=False)
class Plane:
    """A robot in a room: states (x, vx, y, vy)."""

    states: Array  # (t, 4)
    z: Array  # (t, 2)
    run: Any
    ratio: Array  # (t,) P21 / P11 before the update
    correlation: Array  # (t,) of position and velocity before the update
    velocity_rmse: float


PLACE, ALONG = [0, 2], [0, 1]  # x and y; x and its velocity
SPEED, WANDER = 1.5, 0.001  # of the robot: m/s on its lap, and the Q that shakes it


def _lap(p: Params) -> Array:
    """Give the robot's velocity (t + 1, 2) on one lap; nobody tells the filter."""
    angle = 2 * np.pi * np.arange(p.steps + 1) / p.steps
    return SPEED * np.stack([np.cos(angle), np.sin(angle)], axis=1)


def compute_plane(p: Params) -> Plane:
    lap = _lap(p)
    world = core.planar(
        core.constant_velocity(p.dt, WANDER, p.r_true, p0=[0.0, 0.0]), m0=[0.0, lap[0, 0], 0.0, lap[0, 1]]
    )
    push = np.zeros((p.steps, 4))
    push[:, [1, 3]] = np.diff(lap, axis=0)
    states, z = core.simulate(world, p.steps, seed=p.seed, push=push)
    own = core.constant_velocity(p.dt, p.q, p.r, p0=[p.p0 * s for s in TIMES_START[:2]])
    run = core.filter(core.planar(own), z)
    P = run.prior_cov
    return Plane(
        states=states,
        z=z,
        run=run,
        ratio=P[:, 1, 0] / P[:, 0, 0],
        correlation=P[:, 1, 0] / np.sqrt(P[:, 0, 0] * P[:, 1, 1]),
        velocity_rmse=core.rmse(run.mean[:, 1], states[:, 1]),
    )


def draw_plane(r: Plane, p: Params) -> Stage:
    run = r.run
    view = f"{p.steps} {p.seed} {p.dt}"

    def corner(cov: Array, rows: list[int]) -> Array:
        return cov[:, rows][:, :, rows]

    room = figures.room(
        r.states[:, PLACE],
        r.z,
        run.mean[:, PLACE],
        run.prior_mean[:, PLACE],
        corner(run.prior_cov, PLACE),
        corner(run.cov, PLACE),
        p.r * np.eye(2),
        view=view,
        alt=T(
            f"部屋を {len(r.z)} 歩すすむロボットの道と、予測・測定・推定の 2σ の楕円。",
            f"A robot's way over {len(r.z)} steps, with the 2σ ellipses of prediction, measurement and estimate.",
        ),
    )
    shift = run.mean[:, ALONG] - run.prior_mean[:, ALONG]
    tilt = figures.tilt(
        corner(run.prior_cov, ALONG),
        corner(run.cov, ALONG),
        shift,
        run.innovation[:, 0],
        p.r**0.5,
        view=view,
        alt=T(
            f"位置と速度の楕円は傾いている。最後の相関は {r.correlation[-1]:.2f}。",
            f"The ellipse of position and velocity is tilted; their last correlation is {r.correlation[-1]:.2f}.",
        ),
    )
    card = Card(
        "card",
        T("x 方向のこの一歩", "This step along x"),
        (
            Row(T("位置のずれ y", "Surprise y (m)"), run.innovation[:, 0], 2),
            Row(T("位置のゲイン K₁", "Position gain K₁"), run.gain[:, 0, 0], 3),
            Row(T("速度のゲイン K₂", "Velocity gain K₂"), run.gain[:, 1, 0], 3),
            Row(T("傾き P₂₁/P₁₁", "Slope P₂₁/P₁₁"), r.ratio, 3),
            Row(T("速度の直し K₂ y", "Velocity moved K₂ y"), shift[:, 1], 3),
            Row(T("速度の推定", "Velocity estimated"), run.mean[:, 1], 2),
            Row(T("真の速度", "True velocity"), r.states[:, 1], 2),
        ),
    )
    return Stage(
        figures=(room, tilt),
        cards=(card,),
        grid=(*["room tilt"] * 5, *["room card"] * 3),
        columns="minmax(0, 1.2fr) minmax(0, 1fr)",
        playhead=Playhead(np.arange(1, len(r.z) + 1), T("ステップ", "Step"), 12.0),
        height=478,
        note=_elsewhere(p),
    )


def readouts_plane(r: Plane, p: Params) -> tuple[Readout, ...]:
    return (
        Readout("k1", T("位置の K", "K, position"), float(r.run.gain[-1, 0, 0]), 3),
        Readout("k2", T("速度の K", "K, velocity"), float(r.run.gain[-1, 1, 0]), 3),
        Readout("correlation", T("相関", "Correlation"), float(r.correlation[-1]), 2),
        Readout("velocity_rmse", T("速度の RMSE", "Velocity RMSE"), r.velocity_rmse, 2),
    )


# ---- what K depends on

REDRAWN = 20


@dataclass(frozen=True, eq=False)
class Depends:
    """The same filter on twenty redraws."""

    z: Array  # (redraws, t)
    means: Array  # (redraws, t)
    variance: Array  # (t,)
    gains: Array  # (redraws, t)
    steady_gain: float
    steady_variance: float  # before the update
    smoothing: Array  # (t,)
    curve: Array  # steady gains over RATIO
    difference: float  # greatest, between the gains of two redraws


def _level(p: Params) -> Any:
    return core.local_level(p.scale * p.q, p.scale * p.r, p0=p.scale * p.p0)


@functools.cache
def _curve() -> Array:
    model = core.local_level(1.0, 1.0).scaled(q=10.0**RATIO)
    curve = core.steady_gain(model)[:, 0, 0]
    curve.flags.writeable = False
    return curve


def compute_depends(p: Params) -> Depends:
    world = core.local_level(p.q_true, p.r_true, p0=WORLD_P0)
    _, z = core.simulate(world, p.steps, seed=p.seed, runs=REDRAWN)
    model = _level(p)
    run, alone = core.filter(model, z), core.filter(model, z[-1])
    gains = np.array(run.gain[..., 0, 0])
    K = float(core.steady_gain(model)[0, 0])
    return Depends(
        z=z[..., 0],
        means=run.mean[..., 0],
        variance=alone.cov[:, 0, 0],
        gains=gains,
        steady_gain=K,
        steady_variance=float(core.steady_covariance(model)[0, 0]),
        smoothing=core.fixed_gain(model, z[0], K)[:, 0],
        curve=_curve(),
        difference=float(np.abs(gains - alone.gain[:, 0, 0]).max()),
    )


def draw_depends(r: Depends, p: Params) -> Stage:
    t = np.arange(1, len(r.z[0]) + 1).astype(float)
    view = f"{p.steps} {p.seed}"
    ratio = float(np.log10(p.q / p.r))
    tracks = figures.tracks(
        t,
        r.z[0],
        r.means,
        r.smoothing,
        np.sqrt(r.variance),
        view=view,
        alt=T(
            f"測定を {REDRAWN} 回描き直した推定。道はそれぞれ違う。",
            f"Estimates of {REDRAWN} redrawn series: every track is different.",
        ),
    )
    gains = figures.gain_curves(
        t,
        r.gains,
        r.steady_gain,
        redraws=REDRAWN,
        view=view,
        alt=T(
            f"{REDRAWN} 本のゲインの曲線は一本に重なる。差は {r.difference:.0g}。",
            f"The {REDRAWN} curves of the gain are one; they differ by {r.difference:.0g}.",
        ),
    )
    steady = figures.steady_curve(
        RATIO,
        r.curve,
        (min(max(ratio, RATIO[0]), RATIO[-1]), r.steady_gain),
        alt=T(
            f"定常ゲインは q/r だけの関数。いま log₁₀(q/r) = {ratio:.2f} で K∞ = {r.steady_gain:.3f}。",
            f"The steady gain as a function of q/r alone. Now log₁₀(q/r) = {ratio:.2f} and K∞ = {r.steady_gain:.3f}.",
        ),
    )
    return Stage(
        figures=(tracks, gains, steady),
        grid=("tracks gain", "tracks steady"),
        columns="minmax(0, 1.5fr) minmax(0, 1fr)",
        height=480,
        note=_elsewhere(p),
    )


def readouts_depends(r: Depends, p: Params) -> tuple[Readout, ...]:
    return (
        Readout("steady_gain", T("K∞", "K∞"), r.steady_gain, 3),
        Readout("steady_variance", T("P∞", "P∞"), r.steady_variance, 3),
        Readout("memory", T("記憶 1/K∞", "Memory 1/K∞"), 1 / r.steady_gain, 1, T("回", "")),
        Readout("difference", T("K の違い", "Spread of K"), r.difference, 3),
    )


# ---- is it well tuned?


@dataclass(frozen=True, eq=False)
class Tuned:
    """A filter's settings on trial."""

    q: float
    r: float
    likelihood: Any
    values: Array  # (t,) innovation ÷ √S
    correlation: Array  # (lags,)
    count: int  # of measurements
    nis: float  # mean of the first redraw
    band: tuple[float, float]  # of it
    share: float  # of redraws whose mean NIS is in the band
    nees: Array | None  # (t,) mean over redraws, where the truth is known
    nees_band: tuple[float, float]
    verdict: T
    well: bool


def _vague(q: float, r: float) -> Any:
    return core.constant_velocity(1.0, q, r, p0=[VAGUE * r * s for s in TIMES_START[:2]])


@functools.lru_cache(maxsize=64)
def _trial(q_true: float, r_true: float, steps: int, redraws: int, seed: int) -> tuple[Array, Array, Any]:
    """Draw the data; the likelihood depends on nothing else."""
    states, z = core.simulate(_vague(q_true, r_true), steps, seed=seed, runs=redraws)
    return states, z, core.likelihood(_vague(1.0, 1.0), z[0], q=10.0**LOG_Q, r=10.0**LOG_R)


@functools.lru_cache(maxsize=64)
def _own_likelihood(p: Params) -> Any:
    return core.likelihood(_own_model(p, 1.0, 1.0), _column(p), q=10.0**LOG_Q, r=10.0**LOG_R)


def _tuned_own(p: Params) -> Tuned:
    """Judge by what needs no truth: NIS, whiteness and likelihood."""
    z, likelihood = _column(p), _own_likelihood(Params(data=p.data, series=p.series, model=p.model))
    q, r = (likelihood.best_q, likelihood.best_r) if p.tune else (p.q, p.r)
    run = core.filter(_own_model(p, q, r), z)
    values = run.innovation[:, 0] / np.sqrt(run.innovation_cov[:, 0, 0])
    count, nis = int((~np.isnan(z)).sum()), _mean(run.nis)
    low, high = core.chi2_band(count)
    band = (low / count, high / count)
    correlation = core.autocorrelation(values, min(LAGS, len(z) - 1))
    well, verdict = _verdict(q, r, nis, band, float(correlation[0]), count, likelihood)
    name = MODELS[p.model]
    return Tuned(
        q=q,
        r=r,
        likelihood=likelihood,
        values=values,
        correlation=correlation,
        count=count,
        nis=nis,
        band=band,
        share=float("nan"),
        nees=None,
        nees_band=(float("nan"), float("nan")),
        verdict=T(
            f"自分の系列、{name.ja}のモデル。{verdict.ja}", f"Your series, {name.en.lower()} model. {verdict.en}"
        ),
        well=well,
    )


def compute_tuned(p: Params) -> Tuned:
    if _own(p):
        return _tuned_own(p)
    states, z, likelihood = _trial(p.q_true, p.r_true, p.steps, p.redraws, p.seed)
    q, r = (likelihood.best_q, likelihood.best_r) if p.tune else (p.q, p.r)
    run = core.filter(_vague(q, r), z)
    values = run.innovation[0, :, 0] / np.sqrt(run.innovation_cov[0, :, 0, 0])
    low, high = core.chi2_band(p.steps)
    band = (low / p.steps, high / p.steps)
    means = run.nis.mean(axis=1)
    a, b = core.chi2_band(2 * p.redraws)
    correlation = core.autocorrelation(values, LAGS)
    well, verdict = _verdict(q, r, float(means[0]), band, float(correlation[0]), p.steps, likelihood)
    return Tuned(
        q=q,
        r=r,
        likelihood=likelihood,
        values=values,
        correlation=correlation,
        count=p.steps,
        nis=float(means[0]),
        band=band,
        share=100 * float(((means >= band[0]) & (means <= band[1])).mean()),
        nees=core.nees(states, run.mean, run.cov).mean(axis=0),
        nees_band=(a / p.redraws, b / p.redraws),
        verdict=verdict,
        well=well,
    )


def _times(ratio: float) -> T:
    factor = max(ratio, 1 / ratio)
    if factor >= 1000:
        return T(" 1,000 倍以上", "over 1,000 ×")
    number = f"{factor:.1f}" if factor < 10 else f"{factor:.0f}"
    return T(f"約 {number} 倍", f"about {number} ×")


def _verdict(
    q: float, r: float, nis: float, band: tuple[float, float], first: float, steps: int, likelihood: Any
) -> tuple[bool, T]:
    """Say in a sentence what the tests show, measured against the likeliest Q and R."""
    inside, white = band[0] <= nis <= band[1], abs(first) <= 1.96 / steps**0.5
    said = T(
        f"NIS の平均 {nis:.2f}（帯 {band[0]:.2f}〜{band[1]:.2f}）。",
        f"Mean NIS {nis:.2f}, band {band[0]:.2f}–{band[1]:.2f}: ",
    )
    if inside and white:
        return True, T(
            f"{said.ja}驚きの大きさも並び方も、フィルタの見込みどおりです。",
            f"{said.en}surprises as large and as random as expected.",
        )
    parts_ja, parts_en = [], []
    for name, ratio, notable in (("R", r / likelihood.best_r, 1.6), ("Q", q / likelihood.best_q, 3.0)):
        if max(ratio, 1 / ratio) > notable:
            small = ratio < 1
            parts_ja.append(f"{name} が{_times(ratio).ja}{'小さ' if small else '大き'}すぎます")
            parts_en.append(f"{name} {_times(ratio).en} too {'small' if small else 'large'}")
    if not parts_ja:
        return False, T(
            f"{said.ja}帯を少し外れましたが、Q と R は尤度の頂上の近くです。偶然でも起こります。",
            f"{said.en}a little outside, though Q and R are near the likeliest.",
        )
    return False, T(f"{said.ja}{'。'.join(parts_ja)}。", f"{said.en}{', '.join(parts_en)}.")


def draw_tuned(r: Tuned, p: Params) -> Stage:
    surface = figures.surface(
        LOG_Q,
        LOG_R,
        r.likelihood.surface,
        now=(_within(r.r, LOG_R), _within(r.q, LOG_Q)),
        best=(_within(r.likelihood.best_r, LOG_R), _within(r.likelihood.best_q, LOG_Q)),
        truth=None if r.nees is None else (_within(p.r_true, LOG_R), _within(p.q_true, LOG_Q)),
        alt=T(
            f"Q と R の尤度。頂上は Q = {r.likelihood.best_q:.3g}、R = {r.likelihood.best_r:.3g}。",
            f"The likelihood over Q and R, highest at Q = {r.likelihood.best_q:.3g}, R = {r.likelihood.best_r:.3g}.",
        ),
    )
    surprises = figures.surprises(
        r.values,
        1.96,
        alt=T(
            f"測定のずれを、フィルタの見込む幅で割ったもの。2 乗の平均は {r.nis:.2f}。",
            f"Innovations in units of what the filter expects; their mean square is {r.nis:.2f}.",
        ),
    )
    white = figures.whiteness(
        r.correlation,
        1.96 / r.count**0.5,
        alt=T(
            f"ずれの自己相関。1 歩ずらすと {r.correlation[0]:.2f}。",
            f"Autocorrelation of the innovations: {r.correlation[0]:.2f} one step later.",
        ),
    )
    if r.nees is None:
        return Stage(
            figures=(surface, surprises, white),
            grid=("surface surprise", "surface white"),
            columns="minmax(0, 1fr) minmax(0, 1.1fr)",
            height=450,
            note=r.verdict,
        )
    asked = _asked(p)
    errors = figures.errors(
        r.nees,
        r.nees_band,
        2,
        redraws=p.redraws,
        alt=T(
            f"真の値で測った誤差 NEES ÷ 2 の平均は {r.nees.mean() / 2:.2f}。1 なら P は正直。",
            f"The true error, NEES ÷ 2, is {r.nees.mean() / 2:.2f} on average; 1 means that P is honest.",
        ),
    )
    return Stage(
        figures=(surface, surprises, white, errors),
        grid=("surface surprise", "surface nees", "surface white"),
        columns="minmax(0, 1fr) minmax(0, 1.1fr)",
        height=450,
        note=asked or r.verdict,
    )


def _within(value: float, grid: Array) -> float:
    return float(np.clip(np.log10(value), grid[0], grid[-1]))


def readouts_tuned(r: Tuned, p: Params) -> tuple[Readout, ...]:
    return (
        Readout("nis", T("NIS の平均", "Mean NIS"), r.nis, 2),
        Readout("share", T("帯に入る回", "Redraws in band"), r.share, 0, T("%", "%")),
        Readout("nees", T("NEES ÷ 2", "NEES ÷ 2"), float("nan") if r.nees is None else float(r.nees.mean() / 2), 2),
        Readout("best_r", T("尤度の R", "Likeliest R"), r.likelihood.best_r, 2),
    )


# ---- the race

NAMES = {
    "raw": T("測定のまま", "raw"),
    "average": T("移動平均", "moving average"),
    "fixed": T("固定ゲイン", "fixed gain"),
    "kalman": T("カルマン", "Kalman"),
    "smooth": T("RTS 平滑化", "RTS smoother"),
}


@dataclass(frozen=True, eq=False)
class Race:
    """Five estimators on the same redraws."""

    time: Array
    truth: Array  # (t,) of the first redraw
    z: Array  # (t,)
    first: tuple[Array, ...]  # (t,) each, of the first redraw, in the order of NAMES
    errors: tuple[Array, ...]  # (redraws,) RMSE each
    lags: tuple[float, ...]


def compute_race(p: Params) -> Race:
    world = _world(p)
    states, z = core.simulate(world, p.steps, seed=p.seed, runs=p.redraws, push=_push(p))
    truth, measured = states[..., 0], z[..., 0]
    run = core.filter(world, z)
    estimates = (
        measured,
        core.moving_average(measured, p.window),
        core.fixed_gain(core.local_level(1.0, 1.0), z, p.alpha)[..., 0],
        run.mean[..., 0],
        core.smooth(world, run).mean[..., 0],
    )
    return Race(
        time=p.dt * np.arange(1.0, p.steps + 1),
        truth=truth[0],
        z=measured[0],
        first=tuple(np.array(e[0]) for e in estimates),
        errors=tuple(core.rmse(e, truth) for e in estimates),
        lags=tuple(core.lag(e, truth, most=8) for e in estimates),
    )


def draw_race(r: Race, p: Params) -> Stage:
    view = f"{p.steps} {p.dt} {p.seed}"
    means = {key: float(e.mean()) for key, e in zip(NAMES, r.errors, strict=True)}
    race = figures.race(
        r.time,
        r.truth,
        r.z,
        [(NAMES[key], e, key) for key, e in zip(NAMES, r.first, strict=True) if key != "raw"],
        view=view,
        alt=T("同じ測定を追う四つの推定。", "Four estimates that follow the same measurements."),
    )
    scores = figures.scores(
        [(key, name, d, e) for (key, name), d, e in zip(NAMES.items(), r.lags, r.errors, strict=True)],
        view="scores",
        alt=T(
            "RMSE の平均。" + "、".join(f"{NAMES[k].ja} {v:.2f}" for k, v in means.items()) + "。",
            "Mean RMSE: " + ", ".join(f"{NAMES[k].en} {v:.2f}" for k, v in means.items()) + ".",
        ),
    )
    return Stage(
        figures=(race, scores),
        grid=("race scores",),
        columns="minmax(0, 1.4fr) minmax(0, 1fr)",
        height=460,
        note=_elsewhere(p),
    )


def readouts_race(r: Race, p: Params) -> tuple[Readout, ...]:
    means = {key: float(e.mean()) for key, e in zip(NAMES, r.errors, strict=True)}
    return tuple(Readout(key, NAMES[key], means[key], 2) for key in NAMES if key != "raw")


SCENES = (
    Scene(
        id="one",
        title=T("測定ひとつ", "One measurement"),
        lead=T(
            "推定は、予測と測定のあいだのどこかです。どれだけ測定に寄せるかがゲイン K です。K を動かし、放物線の底を探してください。",
            "The gain K says how far to go from prediction to measurement. Move K and find the bottom of the parabola.",
        ),
        controls=("hand", "sensor", "spread", "z"),
        more=("prior", "reading"),
        compute=compute_one,
        draw=draw_one,
        readouts=readouts_one,
    ),
    Scene(
        id="series",
        title=T("時系列", "A series"),
        lead=T(
            "一歩は、予測・測定・更新の三拍です。再生して、水色の棒（予測）が測定に引かれ、青い推定になるのを見てください。",
            "Each step has three beats: predict, measure, update. Press play and watch the sky-blue bar being pulled towards the dot.",
        ),
        controls=("q", "r", "model", "gap"),
        more=("data", "p0", "q_true", "r_true", "turn", "outliers", "bias", "dt", "steps", "seed"),
        compute=compute_series,
        draw=draw_series,
        readouts=readouts_series,
    ),
    Scene(
        id="plane",
        title=T("平面で", "In the plane"),
        lead=T(
            "センサーは位置しか測りません。それでも速度が直るのは、右の楕円が傾いているからです。傾きに沿う矢印を見てください。",
            "The sensor sees positions only, yet velocity is corrected: the arrow on the right follows the tilt of the ellipse.",
        ),
        controls=("q", "r", "p0", "seed"),
        more=("r_true", "dt", "steps"),
        compute=compute_plane,
        draw=draw_plane,
        readouts=readouts_plane,
    ),
    Scene(
        id="depends",
        title=T("K は何で決まるか", "What K depends on"),
        lead=T(
            "測定を 20 回描き直しても、K の曲線は一本です。三つをまとめて 100 倍にしたとき、何が変わり、何が変わらないかを見てください。",
            "Twenty redraws of the data, one curve of K. Multiply all three by 100 and see what changes, and what does not.",
        ),
        controls=("scale", "q", "r", "p0"),
        more=("q_true", "r_true", "steps", "seed"),
        compute=compute_depends,
        draw=draw_depends,
        readouts=readouts_depends,
    ),
    Scene(
        id="tuned",
        title=T("合っているか", "Is it well tuned?"),
        lead=T(
            "合ったフィルタの驚きは、95 % が帯に入り、順番に癖がありません。R を 4 分の 1 にして、どの図が気づくかを見てください。",
            "A well-tuned filter keeps 95% of its surprises in the band. Divide R by 4 and see which picture notices.",
        ),
        controls=("q", "r", "tune", "seed"),
        more=("data", "q_true", "r_true", "steps", "redraws"),
        compute=compute_tuned,
        draw=draw_tuned,
        readouts=readouts_tuned,
    ),
    Scene(
        id="race",
        title=T("競走", "The race"),
        lead=T(
            "右の図では左下ほど良い推定です。移動平均の幅や固定ゲインを変えて、誤差と遅れの両方でカルマンに勝てるか試してください。",
            "On the right, lower left is better. Change the window and the fixed gain: can they beat Kalman in both error and delay?",
        ),
        controls=("window", "alpha", "r_true", "q_true"),
        more=("turn", "dt", "steps", "redraws", "seed"),
        compute=compute_race,
        draw=draw_race,
        readouts=readouts_race,
    ),
)


# ---- experiments

START = Params().steps // 3  # where a gap begins

EXPERIMENTS = (
    Experiment(
        id="parabola",
        scene="one",
        question=T(
            "予測の分散が P、測定の分散が R のとき、誤差の放物線の底はどこにあるでしょうか。",
            "With variance P for the prediction and R for the sensor, where is the bottom of the parabola?",
        ),
        choices=(
            T("いつも K = 1/2", "Always at K = 1/2"),
            T("K = P/(P+R)", "At K = P/(P+R)"),
            T("K = √P/(√P+√R)", "At K = √P/(√P+√R)"),
        ),
        answer=1,
        sets=({"spread": 1.0, "sensor": 3.0}, {"spread": 2.0, "sensor": 2.0}, {}),
        check=lambda *runs: all(
            abs(r.k[r.total.argmin()] - r.P / (r.P + r.R)) <= 0.5 * (r.k[1] - r.k[0]) + 1e-12
            and abs(r.total.min() - r.variance) < 1e-3 * r.variance
            for r in runs
        ),
        claim=T(
            "201 個のゲインを総当たりで比べた底は、P/(P+R) にあります（刻みの幅まで）。",
            "Comparing 201 gains one by one, the lowest is at P/(P+R), up to the grid's step.",
        ),
        evidence=lambda *runs: T(
            "底と P/(P+R): " + "、".join(f"{r.k[r.total.argmin()]:.3f} と {r.gain:.4f}" for r in runs) + "。",
            "Lowest and P/(P+R): " + ", ".join(f"{r.k[r.total.argmin()]:.3f} and {r.gain:.4f}" for r in runs) + ".",
        ),
    ),
    Experiment(
        id="limits",
        scene="one",
        question=T(
            "測定の ± を 50 ℃ から 0.05 ℃ まで小さくします。ゲイン K はどこからどこへ動くでしょうか。",
            "The sensor's ± shrinks from 50 °C to 0.05 °C. Where does the gain go?",
        ),
        choices=(T("0 から 1 へ", "From 0 to 1"), T("1 から 0 へ", "From 1 to 0"), T("1/2 のまま", "It stays at 1/2")),
        answer=0,
        sets=({"sensor": 50.0}, {"sensor": 4.0}, {"sensor": 0.05}),
        check=lambda blind, even, sharp: blind.gain < 0.01 and abs(even.gain - 0.5) < 1e-12 and sharp.gain > 0.999,
        claim=T(
            "R → ∞ で K → 0（測定を無視）、R → 0 で K → 1（測定をそのまま採用）です。",
            "R → ∞ gives K → 0, the measurement is ignored; R → 0 gives K → 1, it is taken as it is.",
        ),
        evidence=lambda blind, even, sharp: T(
            f"± 50: K = {blind.gain:.4f}。± 4: {even.gain:.4f}。± 0.05: {sharp.gain:.4f}。",
            f"± 50: K = {blind.gain:.4f}. ± 4: {even.gain:.4f}. ± 0.05: {sharp.gain:.4f}.",
        ),
    ),
    Experiment(
        id="notes",
        scene="one",
        question=T(
            "ノートは ± の比から K = 4/(4+1) = 0.8 とします。これがカルマンゲインになるのは、± が何のときでしょうか。",
            "The notes take K from the ± themselves: 4/(4+1) = 0.8. For which meaning of ± is that the Kalman gain?",
        ),
        choices=(T("標準偏差のとき", "Standard deviations"), T("分散のとき", "Variances"), T("どちらでも", "Either")),
        answer=1,
        sets=({"reading": "variance"}, {"spread": 1.0}, {}),
        check=lambda variance, equal, deviation: (
            abs(variance.gain - variance.notes_gain) < 1e-12
            and abs(variance.variance - variance.notes_spread) < 1e-12
            and abs(equal.gain - equal.notes_gain) < 1e-12
            and abs(equal.variance - equal.notes_spread**2) > 0.1
            and deviation.notes_error > 1.3 * deviation.variance
        ),
        claim=T(
            "± が分散なら、K も新しい不確かさもカルマンと同じです。標準偏差なら、K が同じなのは二つの ± が等しいときだけで、そのときも新しい ± は違います。",
            "With variances both K and the new uncertainty are Kalman's. With standard deviations K agrees only where the two ± are equal, and even then the new ± does not.",
        ),
        evidence=lambda variance, equal, deviation: T(
            f"分散: K = {variance.gain:.3f}、推定 {variance.mean:.2f}。標準偏差: K = {deviation.gain:.3f}、推定 {deviation.mean:.2f} ± {deviation.variance**0.5:.2f}。"
            f"0.8 を使うと本当の ± は {deviation.notes_error**0.5:.2f} です。",
            f"Variances: K = {variance.gain:.3f}, estimate {variance.mean:.2f}. Deviations: K = {deviation.gain:.3f}, {deviation.mean:.2f} ± {deviation.variance**0.5:.2f}. "
            f"Using 0.8, the true ± is {deviation.notes_error**0.5:.2f}.",
        ),
    ),
    Experiment(
        id="data",
        scene="depends",
        question=T(
            "測定値が大きく外れると、フィルタは用心して K を小さくするでしょうか。",
            "When measurements turn out wild, does the filter grow careful and lower K?",
        ),
        choices=(
            T("小さくする", "Yes, it lowers K"),
            T("大きくする", "It raises K"),
            T("K は測定値を見ない", "K does not look at them"),
        ),
        answer=2,
        sets=({"seed": 1}, {"r_true": 50.0}, {}),
        check=lambda a, b, c: (
            max(r.difference for r in (a, b, c)) == 0
            and np.array_equal(a.gains, c.gains)
            and np.array_equal(b.gains, c.gains)
            and not np.allclose(a.z, c.z)
        ),
        claim=T(
            "測定を何度描き直しても、ノイズを強めても、K の曲線は最後のビットまで同じです。",
            "However often the data are redrawn, however noisy, the curve of K is the same to the last bit.",
        ),
        evidence=lambda a, b, c: T(
            f"{3 * REDRAWN} 本の系列で K の違いは {c.difference:g}。測定の広がりは {c.z.std():.1f} と {b.z.std():.1f}。",
            f"{3 * REDRAWN} series, K differs by {c.difference:g}. Their measurements spread by {c.z.std():.1f} and {b.z.std():.1f}.",
        ),
    ),
    Experiment(
        id="ratio",
        scene="depends",
        question=T(
            "Q と R を両方 10 倍にします。P₀ はそのままです。K はどうなるでしょうか。",
            "Multiply Q and R by 10 and leave P₀ alone. What becomes of K?",
        ),
        choices=(
            T("何も変わらない", "Nothing changes"),
            T("落ち着く先は同じで、途中は変わる", "Same end, another way there"),
            T("10 倍になる", "Ten times as large"),
        ),
        answer=1,
        sets=({}, {"scale": 10.0}, {"q": 0.5, "r": 40.0}),
        check=lambda plain, all_three, two: (
            abs(two.steady_gain / plain.steady_gain - 1) < 1e-9
            and np.allclose(all_three.gains, plain.gains, rtol=1e-9)
            and abs(all_three.steady_variance / plain.steady_variance - 10) < 1e-6
            and float(np.abs(two.gains[0, :5] - plain.gains[0, :5]).min()) > 0.01
        ),
        claim=T(
            "K∞ は q/r だけで決まります。途中の K は P₀ にもよります。三つとも 10 倍なら K はまったく変わらず、P だけが 10 倍です。",
            "K∞ depends on q/r alone; on the way P₀ counts too. With all three × 10, K stays as it is and P alone is 10 × larger.",
        ),
        evidence=lambda plain, all_three, two: T(
            f"K∞: {plain.steady_gain:.4f} と {two.steady_gain:.4f}。最初の K: {plain.gains[0, 0]:.3f} と {two.gains[0, 0]:.3f}。P∞: {plain.steady_variance:.3f} と {all_three.steady_variance:.2f}。",
            f"K∞: {plain.steady_gain:.4f} and {two.steady_gain:.4f}. First K: {plain.gains[0, 0]:.3f} and {two.gains[0, 0]:.3f}. P∞: {plain.steady_variance:.3f} and {all_three.steady_variance:.2f}.",
        ),
    ),
    Experiment(
        id="fading",
        scene="depends",
        question=T(
            "Q をほぼ 0 にします（水準は動かないと信じる）。K はどうなっていくでしょうか。",
            "Let Q be almost 0: the filter believes that the level never moves. What does K do?",
        ),
        choices=(
            T("1/t のように減りつづける", "It keeps falling like 1/t"),
            T("すぐに一定になる", "It soon is constant"),
            T("1 に近づく", "It nears 1"),
        ),
        answer=0,
        sets=({"q": 1e-6},),
        check=lambda r: bool(np.allclose(r.gains[0] * (np.arange(1, r.gains.shape[1] + 1) + 1), 1, atol=0.01)),
        claim=T(
            "K は 1/(t + R/P₀) に 1 % 以内で一致します。これは、ただの平均を一つずつ更新する式です。",
            "K is 1/(t + R/P₀) within 1%: the plain average, updated one number at a time.",
        ),
        evidence=lambda r: T(
            f"R/P₀ = 1。K₁ = {r.gains[0, 0]:.4f}、K₁₀ = {r.gains[0, 9]:.4f}、K₅₀ = {r.gains[0, -1]:.4f}。",
            f"R/P₀ = 1. K₁ = {r.gains[0, 0]:.4f}, K₁₀ = {r.gains[0, 9]:.4f}, K₅₀ = {r.gains[0, -1]:.4f}.",
        ),
    ),
    Experiment(
        id="gap",
        scene="series",
        question=T(
            "水準のモデルで、測定が 10 歩とだえます。分散 P はどれだけ増えるでしょうか。",
            "With the level model, ten steps have no measurement. By how much does the variance P grow?",
        ),
        choices=(T("10 q", "10 q"), T("√10 q", "√10 q"), T("増えない", "It does not")),
        answer=0,
        sets=({"model": "level", "gap": 10},),
        check=lambda r: bool(
            abs(r.run.cov[START + 9, 0, 0] - r.run.cov[START - 1, 0, 0] - 10 * 0.05) < 1e-9
            and (r.run.gain[START : START + 10] == 0).all()
        ),
        claim=T(
            "欠測のあいだ K は 0 で、一歩ごとに P は q だけ増えます。10 歩で 10 q です。",
            "While nothing is measured K is 0 and each step adds q to P: 10 q in ten steps.",
        ),
        evidence=lambda r: T(
            f"P: {r.run.cov[START - 1, 0, 0]:.3f} → {r.run.cov[START + 9, 0, 0]:.3f}（q = 0.05）。",
            f"P: {r.run.cov[START - 1, 0, 0]:.3f} → {r.run.cov[START + 9, 0, 0]:.3f} (q = 0.05).",
        ),
    ),
    Experiment(
        id="tilt",
        scene="plane",
        question=T(
            "速度を測るセンサーはありません。それでも、位置の測定は速度の推定を直すでしょうか。",
            "Nothing measures the velocity. Do position measurements correct it all the same?",
        ),
        choices=(
            T("直さない", "No"),
            T("P の傾きに沿って直す", "Yes, along the tilt of P"),
            T("前との差から直す", "Yes, by differencing"),
        ),
        answer=1,
        sets=({},),
        check=lambda r: bool(
            np.allclose(r.run.gain[:, 1, 0], r.ratio * r.run.gain[:, 0, 0], rtol=1e-9)
            and (r.ratio > 0).all()
            and (r.run.cov[:, 1, 1] < r.run.prior_cov[:, 1, 1]).all()
        ),
        claim=T(
            "どの一歩でも、速度のゲインは位置のゲイン × P₂₁/P₁₁ です。速度の分散も毎回減ります。",
            "At every step the velocity's gain is the position's × P₂₁/P₁₁, and the velocity's variance shrinks.",
        ),
        evidence=lambda r: T(
            f"最後の一歩: {r.run.gain[-1, 0, 0]:.3f} × {r.ratio[-1]:.3f} = {r.run.gain[-1, 1, 0]:.3f}。速度の RMSE {r.velocity_rmse:.2f} m/s。",
            f"Last step: {r.run.gain[-1, 0, 0]:.3f} × {r.ratio[-1]:.3f} = {r.run.gain[-1, 1, 0]:.3f}. RMSE of the velocity {r.velocity_rmse:.2f} m/s.",
        ),
    ),
    Experiment(
        id="tuning",
        scene="tuned",
        question=T(
            "正しい Q と R なら、NIS の平均は 95 % の帯に約 95 % の割合で入ります。R を 4 分の 1 にすると?",
            "With the right Q and R the mean NIS lies in its 95% band about 95% of the time. And with R 4 × too small?",
        ),
        choices=(
            T("やはり約 95 %", "Still about 95%"),
            T("半分より少ない", "Less than half"),
            T("100 % に近づく", "Nearly 100%"),
        ),
        answer=1,
        sets=({"redraws": 200}, {"redraws": 200, "r": 1.0}),
        check=lambda right, small: 90 <= right.share <= 99 and small.share < 50 and small.nis > small.band[1],
        claim=T(
            "200 回の描き直しで、正しい設定は 90〜99 % が帯に入り、R が 4 倍小さい設定は半分も入りません。",
            "Over 200 redraws the right settings are inside 90–99% of the time, R 4 × too small not half the time.",
        ),
        evidence=lambda right, small: T(
            f"正しい設定 {right.share:.1f} %、R が 4 分の 1 {small.share:.1f} %。",
            f"Right settings {right.share:.1f}%, R 4 × too small {small.share:.1f}%.",
        ),
    ),
    Experiment(
        id="smoother",
        scene="race",
        question=T(
            "後から来る測定も使う平滑化は、フィルタよりどれだけ正確でしょうか。",
            "A smoother also uses the measurements that come later. Does that pay?",
        ),
        choices=(
            T("変わらない", "No difference"),
            T("平均の誤差が小さい", "Smaller error on average"),
            T("遅れるので悪くなる", "It is late, so worse"),
        ),
        answer=1,
        sets=({"redraws": 200},),
        check=lambda r: bool(r.errors[4].mean() < r.errors[3].mean() < r.errors[0].mean()),
        claim=T(
            "200 回の平均の RMSE は、RTS 平滑化 < カルマン < 測定のまま、の順です。",
            "Averaged over 200 redraws, RMSE is lowest for the smoother, then Kalman, then the raw data.",
        ),
        evidence=lambda r: T(
            f"平滑化 {r.errors[4].mean():.2f}、カルマン {r.errors[3].mean():.2f}、測定のまま {r.errors[0].mean():.2f}。平滑化が勝った回は {100 * (r.errors[4] < r.errors[3]).mean():.0f} %。",
            f"Smoother {r.errors[4].mean():.2f}, Kalman {r.errors[3].mean():.2f}, raw {r.errors[0].mean():.2f}. The smoother won {100 * (r.errors[4] < r.errors[3]).mean():.0f}% of the redraws.",
        ),
    ),
)


# ---- code


def _start_code(p0: float, numbers: int = 2) -> str:
    return "[" + ", ".join(repr(p0 * s) for s in TIMES_START[:numbers]) + "]"


def _model_code(p: Params) -> str:
    if p.model == "level":
        return f"k.local_level({p.q * p.dt!r}, {p.r!r}, p0={p.p0!r})"
    name, n = ("constant_velocity", 2) if p.model == "velocity" else ("constant_acceleration", 3)
    return f"k.{name}({p.dt!r}, {p.q!r}, {p.r!r}, p0={_start_code(p.p0, n)})"


def _world_code(p: Params) -> str:
    return f"k.constant_velocity({p.dt!r}, {p.q_true!r}, {p.r_true!r}, p0={_start_code(WORLD_P0)})"


def _push_code(p: Params) -> str:
    return f"push = np.zeros(({p.steps}, 2))\npush[{p.steps // 2}, 1] = {p.turn!r}  # the sudden push\n"


def _snippet_one(p: Params) -> str:
    square = "**2" if p.reading == "deviation" else ""
    return f"""\
from core.classical import kalman as k

P, R = {p.spread!r}{square}, {p.sensor!r}{square}  # variances
mean, variance, gain = k.update({p.prior!r}, P, {p.z!r}, R)
print("gain =", gain)
print("mean =", mean)
print("sd =", variance**0.5)
print("hand_error =", k.expected_error({p.hand!r}, P, R) ** 0.5)
print("notes =", *k.ratio_update({p.prior!r}, {p.spread!r}, {p.z!r}, {p.sensor!r}))
"""


def _own_code(p: Params) -> str:
    numbers = ", ".join("nan" if v is None else repr(v) for v in p.series)
    lines = textwrap.fill(numbers, 110, initial_indent="    ", subsequent_indent="    ")
    scale = "" if _unit(p) == 1 else f" / {_unit(p)!r}"
    name, n = {"level": ("local_level", 1), "velocity": ("constant_velocity", 2)}.get(
        p.model, ("constant_acceleration", 3)
    )
    spread = ", ".join(f"{OWN_P0 * s!r} * r" for s in TIMES_START[:n])
    made = (
        f"local_level(q, r, m0=start, p0={spread})"
        if n == 1
        else f"{name}(1.0, q, r, m0=[{', '.join(['start', '0.0', '0.0'][:n])}], p0=[{spread}])"
    )
    return f"""\
import numpy as np
from numpy import nan

from core.classical import kalman as k

# your own series, nan where a measurement is missing
z = np.array([
{lines},
]){scale}
start = z[~np.isnan(z)][0]


def model(q, r):
    return k.{made}


"""


def _snippet_series(p: Params) -> str:
    if _own(p):
        return f"""\
{_own_code(p)}own = model({p.q!r}, {p.r!r})
run = k.filter(own, k.disturb(z[:, None], gap={p.gap}))
print("steady_gain =", k.steady_gain(own)[0, 0])
print("raw_rmse =", nan)  # needs the truth, which nobody knows
print("rmse =", nan)
print("nis =", np.nanmean(run.nis))
"""
    return f"""\
import numpy as np

from core.classical import kalman as k

world = {_world_code(p)}
{_push_code(p)}states, z = k.simulate(world, {p.steps}, seed={p.seed}, push=push)
z = k.disturb(z, bias={p.bias!r}, outliers={p.outliers!r}, size={8 * p.r_true**0.5!r}, gap={p.gap}, seed={p.seed})
model = {_model_code(p)}
run = k.filter(model, z)
print("steady_gain =", k.steady_gain(model)[0, 0])
print("raw_rmse =", k.rmse(z[:, 0], states[:, 0]))
print("rmse =", k.rmse(run.mean[:, 0], states[:, 0]))
print("nis =", np.nanmean(run.nis))
"""


def _snippet_plane(p: Params) -> str:
    return f"""\
import numpy as np

from core.classical import kalman as k

angle = 2 * np.pi * np.arange({p.steps} + 1) / {p.steps}  # one lap
lap = {SPEED!r} * np.stack([np.cos(angle), np.sin(angle)], axis=1)
world = k.planar(k.constant_velocity({p.dt!r}, {WANDER!r}, {p.r_true!r}, p0=[0.0, 0.0]), m0=[0.0, lap[0, 0], 0.0, lap[0, 1]])
push = np.zeros(({p.steps}, 4))
push[:, [1, 3]] = np.diff(lap, axis=0)
states, z = k.simulate(world, {p.steps}, seed={p.seed}, push=push)
model = k.planar(k.constant_velocity({p.dt!r}, {p.q!r}, {p.r!r}, p0={_start_code(p.p0)}))
run = k.filter(model, z)
P = run.prior_cov[-1]
print("k1 =", run.gain[-1, 0, 0])
print("k2 =", run.gain[-1, 1, 0])
print("correlation =", P[1, 0] / np.sqrt(P[0, 0] * P[1, 1]))
print("velocity_rmse =", k.rmse(run.mean[:, 1], states[:, 1]))
"""


def _snippet_depends(p: Params) -> str:
    return f"""\
import numpy as np

from core.classical import kalman as k

world = k.local_level({p.q_true!r}, {p.r_true!r}, p0={WORLD_P0!r})
states, z = k.simulate(world, {p.steps}, seed={p.seed}, runs={REDRAWN})
scale = {p.scale!r}
model = k.local_level(scale * {p.q!r}, scale * {p.r!r}, p0=scale * {p.p0!r})
gains = np.array([k.filter(model, series).gain for series in z])
K = k.steady_gain(model)[0, 0]
print("steady_gain =", K)
print("steady_variance =", k.steady_covariance(model)[0, 0])
print("memory =", 1 / K)
print("difference =", np.abs(gains - gains[0]).max())
"""


def _grids_code() -> str:
    q, r = (f"10 ** np.linspace({grid[0]}, {grid[-1]}, {len(grid)})" for grid in (LOG_Q, LOG_R))
    return f"q_grid, r_grid = {q}, {r}"


def _snippet_tuned(p: Params) -> str:
    setting = "likelihood.best_q, likelihood.best_r" if p.tune else f"{p.q!r}, {p.r!r}"
    if _own(p):
        return f"""\
{_own_code(p)}{_grids_code()}
likelihood = k.likelihood(model(1.0, 1.0), z, q=q_grid, r=r_grid)
run = k.filter(model({setting}), z)
print("nis =", np.nanmean(run.nis))
print("share =", nan)  # needs redraws
print("nees =", nan)  # needs the truth, which nobody knows
print("best_r =", likelihood.best_r)
"""
    return f"""\
import numpy as np

from core.classical import kalman as k


def model(q, r):
    return k.constant_velocity(1.0, q, r, p0=[{VAGUE!r} * r, {VAGUE!r} * r / 16])


states, z = k.simulate(model({p.q_true!r}, {p.r_true!r}), {p.steps}, seed={p.seed}, runs={p.redraws})
{_grids_code()}
likelihood = k.likelihood(model(1.0, 1.0), z[0], q=q_grid, r=r_grid)
run = k.filter(model({setting}), z)
means = run.nis.mean(axis=1)
low, high = k.chi2_band({p.steps})
print("nis =", means[0])
print("share =", 100 * np.mean((means >= low / {p.steps}) & (means <= high / {p.steps})))
print("nees =", k.nees(states, run.mean, run.cov).mean() / 2)
print("best_r =", likelihood.best_r)
"""


def _snippet_race(p: Params) -> str:
    return f"""\
import numpy as np

from core.classical import kalman as k

world = {_world_code(p)}
{_push_code(p)}states, z = k.simulate(world, {p.steps}, seed={p.seed}, runs={p.redraws}, push=push)
truth, run = states[..., 0], k.filter(world, z)
estimates = {{
    "raw": z[..., 0],
    "average": k.moving_average(z[..., 0], {p.window}),
    "fixed": k.fixed_gain(k.local_level(1.0, 1.0), z, {p.alpha!r})[..., 0],
    "kalman": run.mean[..., 0],
    "smooth": k.smooth(world, run).mean[..., 0],
}}
for name, estimate in estimates.items():
    print(name, "=", k.rmse(estimate, truth).mean(), "delay", k.lag(estimate, truth, most=8))
"""


_SNIPPETS = {
    "one": _snippet_one,
    "series": _snippet_series,
    "plane": _snippet_plane,
    "depends": _snippet_depends,
    "tuned": _snippet_tuned,
    "race": _snippet_race,
}


def snippet(p: Params, scene: str = "one") -> str:
    return _SNIPPETS[scene](p)
