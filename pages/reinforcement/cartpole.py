"""Lesson: an agent learns to keep a pole upright, and what it learned can be seen."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass, fields
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core import ahead
from core.reinforcement import cartpole as core
from core.reinforcement.film import ANGLES, EVERY, FORCES, HALF_LENGTHS, SHOWN, SPEEDS, Film, film, lattice, unpack
from core.reinforcement.network import SCALE
from core.reinforcement.tabular import EDGE
from figures.reinforcement import cartpole as figures
from figures.reinforcement.cartpole import DEGREES, Grid
from figures.spec import BLUE, GREEN, MUTED, ORANGE, PURPLE, SKY, Card, Kept, Live, Playhead, Row, Stage, T
from ui.jobs import Report
from ui.params import choice, slider, toggle
from ui.scene import Experiment, Part, Readout, Scene, Task

Array = NDArray[np.float64]
GRID = Grid(len(ANGLES), len(SPEEDS))

AGENTS = {
    "ppo": T("PPO", "PPO"),
    "actor_critic": T("Actor-Critic", "Actor-critic"),
    "reinforce": T("REINFORCE", "REINFORCE"),
    "q_learning": T("Q学習（表）", "Q-learning (table)"),
    "sarsa": T("SARSA（表）", "SARSA (table)"),
    "lqr": T("LQR（計算で解く）", "LQR (computed)"),
    "pd": T("PD 制御（手で決める）", "PD control (by hand)"),
    "rule": T("手書きの規則", "A rule of thumb"),
    "random": T("でたらめ", "Random"),
}
NAMES = {  # short, for labels
    **AGENTS,
    "q_learning": T("Q学習", "Q-learning"),
    "sarsa": T("SARSA", "SARSA"),
    "lqr": T("LQR", "LQR"),
    "pd": T("PD", "PD"),
    "rule": T("規則", "Rule"),
}
COLORS = {"ppo": BLUE, "q_learning": ORANGE, "lqr": GREEN, "reinforce": PURPLE, "actor_critic": SKY, "random": MUTED}
PPO, TABLE = core.SETTINGS["ppo"](), core.SETTINGS["q_learning"]()  # the core's own settings are the defaults here
TABLES, NETS = ("q_learning", "sarsa"), ("ppo", "actor_critic", "reinforce")
LEARNERS = (*NETS, *TABLES)
RULES = {
    "both": T("θ + 0.2 θ̇ の向きに押す", "Push towards θ + 0.2 θ̇"),
    "angle": T("傾いた向き θ に押す", "Push towards the lean θ"),
    "speed": T("倒れていく向き θ̇ に押す", "Push towards its motion θ̇"),
}


def _is(*agents: str) -> Any:
    return lambda p: p.agent in agents


GAMMAS = {"0.98": T("0.98", "0.98"), "0.99": T("0.99", "0.99"), "0.9": T("0.9", "0.9"), "0": T("0", "0")}


@dataclass(frozen=True)
class Params:
    """The controls of the lesson."""

    agent: str = choice(T("エージェント", "Agent"), AGENTS)
    rate: float = slider(
        T("学習率（既定の何倍）", "Learning rate (× its default)"),
        0.1,
        10.0,
        default=1.0,
        log=True,
        unit=T("倍", "×"),
        when=_is(*LEARNERS),
    )
    gamma: float = slider(
        T("割引率 γ", "Discount γ"),
        0.0,
        1.0,
        default=0.99,
        step=0.01,
        when=_is(*LEARNERS),
    )
    budget: float = slider(
        T("予算（既定の何倍）", "Budget (× its default)"), 0.1, 2.0, default=1.0, step=0.1, unit=T("倍", "×")
    )
    seed: int = slider(T("乱数の種", "Seed"), 0, 99, default=0)
    baseline: bool = toggle(T("ベースラインを引く", "Subtract a baseline"), default=True, when=_is("reinforce"))
    lam: float = slider(T("GAE の λ", "λ of GAE"), 0.0, 1.0, default=PPO.lam, step=0.01, when=_is("ppo"))
    clip: float = slider(T("切り落とし ε", "Clipping ε"), 0.02, 1.0, default=PPO.clip, step=0.02, when=_is("ppo"))
    epochs: int = slider(T("同じデータを使う回数", "Passes over the data"), 1, 20, default=PPO.epochs, when=_is("ppo"))
    explore: float = slider(
        T("ε を下げ終える時点", "ε has come down after"), 0.0, 1.0, default=TABLE.explore, step=0.05, when=_is(*TABLES)
    )
    angle_bins: int = slider(T("θ の区切り", "Bins of θ"), 1, 20, default=TABLE.angle_bins, when=_is(*TABLES))
    spin_bins: int = slider(T("θ̇ の区切り", "Bins of θ̇"), 1, 20, default=TABLE.spin_bins, when=_is(*TABLES))
    rule: str = choice(T("規則", "Rule"), RULES, when=_is("rule"))
    kp: float = slider(T("角度のゲイン", "Gain of the angle"), -2.0, 2.0, default=1.0, step=0.05, when=_is("pd"))
    kd: float = slider(T("角速度のゲイン", "Gain of its speed"), -1.0, 1.0, default=0.2, step=0.02, when=_is("pd"))
    kx: float = slider(T("位置のゲイン", "Gain of the position"), -1.0, 1.0, default=0.0, step=0.02, when=_is("pd"))
    position: float = slider(T("位置の重み", "Weight of x²"), 0.01, 100.0, default=1.0, log=True, when=_is("lqr"))
    angle: float = slider(T("角度の重み", "Weight of θ²"), 0.1, 1000.0, default=10.0, log=True, when=_is("lqr"))
    start: int = slider(T("初期状態の種", "Seed of the start"), 0, 99, default=3)
    discount: float = slider(T("収益の割引率 γ", "γ of the return"), 0.0, 1.0, default=0.99, step=0.01)
    teach: float = slider(T("一歩の学習率 α", "α of one step"), 0.0, 1.0, default=0.1, step=0.02)
    greedy: bool = toggle(T("いちばん良い行動だけを選ぶ", "Always the likelier action"), default=True)
    pace: float = slider(T("時間の速さ", "Speed of time"), 0.1, 1.0, default=0.5, step=0.05, unit=T("倍", "×"))
    idle: str = choice(
        T("何も押していないとき", "With no key down"),
        {
            "alternate": T("左右に交互に押す", "Push left and right by turns"),
            "last": T("最後の向きに押し続ける", "Keep pushing the last way"),
        },
    )
    jolt: float = slider(
        T("つつく強さ", "Strength of a nudge"), 0.0, 1.5, default=0.4, step=0.05, unit=T(" m/s", " m/s")
    )
    ghosts: bool = toggle(T("エージェントも並べる", "Show the agents"), default=True)
    who: str = choice(
        T("エージェント", "Agent"),
        {
            "ppo": T("PPO", "PPO"),
            "actor_critic": T("Actor-Critic", "Actor-critic"),
            "reinforce": T("REINFORCE（ベースラインあり）", "REINFORCE with a baseline"),
            "plain": T("REINFORCE（ベースラインなし）", "REINFORCE without one"),
            "q_learning": T("Q学習", "Q-learning"),
        },
    )
    share: float = slider(
        T("比べる時点（予算の割合）", "Compared at (share of the budget)"), 0.05, 1.0, default=0.5, step=0.05
    )
    yours: int = slider(T("あなたの種", "Your seed"), 0, 19, default=0)
    reward: str = choice(
        T("報酬", "Reward"),
        {
            "plus": T("毎ステップ +1（Gymnasium）", "+1 each step (Gymnasium)"),
            "sutton": T("倒れたら −1、ほかは 0（Sutton–Barto）", "−1 for a fall, else 0 (Sutton–Barto)"),
        },
    )
    horizon: str = choice(T("割引率 γ", "Discount γ"), GAMMAS)
    length: float = slider(T("棒の長さの半分", "Half the pole"), 0.1, 2.0, default=0.5, step=0.05, unit=T(" m", " m"))
    force: float = slider(T("押す力", "Force of a push"), 1.0, 30.0, default=10.0, step=0.5, unit=T(" N", " N"))
    gravity: float = slider(T("重力", "Gravity"), 0.0, 25.0, default=9.8, step=0.1, unit=T(" m/s²", " m/s²"))
    masspole: float = slider(T("棒の質量", "Mass of the pole"), 0.02, 2.0, default=0.1, step=0.02, unit=T(" kg", " kg"))


# ---- trainings, shared by the scenes


@dataclass(frozen=True)
class Training:
    """All that a training depends on; `options` holds what differs from the agent's own settings."""

    agent: str
    seed: int
    steps: int
    options: tuple[tuple[str, Any], ...] = ()


def training(p: Params) -> Training:
    """Say which training the controls ask for."""
    settings = core.SETTINGS[p.agent]()
    wanted: dict[str, Any] = {}
    if p.agent in LEARNERS:
        wanted["gamma"] = p.gamma
        for name in ("rate", "final_rate", "critic_rate", "baseline_rate"):
            if hasattr(settings, name):
                wanted[name] = float(f"{min(1.0, getattr(settings, name) * p.rate):.3g}")
    names = {
        "reinforce": ("baseline",),
        "ppo": ("lam", "clip", "epochs"),
        "q_learning": ("explore", "angle_bins", "spin_bins"),
        "sarsa": ("explore", "angle_bins", "spin_bins"),
        "rule": ("rule",),
        "pd": ("kp", "kd", "kx"),
        "lqr": ("position", "angle"),
    }.get(p.agent, ())
    wanted |= {name: getattr(p, name) for name in names}
    options = tuple((name, value) for name, value in wanted.items() if value != getattr(settings, name))
    return Training(
        p.agent, p.seed if p.agent in (*LEARNERS, "random") else 0, round(settings.budget * p.budget), options
    )


def work(run: Training, report: Report) -> Film:
    """Train, showing the film so far."""
    return film(run.agent, steps=run.steps, seed=run.seed, options=dict(run.options), on_progress=report)


MADE = ("lqr", "pd", "rule", "random", "q_learning", "sarsa", "reinforce", "actor_critic", "ppo")  # rows of films.npz
BLIND = (("gamma", 0.0),)  # … and one more: Q-learning that looks one step ahead and no further


def made(run: Training) -> Film | None:
    """Give a training made ahead: those with the agents' own settings, and a Q-learning without foresight."""
    if run.seed != 0 or run.steps != core.SETTINGS[run.agent].budget:
        return None
    if run.agent == "q_learning" and run.options == BLIND:
        return _blind()
    return None if run.options else own_film(run.agent)


@functools.cache
def _blind() -> Film:
    return unpack(_films(), len(MADE), "q_learning")


@functools.cache
def own_film(agent: str) -> Film:
    """Give the film of an agent with its own settings."""
    return unpack(_films(), MADE.index(agent), agent)


@functools.cache
def _films() -> Mapping[str, Any]:
    return ahead.load("cartpole/films")


def tasks_agent(p: Params) -> dict[str, Task]:
    """Name the one slow thing, a training."""
    name = NAMES[p.agent]
    return {"film": Task(T(f"{name.ja}の学習", f"Training {name.en}"), training(p), work, made)}


# ---- scene 1: watch it learn


@dataclass(frozen=True, eq=False)
class Learning:
    """A training as far as it came. Arrays over moments (m,) of training, and over episodes (n,)."""

    film: Film | None
    done: bool
    steps: NDArray[np.int64]  # (m,) environment steps
    right: Array  # (m, cells)
    value: Array  # (m, cells), NaN without an opinion
    ride: NDArray[np.uint16]  # (m, k, 2) x and θ of each ride, over ±3 m and ±0.3 rad
    lengths: NDArray[np.int64]  # (m,)
    reasons: NDArray[np.int64]  # (m,)
    mean_at: Array
    mean: Array
    score: float
    worst: float


def _mean(ends: Array, lengths: Array) -> tuple[Array, Array]:
    """Smooth episode lengths: means over a running window of up to 40 episodes."""
    w = int(min(40, max(1, len(lengths) // 4)))
    if len(lengths) < w or not len(lengths):
        return np.zeros(0), np.zeros(0)
    total = np.concatenate([[0.0], np.cumsum(lengths)])
    x, y = ends[w - 1 :], (total[w:] - total[:-w]) / w
    step = max(1, -(-len(x) // 300))
    return x[::step], y[::step]


def compute_learn(p: Params, parts: Mapping[str, Part]) -> Learning:
    """Lay out what there is of the training."""
    part = parts["film"]
    f: Film | None = part.value
    if f is None or not f.shots:
        none = np.zeros(0, dtype=np.int64)
        cells = np.zeros((0, GRID.w * GRID.h))
        empty = np.zeros(0)
        return Learning(
            f, False, none, cells, cells, np.zeros((0, 2, 2), np.uint16), none, none, empty, empty, np.nan, np.nan
        )
    shots = f.shots if part.done else f.shots[-1:]
    columns = max(len(s.ride) for s in shots)
    ride = np.zeros((len(shots), columns, 2))
    for row, s in zip(ride, shots, strict=True):
        row[: len(s.ride)], row[len(s.ride) :] = s.ride, s.ride[-1]
    coded = np.clip((ride / [3.0, 0.3] + 1) / 2, 0, 1) * 65535
    at, mean = _mean(f.ends, f.lengths)
    scored = len(f.scores) > 0
    return Learning(
        film=f,
        done=part.done,
        steps=np.array([s.steps for s in shots], dtype=np.int64),
        right=np.array([s.right.ravel() for s in shots], dtype=float),
        value=np.array([s.value.ravel() for s in shots], dtype=float),
        ride=np.round(coded).astype(np.uint16),
        lengths=np.array([s.length for s in shots], dtype=np.int64),
        reasons=np.array([s.reason for s in shots], dtype=np.int64),
        mean_at=at,
        mean=mean,
        score=float(f.scores.mean()) if scored else np.nan,
        worst=float(f.scores.min()) if scored else np.nan,
    )


ENDS = (
    T("角度で終了", "ended: angle"),
    T("位置で終了", "ended: position"),
    T("まだ立っている", "still up"),
)


def _value_range(value: Array) -> tuple[float, float]:
    last = value[-1] if value.ndim == 2 else value  # the agent as it is in the end sets the scale
    finite = last[np.isfinite(last)]
    if not finite.size:
        return 0.0, 1.0
    return (0.0, max(1.0, float(finite.max()))) if finite.max() > 0 else (float(finite.min()), 0.0)


def _number(value: float) -> str:
    return f"{value:.0f}".replace("-", "−")


def _lqr_line() -> Any:
    weights = _lqr_weights()
    return figures.switching((float(weights[2]), float(weights[3])), label="LQR", where="top right", at=0.1)


@functools.cache
def _lqr_weights() -> Array:
    return np.asarray(-core.regulator().K)


def _opinion(value: Array, *, name: str, title: T, alt: T, extra: tuple[Any, ...] = (), begun: bool = True) -> Any:
    """Draw a value map, or say that there is none."""
    if not np.isfinite(value).any():
        none = figures.word(
            0, 0, T("このエージェントは価値を持ちません", "This agent has no values"), MUTED, at="middle center"
        )
        return figures.plane(name, title, (none,), alt=T("価値の地図はありません。", "There is no map of values."))
    low, high = _value_range(value)
    span = T(
        f"{title.ja}（{_number(low)}、緑が {_number(high)}）",
        f"{title.en} ({_number(low)}, green {_number(high)})",
    )
    tint = figures.value_map(GRID, value, low, high)
    # One frame stands still until the agent itself changes.
    return figures.plane(name, span, (figures.kept(tint) if value.ndim == 1 else tint, *extra), alt=alt)


def draw_learn(r: Learning, p: Params) -> Stage:
    f, name = r.film, NAMES[p.agent]
    m = len(r.steps)
    budget = float(training(p).steps)
    moving = r.done and m > 1
    said = (
        T(f"{int(r.steps[-1]):,} ステップ学んだところ", f"after {int(r.steps[-1]):,} steps")
        if m
        else T("まだ始まっていません", "not begun yet")
    )
    live = Live(
        "cart",
        T("いまの方策で走らせる", "The policy of this moment"),
        T(
            f"{said.ja}の {name.ja} が台車を動かしています。{int(r.lengths[-1]) if m else 0} ステップ立ちました。",
            f"{name.en} {said.en} drives the cart and lasts {int(r.lengths[-1]) if m else 0} steps.",
        ),
        "cartpole/watch.js",
        {
            "x": r.ride[..., 0],
            "theta": r.ride[..., 1],
            "lengths": r.lengths.tolist(),
            "reasons": r.reasons.tolist(),
            "ends": list(ENDS),
            "moments": [T(f"{int(s):,} ステップ学習", f"learned from {int(s):,} steps") for s in r.steps],
            "every": EVERY,
            "shown": SHOWN,
        },
    )
    none = np.zeros(0)
    curve = figures.learning(
        f.ends if f else none,
        f.lengths if f else none,
        r.mean_at,
        r.mean,
        budget=budget,
        at=r.steps if moving else None,
        title=T("エピソードの長さ（線は平均）", "Episode lengths (line: mean)"),
        alt=T(
            f"学習中のエピソードの長さ。最後の平均は {_number(float(r.mean[-1]) if len(r.mean) else 0)} ステップです。",
            f"Lengths of the training episodes; the last mean is {_number(float(r.mean[-1]) if len(r.mean) else 0)} steps.",
        ),
    )
    right, value = (r.right, r.value) if moving else (r.right[-1:].reshape(-1), r.value[-1:].reshape(-1))
    policy = figures.plane(
        "policy",
        T("方策: どちらへ押すか", "Policy: which way to push"),
        ((figures.policy_map(GRID, right),) if m else ()) + (_lqr_line(), *figures.sides()),
        alt=T(
            "角度と角速度の平面。青で右、橙で左に押します。破線は LQR の境目です。",
            "The plane of angle and angular velocity: blue pushes right, orange left. The dashed line is where LQR switches.",
        ),
    )
    worth = _opinion(
        value if m else np.full(1, np.nan),
        begun=m > 0,
        name="value",
        title=T("価値 V", "Value V"),
        alt=T(
            "学んだ価値の地図。緑が濃いほど、先が長いと見ています。",
            "The learned values: the greener, the longer it expects to last.",
        ),
    )
    return Stage(
        (live, curve, policy, worth),
        ("cart curve", "policy value"),
        playhead=Playhead(r.steps, T("学習", "Step"), 20.0) if moving else None,
        height=540,
    )


def readouts_learn(r: Learning, p: Params) -> tuple[Readout, ...]:
    steps = T(" ステップ", " steps")
    f = r.film
    return (
        Readout("score", T("100 回の平均", "Mean of 100 tests"), r.score, 1, steps),
        Readout("worst", T("最短", "Shortest"), r.worst, 0),
        Readout("episodes", T("学習エピソード", "Training episodes"), len(f.ends) if f and r.done else np.nan, 0),
    )


# ---- scene 2: one episode


@dataclass(frozen=True, eq=False)
class Played:
    """One episode of an agent and what each of its steps says. Arrays over the states (t + 1,), or the steps (t,)."""

    film: Film | None
    episode: core.Episode | None
    right: Array  # (t + 1,) probability of a push to the right
    taught: core.OneStep | None
    returns: Array  # (t,)
    lead: float  # s: of the switching line, NaN without one
    degrees: float  # between this agent's switching line and LQR's


@functools.lru_cache(maxsize=64)
def _episode(policy: core.Policy, start: int, greedy: bool) -> core.Episode:
    return core.rollout(policy, seed=start, greedy=greedy)


@functools.lru_cache(maxsize=64)
def _line(policy: core.Policy) -> tuple[float, float]:
    """Give the lead of the switching line, and its angle, NaN where there is none."""
    try:
        line = core.switching_line(policy)
    except ValueError:
        return float("nan"), float("nan")
    return line.lead, line.angle


@functools.cache
def _lqr_angle() -> float:
    return _line(own_film("lqr").policy)[1]


def _method(agent: str) -> str:
    return {"q_learning": "q_learning", "sarsa": "sarsa", "ppo": "value", "actor_critic": "value"}.get(agent, "return")


def _gamma(p: Params) -> float:
    """Give the discount the agent learned with; one without it is judged with that of the return."""
    return p.gamma if p.agent in LEARNERS else p.discount


def compute_episode(p: Params, parts: Mapping[str, Part]) -> Played:
    """Let the agent play, and work out what each step would teach it."""
    f: Film | None = parts["film"].value
    none = np.zeros(0)
    if f is None:
        return Played(None, None, none, None, none, float("nan"), float("nan"))
    episode = _episode(f.policy, p.start, p.greedy)
    lead, angle = _line(f.policy)
    return Played(
        film=f,
        episode=episode,
        right=f.policy.probabilities(episode.states)[:, 1],
        taught=core.one_step(f.policy, episode, method=_method(p.agent), gamma=_gamma(p), rate=p.teach),
        returns=core.returns_to_go(episode.rewards, p.discount),
        lead=lead,
        degrees=angle - _lqr_angle(),
    )


WHY = {
    "angle": T("棒が 12° を超えました。終了 (terminated) です。", "The pole passed 12°: terminated."),
    "position": T("台車が 2.4 m の端を越えました。終了 (terminated) です。", "The cart passed 2.4 m: terminated."),
    "limit": T(
        "500 ステップで打ち切り (truncated) です。棒はまだ立っています。",
        "Cut off after 500 steps: truncated. The pole still stands.",
    ),
}


def _why(episode: core.Episode) -> T:
    n, why = len(episode.actions), WHY[episode.reason]
    if episode.reason == "limit":
        return why
    return T(f"{n} ステップ目に{why.ja}", f"Step {n}. {why.en}")


def draw_episode(r: Played, p: Params) -> Stage:
    name = NAMES[p.agent]
    e, f = r.episode, r.film
    states = e.states if e else np.zeros((1, 4))
    n = len(states) - 1
    actions = np.append(e.actions, -1) if e else np.array([-1])
    frames = np.arange(n + 1)
    done = e is not None
    cart = figures.cart(
        states,
        actions,
        0.5,
        title=T("台車と棒", "Cart and pole"),
        alt=T(f"{name.ja} の一回のエピソード。{n} ステップ続きました。", f"One episode of {name.en}, {n} steps long."),
    )
    returns = figures.to_go(
        r.returns if n else np.zeros(1),
        frames=frames,
        title=T("ここから先の収益 G", "Return to go G"),
        reward=T("収益 Gₜ", "Return Gₜ"),
        alt=T(
            f"各ステップから先の収益。はじめは {r.returns[0] if n else 0:.1f} です。",
            f"The return from each step on; it begins at {r.returns[0] if n else 0:.1f}.",
        ),
    )
    here = figures.here(states[:, 2] * DEGREES, states[:, 3] * DEGREES)
    way = figures.kept(figures.path(states))
    shot = f.shots[-1] if f and f.shots else None
    policy = figures.plane(
        "policy",
        T("方策（雲: よく通る状態）", "Policy (cloud: often visited)"),
        (
            *((figures.kept(figures.policy_map(GRID, shot.right.ravel().astype(float))),) if shot else ()),
            *((figures.kept(figures.visits(GRID, f.visits)),) if f and f.visits.any() else ()),
            _lqr_line(),
            *figures.sides(),
            way,
            *here,
        ),
        alt=T(
            "方策の地図の上の、このエピソードの道すじ。赤い輪が現在の状態です。",
            "This episode's way over the map of the policy; the red ring is the present state.",
        ),
    )
    worth = _opinion(
        shot.value.ravel().astype(float) if shot else np.full(1, np.nan),
        name="value",
        title=T("価値 V", "Value V"),
        begun=shot is not None,
        alt=T("価値の地図の上の、このエピソードの道すじ。", "This episode's way over the map of values."),
        extra=(way, *here),
    )
    return Stage(
        (cart, returns, policy, worth),
        ("cart returns step", "policy value step"),
        (_inspector(r, p),),
        playhead=Playhead(frames, T("ステップ", "Step"), max(2.0, 0.02 * n)) if done and n else None,
        height=540,
        columns="minmax(0, 1fr) minmax(0, 1fr) minmax(168px, 0.55fr)",
        note=_why(e) if e else None,
    )


def _inspector(r: Played, p: Params) -> Card:
    """Show the arithmetic of the step at the playhead."""
    e, taught = r.episode, r.taught
    nan = np.full(1, np.nan)
    states = e.states if e else np.full((1, 4), np.nan)
    # The last frame, where the episode has ended, shows the step that ended it.
    before = np.concatenate([states[:-1], states[-2:-1]]) if len(states) > 1 else states
    after = np.concatenate([states[1:], states[-1:]])
    unit = np.array([1.0, 1.0, DEGREES, DEGREES])

    def padded(values: Array | None) -> Array:
        return nan if values is None else np.append(values, values[-1:])

    def seen(label: str, i: int, rows: Array, digits: int) -> Row:
        return Row(T(label, label), Kept(rows[:, i] * unit[i]), digits)

    now = [
        seen(s, i, before, d) for i, (s, d) in enumerate((("x (m)", 3), ("ẋ (m/s)", 3), ("θ (°)", 2), ("θ̇ (°/s)", 1)))
    ]
    then = [seen(s, i, after, d) for i, (s, d) in enumerate((("x′", 3), ("ẋ′", 3), ("θ′", 2), ("θ̇′", 1)))]
    words = (T("← 左", "← left"), T("右 →", "right →"))
    tabular, opinion = p.agent in TABLES, taught is not None and bool(np.isfinite(taught.old).any())
    value = "Q(s, a)" if tabular else "V(s)"
    goal = {"q_learning": "r + γ max Q(s′, ·)", "sarsa": "r + γ Q(s′, a′)", "value": "r + γ V(s′)", "return": "G"}
    rows = [
        *now,
        Row(T("P(右)", "P(right)"), Kept(padded(r.right[:-1] if e else None)), 2),
        Row(T("行動 a", "Action a"), Kept(padded(e.actions.astype(float) if e else None)), words=words),
        Row(T("報酬 r", "Reward r"), Kept(padded(e.rewards if e else None)), 0),
        *then,
        Row(T("収益 Gₜ", "Return Gₜ"), padded(r.returns if e else None), 2),
    ]
    if opinion and taught is not None:
        aim = goal[_method(p.agent)]
        rows += [
            Row(T(f"いまの {value}", f"Old {value}"), Kept(padded(taught.old)), 2),
            Row(T(f"目標 {aim}", f"Target {aim}"), padded(taught.target), 2),
            Row(T("差 δ", "Difference δ"), padded(taught.error), 2),
            Row(T(f"新しい {value}", f"New {value}"), padded(taught.new), 2),
        ]
    return Card("step", T("この一歩の計算", "This step"), tuple(rows))


def readouts_episode(r: Played, p: Params) -> tuple[Readout, ...]:
    e = r.episode
    found = (
        Readout("steps", T("長さ", "Length"), len(e.actions) if e else np.nan, 0, T(" ステップ", " steps")),
        Readout("gain", T("収益 G₀", "Return G₀"), float(r.returns[0]) if e else np.nan, 2),
    )
    return (*found, Readout("lead", T("境目の傾き", "Lead of the border"), r.lead, 3, T(" 秒", " s")))


# ---- scene 3: you play


@dataclass(frozen=True, eq=False)
class Game:
    """Where the game begins: (4,) state."""

    start: Array


def compute_play(p: Params) -> Game:
    """Look up the start state of the seed."""
    return Game(_start(p.start))


@functools.cache
def _start(seed: int) -> Array:
    return np.asarray(core.start_states([seed])[0])


GHOSTS = ("lqr", "ppo", "q_learning", "random")


@functools.cache
def _mind(agent: str) -> dict[str, Any]:
    """Describe an agent to the browser."""
    policy = own_film(agent).policy
    who = {"name": NAMES[agent], "color": COLORS[agent]}
    if isinstance(policy, core.TablePolicy):
        boxes = policy.boxes
        better = (policy.q[:, 1] >= policy.q[:, 0]).astype(np.uint8)
        return {**who, "kind": "table", "bins": list(boxes.bins), "edge": EDGE.tolist(), "better": better}
    if isinstance(policy, core.NetworkPolicy):
        layers = [{"w": np.asarray(w), "b": np.asarray(b)} for w, b in policy.actor.layers]
        return {**who, "kind": "net", "scale": SCALE.astype(float).tolist(), "layers": layers}
    if isinstance(policy, core.Linear):
        return {**who, "kind": "linear", "weights": policy.weights.tolist()}
    return {**who, "kind": "random"}


def _physics(p: Params) -> core.Physics:
    return core.Physics(gravity=p.gravity, masspole=p.masspole, length=p.length, force=p.force)


def draw_play(r: Game, p: Params) -> Stage:
    physics = _physics(p)
    live = Live(
        "game",
        T("あなたの番", "You play"),
        T(
            "矢印キーで台車を左右に押すゲーム。薄い台車は、同じ初期状態から始めたエージェントです。",
            "A game: the arrow keys push the cart. The faint carts are agents that began in the same state.",
        ),
        "cartpole/play.js",
        {
            "start": r.start.tolist(),
            "seed": p.start,
            "limit": core.STEP_LIMIT,
            "physics": {f.name: getattr(physics, f.name) for f in fields(physics)},
            "agents": [_mind(agent) for agent in GHOSTS] if p.ghosts else [],
            "pace": p.pace,
            "idle": p.idle,
            "nudge": p.jolt,
        },
    )
    return Stage((live,), ("game",), height=540)


def readouts_play(r: Game, p: Params) -> tuple[Readout, ...]:
    x, _, theta, omega = r.start
    return (
        Readout("lean", T("はじめの角度", "First angle"), float(theta * DEGREES), 2, T("°", "°")),
        Readout("spin", T("はじめの角速度", "First angular velocity"), float(omega * DEGREES), 2, T("°/s", "°/s")),
        Readout("place", T("はじめの位置", "First position"), float(100 * x), 2, T(" cm", " cm")),
    )


# ---- scene 4: luck


LUCK = {  # the rows of seeds.npz, 20 each
    "ppo": T("PPO", "PPO"),
    "actor_critic": T("Actor-Critic", "Actor-critic"),
    "reinforce": T("REINFORCE", "REINFORCE"),
    "plain": T("REINFORCE（素）", "REINFORCE, plain"),
    "q_learning": T("Q学習", "Q-learning"),
}
SEEDS = 20


@dataclass(frozen=True, eq=False)
class Luck:
    """Twenty seeds of every agent, made ahead."""

    steps: Array  # (g,) environment steps of the chosen agent
    curves: Array  # (agents, seeds, g)
    column: int  # where on the curves they are compared
    at: Array  # (agents, seeds) there
    score: Array  # (agents, seeds) of the test at the end
    variance: Array  # (8, 3, 3) of REINFORCE's gradient: seeds, moments, (plain, constant, critic)


@functools.cache
def _seeds() -> tuple[Array, Array, Array]:
    stored, spread = ahead.load("cartpole/seeds"), ahead.load("cartpole/variance")
    curves = stored["curve"].astype(float)
    curves = curves.reshape(len(LUCK), SEEDS, curves.shape[-1])
    return curves, stored["score"].reshape(len(LUCK), SEEDS), np.stack(list(spread.values()), axis=-1)


def compute_luck(p: Params) -> Luck:
    """Take what was made ahead, at the chosen share of the budget."""
    curves, score, variance = _seeds()
    g = curves.shape[-1]
    column = int(np.clip(round(p.share * g), 1, g)) - 1
    budget = core.SETTINGS["reinforce" if p.who == "plain" else p.who].budget
    return Luck(np.arange(1, g + 1) / g * budget, curves, column, curves[:, :, column], score, variance)


def _who(p: Params) -> int:
    return list(LUCK).index(p.who)


def _quartiles(r: Luck, p: Params) -> Array:
    return np.asarray(np.percentile(r.at[_who(p)], [25, 50, 75]))


def draw_luck(r: Luck, p: Params) -> Stage:
    row, mine = _who(p), p.yours
    low, middle, high = _quartiles(r, p)
    name = LUCK[p.who]
    fan = figures.fan(
        r.steps,
        r.curves[row],
        mine,
        float(r.steps[r.column]),
        title=T(f"{name.ja}: 20 の種（帯は真ん中の半分）", f"{name.en}: 20 seeds (band: the middle half)"),
        alt=T(
            f"{name.ja} の 20 本の学習曲線。予算の {100 * p.share:.0f}% で、中央値 {middle:.0f}、真ん中の半分は {low:.0f} から {high:.0f} です。",
            f"20 learning curves of {name.en}. At {100 * p.share:.0f}% of the budget the median is {middle:.0f}, the middle half {low:.0f} to {high:.0f}.",
        ),
    )
    strip = figures.strip(
        r.at,
        list(LUCK.values()),
        row,
        mine,
        title=T(
            f"予算の {100 * p.share:.0f}% での長さ（点は種）", f"At {100 * p.share:.0f}% of the budget (a dot a seed)"
        ),
        alt=T("エージェントごとに、20 の種の結果を並べた図。", "The results of 20 seeds, a row an agent."),
    )
    return Stage((fan, strip), ("fan strip",), height=480, columns="minmax(0, 1.15fr) minmax(0, 1fr)")


def readouts_luck(r: Luck, p: Params) -> tuple[Readout, ...]:
    low, middle, high = _quartiles(r, p)
    return (
        Readout("median", T("中央値", "Median"), float(middle), 0),
        Readout("spread", T("四分位の幅", "Middle half"), float(high - low), 0),
        Readout("yours", T("あなたの種", "Your seed"), float(r.at[_who(p), p.yours]), 0),
        Readout(
            "final",
            T("最後に 475 以上", "475+ in the end"),
            int((r.score[_who(p)] >= 475).sum()),
            0,
            T(" / 20", " / 20"),
        ),
    )


# ---- scene 5: what the reward says


ORDER = (0.0, 0.9, 0.98, 0.99)


@dataclass(frozen=True, eq=False)
class Worth:
    """PPO's values beside the truth. Axes of the arrays: discount (4), with and without bootstrap (2)."""

    time: tuple[Array, Array]  # of the chosen discount: with, without
    value: tuple[Array, Array]
    truth: tuple[Array, Array]
    expected: Array  # (4, 2) mean values
    real: Array  # (4, 2) mean true values
    score: Array  # (4, 2) mean steps of 100 greedy episodes
    bias: Array  # (seeds, 2) mean of value − truth for γ = 0.98, with and without bootstrap


@functools.cache
def _bias() -> Array:
    stored = ahead.load("cartpole/limit")
    return np.stack([stored["bootstrap"], stored["cut"]], axis=1)


@functools.cache
def _rewards() -> Mapping[str, Any]:
    return ahead.load("cartpole/rewards")


def compute_worth(p: Params) -> Worth:
    """Take what was made ahead for the reward."""
    stored = _rewards()
    half = 2 * len(ORDER)
    first = 0 if p.reward == "plus" else half
    rows = slice(first, first + half)

    def shaped(values: Array) -> Array:
        return values[rows].reshape(len(ORDER), 2)

    chosen = first + 2 * ORDER.index(float(p.horizon))
    count = stored["count"]

    def pair(name: str) -> tuple[Array, Array]:
        a, b = (stored[name][row, : count[row]].astype(float) for row in (chosen, chosen + 1))
        return a, b

    return Worth(
        pair("time"),
        pair("value"),
        pair("truth"),
        shaped(np.nanmean(stored["value"], axis=1)),
        shaped(np.nanmean(stored["truth"], axis=1)),
        shaped(stored["score"]),
        _bias(),
    )


def draw_worth(r: Worth, p: Params) -> Stage:
    top = ORDER.index(float(p.horizon))
    limit = 1.0 if p.reward == "sutton" else 1.0 / (1.0 - min(float(p.horizon), 0.99))
    low, high = (-0.65, 0.1) if p.reward == "sutton" else (0.0, 1.22 * limit)
    words = (T("打ち切りの先も数える", "bootstrap at the limit"), T("打ち切りで切る", "cut at the limit"))
    style = ((BLUE, "circle"), (ORANGE, "triangle-up"))
    sets = [(r.time[k], r.value[k], r.truth[k], *style[k], words[k]) for k in (0, 1)]
    time = figures.over_time(
        sets,
        low=low,
        high=high,
        title=T(f"エピソードの時刻と価値（γ = {p.horizon}）", f"Values over an episode (γ = {p.horizon})"),
        alt=T(
            f"学んだ価値の平均は {r.expected[top, 0]:.2f}（先も数える）と {r.expected[top, 1]:.2f}（切る）。本当の値の平均は {r.real[top, 0]:.2f} です。",
            f"Mean learned value {r.expected[top, 0]:.2f} with the bootstrap, {r.expected[top, 1]:.2f} without; what really comes is {r.real[top, 0]:.2f}.",
        ),
    )
    gammas = figures.by_discount(
        [f"{g:g}" for g in ORDER],
        [(r.expected[:, k], r.real[:, k], *style[k], words[k]) for k in (0, 1)],
        top,
        low=-0.65 if p.reward == "sutton" else 0.0,
        high=0.1 if p.reward == "sutton" else 122.0,
        title=T("γ を変えると（破線: 本当の値）", "For each γ (dashed: what really comes)"),
        alt=T(
            f"割引率ごとの平均の価値。先も数える: {', '.join(f'{v:.2f}' for v in r.expected[:, 0])}。切る: {', '.join(f'{v:.2f}' for v in r.expected[:, 1])}。",
            f"Mean values for each discount. Bootstrap: {', '.join(f'{v:.2f}' for v in r.expected[:, 0])}. Cut: {', '.join(f'{v:.2f}' for v in r.expected[:, 1])}.",
        ),
    )
    return Stage((time, gammas), ("time discounts",), height=480, columns="minmax(0, 1.3fr) minmax(0, 1fr)")


def readouts_worth(r: Worth, p: Params) -> tuple[Readout, ...]:
    k = ORDER.index(float(p.horizon))
    return (
        Readout("truth", T("本当の値", "Real"), float(r.real[k, 0]), 2),
        Readout("bootstrap", T("先も数える", "Bootstrap"), float(r.expected[k, 0]), 2),
        Readout("cut", T("切る", "Cut"), float(r.expected[k, 1]), 2),
        Readout("score", T("長さ", "Steps"), float(r.score[k, 0]), 0),
    )


# ---- scene 6: robustness


@dataclass(frozen=True)
class World:
    """An agent tested in other worlds: its training, and what differs from the usual physics in all of them."""

    training: Training
    gravity: float
    masspole: float


@dataclass(frozen=True, eq=False)
class Tested:
    """Where an agent still works."""

    film: Film
    steps: Array  # (half lengths, forces) mean steps


def work_world(run: World, report: Report) -> Tested:
    """Train if need be, then test in all worlds."""
    f = made(run.training)
    if f is None:
        f = work(
            run.training, lambda share, partial=None: report(0.9 * share, partial and Tested(partial, np.zeros((0, 0))))
        )
    report(0.9, Tested(f, np.zeros((0, 0))))
    physics = core.Physics(gravity=run.gravity, masspole=run.masspole)
    return Tested(f, core.robustness(f.policy, HALF_LENGTHS, FORCES, episodes=20, physics=physics))


def made_world(run: World) -> Tested | None:
    """Give a test made ahead: usual gravity and mass, an agent made ahead."""
    f = made(run.training)
    usual = core.Physics()
    if f is None or run.gravity != usual.gravity or run.masspole != usual.masspole:
        return None
    return _tested(run.training.agent)


@functools.cache
def _tested(agent: str) -> Tested:
    return Tested(own_film(agent), ahead.load("cartpole/worlds")["steps"][MADE.index(agent)])


def tasks_world(p: Params) -> dict[str, Task]:
    """Test the agent in all worlds, after training it if need be."""
    name = NAMES[p.agent]
    key = World(training(p), p.gravity, p.masspole)
    return {"worlds": Task(T(f"{name.ja}の試験", f"Testing {name.en}"), key, work_world, made_world)}


@dataclass(frozen=True, eq=False)
class Abroad:
    """An agent in other worlds, and how a table cuts the plane into boxes."""

    film: Film | None
    steps: Array  # (half lengths, forces), NaN while it is not there yet
    here: tuple[int, int]
    angle_edges: Array
    spin_edges: Array
    box: tuple[Array, Array]  # lower and upper corner (θ, θ̇) of a box that LQR's line cuts
    pair: tuple[Array, Array]  # two states in it, one on either side
    right: Array | None  # (cells,) of FINE: probability of a push to the right
    apart: float  # share of the lattice on which agent and LQR push differently, in %


def _nearest(values: tuple[float, ...], value: float) -> int:
    return int(np.abs(np.log(np.array(values) / value)).argmin())


def compute_abroad(p: Params, parts: Mapping[str, Part]) -> Abroad:
    """Find the world at hand, and a box with two minds."""
    part = parts["worlds"]
    tested: Tested | None = part.value
    steps = (
        tested.steps if tested is not None and tested.steps.size else np.full((len(HALF_LENGTHS), len(FORCES)), np.nan)
    )
    edges = _cut(p.angle_bins, p.spin_bins)
    right, apart = (None, float("nan")) if tested is None else _plain(tested.film.policy)
    here = (_nearest(HALF_LENGTHS, p.length), _nearest(FORCES, p.force))
    return Abroad(tested.film if tested else None, steps, here, *edges, right, apart)


@functools.lru_cache(maxsize=64)
def _plain(policy: core.Policy) -> tuple[Array, float]:
    """Give the policy on a fine lattice, and in how many % of the map it pushes otherwise than LQR."""
    states = lattice()
    apart = 100 * float(np.mean(policy.act(states) != (states @ _lqr_weights() >= 0)))
    return policy.probabilities(_fine())[:, 1], apart


FINE = Grid(121, 91)  # fine enough for the walls between boxes


@functools.cache
def _fine() -> Array:
    return FINE.states()


@functools.cache
def _cut(angle_bins: int, spin_bins: int) -> tuple[Array, Array, tuple[Array, Array], tuple[Array, Array]]:
    """Give the walls between boxes along θ and θ̇, a box with two minds, and its two states."""
    boxes = core.Boxes((1, 3, angle_bins, spin_bins))
    angle_edges, spin_edges = boxes.edges(2), boxes.edges(3)
    return angle_edges, spin_edges, *_two_minds(angle_edges, spin_edges)


def _two_minds(angle_edges: Array, spin_edges: Array) -> tuple[tuple[Array, Array], tuple[Array, Array]]:
    """Find the box, near the middle, that LQR's line cuts most evenly; and two states in it, one on either side."""
    w = _lqr_weights()[2:]
    found: tuple[float, Any, Any] | None = None
    for a0, a1 in pairwise(angle_edges):
        for s0, s1 in pairwise(spin_edges):
            low, high = np.array([a0, s0]), np.array([a1, s1])
            one, other = low + 0.18 * (high - low), low + 0.82 * (high - low)
            z = np.array([one @ w, other @ w])
            if z[0] < 0 <= z[1]:
                middle = 0.5 * (low + high)
                badness = float(abs(z.sum()) / np.abs(z).sum() + 4.0 * np.linalg.norm(middle / [0.2, 3.0]))
                if found is None or badness < found[0]:
                    found = badness, (low, high), (one, other)
    assert found is not None  # the line runs through the middle, where some box is
    return found[1], found[2]


def draw_abroad(r: Abroad, p: Params) -> Stage:
    i, j = r.here
    there = float(r.steps[i, j])
    name = NAMES[p.agent]
    known = np.isfinite(r.steps).all()
    home = (HALF_LENGTHS.index(0.5), FORCES.index(10.0))
    map_ = figures.worlds(
        np.nan_to_num(r.steps),
        HALF_LENGTHS,
        FORCES,
        r.here,
        home,
        title=T("ほかの世界での長さ（破線: 学んだ世界）", "Steps in other worlds (dashed: home)"),
        alt=T(
            f"{name.ja} を棒の長さと押す力の違う 64 の世界で試した結果。選んだ世界では {_number(there if known else 0)} ステップです。",
            f"{name.en} tested in 64 worlds with other poles and pushes. In the chosen one it lasts {_number(there if known else 0)} steps.",
        ),
    )
    table = p.agent in TABLES
    boxes = figures.plane(
        "boxes",
        T("箱: 中の状態は区別されない", "Boxes: states inside look the same")
        if table
        else T("方策（破線は LQR）", "Policy (dashed: LQR)"),
        (
            *((figures.policy_map(FINE, r.right),) if r.right is not None else ()),
            *((figures.walls(r.angle_edges, r.spin_edges),) if table else ()),
            _lqr_line(),
            *(figures.alias(*r.box, *r.pair) if table else ()),
            *figures.sides(),
        ),
        alt=T(
            f"方策の地図。地図の {_number(r.apart)}% で、LQR と押す向きが違います。",
            f"The map of the policy. On {_number(r.apart)}% of it the agent and LQR push differently.",
        ),
    )
    return Stage((map_, boxes), ("worlds boxes",), height=480)


def readouts_abroad(r: Abroad, p: Params) -> tuple[Readout, ...]:
    steps = T(" ステップ", " steps")
    whole = np.isfinite(r.steps).all()
    return (
        Readout("here", T("選んだ世界", "Chosen world"), float(r.steps[r.here]), 0, steps),
        Readout(
            "worlds",
            T("475 以上の世界", "475+ steps in"),
            int((r.steps >= 475).sum()) if whole else np.nan,
            0,
            T(" / 64", " / 64"),
        ),
        Readout("apart", T("LQR と違う所", "Unlike LQR"), r.apart, 1, T("%", "%")),
    )


# ---- scenes

HYPER = ("budget", "baseline", "lam", "clip", "epochs", "explore", "angle_bins", "spin_bins")
BY_HAND = ("rule", "kp", "kd", "kx", "position", "angle")

SCENES = (
    Scene(
        id="learn",
        title=T("学ぶのを見る", "Watch it learn"),
        lead=T(
            "再生すると学習が進みます。下の地図の色の境目が、破線のような斜めの線になるまでを見てください。",
            "Press play and training goes on. Watch the border on the lower map turn into a slanted line.",
        ),
        controls=("agent", "rate", "gamma", "seed"),
        more=(*HYPER, *BY_HAND),
        compute=compute_learn,
        draw=draw_learn,
        readouts=readouts_learn,
        tasks=tasks_agent,
        quick={"budget": 0.1},
    ),
    Scene(
        id="episode",
        title=T("一つのエピソード", "One episode"),
        lead=T(
            "再生すると、赤い輪が地図の上を動きます。つまみを止めた一歩の計算が、右の表です。",
            "Press play and the red ring moves over the maps. Stop, and the table shows the arithmetic of that step.",
        ),
        controls=("agent", "start", "discount", "teach"),
        more=("greedy", "rate", "gamma", "seed", *HYPER, *BY_HAND),
        compute=compute_episode,
        draw=draw_episode,
        readouts=readouts_episode,
        tasks=tasks_agent,
        quick={"budget": 0.1},
    ),
    Scene(
        id="play",
        title=T("あなたの番", "You play"),
        lead=T(
            "← と → で台車を押します。薄い台車は、同じ状態から始めたエージェントです。何ステップ立てられますか。",
            "Push the cart with ← and →. The faint carts are agents that began in the same state. How long can you last?",
        ),
        controls=("start", "pace", "idle", "jolt"),
        more=("ghosts", "length", "force", "gravity", "masspole"),
        compute=compute_play,
        draw=draw_play,
        readouts=readouts_play,
    ),
    Scene(
        id="luck",
        title=T("運", "Luck"),
        lead=T(
            "違うのは乱数の種だけです。途中で比べると、同じ方法でも結果がどれほど散らばるかを見てください。",
            "Only the seed differs. Compare part way, and see how far the same method scatters.",
        ),
        controls=("who", "share", "yours"),
        compute=compute_luck,
        draw=draw_luck,
        readouts=readouts_luck,
    ),
    Scene(
        id="reward",
        title=T("報酬が語ること", "What the reward says"),
        lead=T(
            "青と橙の違いは、500 ステップでの打ち切りの扱いだけです。点（学んだ価値）と破線（本当に得る収益）のずれを見てください。",
            "Blue and orange differ only in what they do at the 500-step limit. Compare marks (learned) with dashes (what really comes).",
        ),
        controls=("reward", "horizon"),
        compute=compute_worth,
        draw=draw_worth,
        readouts=readouts_worth,
    ),
    Scene(
        id="robust",
        title=T("頑健さ", "Robustness"),
        lead=T(
            "学んだのは破線の世界だけです。棒や力が違う世界で、どこまで立っていられるかを見てください。",
            "It learned in the dashed world only. See how far it carries to other poles and pushes.",
        ),
        controls=("agent", "length", "force", "gravity"),
        more=("masspole", "rate", "gamma", "seed", *HYPER, *BY_HAND),
        compute=compute_abroad,
        draw=draw_abroad,
        readouts=readouts_abroad,
        tasks=tasks_world,
        quick={"budget": 0.1},
    ),
)


# ---- experiments


def _f(value: float, digits: int = 0) -> str:
    return f"{value:.{digits}f}".replace("-", "−")


EXPERIMENTS = (
    Experiment(
        id="rules",
        scene="learn",
        question=T(
            "手書きの規則を一つ選ぶなら、どれがいちばん長く立てるでしょうか。",
            "Which rule of thumb keeps the pole up longest?",
        ),
        choices=(
            T("傾いた向き θ に押す", "Push towards the lean θ"),
            T("倒れていく向き θ̇ に押す", "Push towards its motion θ̇"),
            T("θ + 0.2 θ̇ の向きに押す", "Push towards θ + 0.2 θ̇"),
        ),
        answer=2,
        sets=(
            {"agent": "random"},
            {"agent": "rule", "rule": "angle"},
            {"agent": "rule", "rule": "speed"},
            {"agent": "rule", "rule": "both"},
        ),
        check=lambda chance, angle, speed, both: (
            18 <= chance.score <= 27 and 36 <= angle.score <= 48 and 150 <= speed.score <= 250 and both.score == 500
        ),
        claim=T(
            "でたらめは約 22、θ は約 42、θ̇ は約 200、θ + 0.2 θ̇ は 500 ステップ立ちました（100 回の平均）。",
            "Random lasts about 22 steps, θ about 42, θ̇ about 200, and θ + 0.2 θ̇ all 500 (means of 100).",
        ),
        evidence=lambda *runs: T(
            f"順に {', '.join(_f(r.score, 1) for r in runs)} ステップ。",
            f"In that order: {', '.join(_f(r.score, 1) for r in runs)} steps.",
        ),
    ),
    Experiment(
        id="lqr",
        scene="learn",
        question=T(
            "一度も学習しない LQR は、100 回のうち何回 500 ステップ立てるでしょうか。",
            "LQR never learns. In how many of 100 tests does it last 500 steps?",
        ),
        choices=(T("およそ半分", "About half"), T("すべて", "All of them"), T("一度もない", "None")),
        answer=1,
        sets=({"agent": "lqr"},),
        check=lambda r: r.worst == 500,
        claim=T(
            "すべてです。運動方程式を知っていれば、学習は要りません。",
            "All of them. With the equations of motion there is no need to learn.",
        ),
        evidence=lambda r: T(
            f"最短の一回も {_f(r.worst)} ステップ。", f"The shortest test lasted {_f(r.worst)} steps."
        ),
    ),
    Experiment(
        id="blind",
        scene="learn",
        question=T(
            "Q学習の γ を 0 にすると（次の報酬だけを見ると）、どこまで立てるでしょうか。",
            "Q-learning with γ = 0 sees the next reward only. How long does it last?",
        ),
        choices=(
            T("γ = 0.99 と変わらない", "As long as with γ = 0.99"),
            T("傾いた向きに押す規則 (42) にも届かない", "Less than pushing towards the lean (42)"),
            T("500 ステップ", "500 steps"),
        ),
        answer=1,
        sets=({"agent": "q_learning"}, {"agent": "q_learning", "gamma": 0.0}),
        check=lambda far, blind: blind.score < 42 and far.score > 195,
        claim=T(
            "届きません。報酬はいつも +1 なので、次の報酬だけでは、どちらに押しても同じに見えます。",
            "Less. The reward is always +1, so one step ahead both pushes look the same.",
        ),
        evidence=lambda far, blind: T(
            f"γ = 0.99 で {_f(far.score, 1)}、γ = 0 で {_f(blind.score, 1)} ステップ。",
            f"{_f(far.score, 1)} steps with γ = 0.99, {_f(blind.score, 1)} with γ = 0.",
        ),
    ),
    Experiment(
        id="line",
        scene="episode",
        question=T(
            "PPO は運動方程式を知りません。押す向きを変える線は、LQR の線とどれくらい違うでしょうか。",
            "PPO does not know the equations of motion. How far is its switching line from LQR's?",
        ),
        choices=(T("25° 以内", "Within 25°"), T("25° から 60°", "25° to 60°"), T("ほぼ直角", "About a right angle")),
        answer=0,
        sets=({"agent": "lqr"}, {"agent": "ppo"}),
        check=lambda lqr, ppo: abs(ppo.degrees) <= 25,
        claim=T(
            "25° 以内です。12° と 2 rad/s を同じ長さに描いた図で測りました。",
            "Within 25°, measured where 12° and 2 rad/s are drawn equally long.",
        ),
        evidence=lambda lqr, ppo: T(
            f"角の差は {_f(abs(ppo.degrees), 1)}°。先読みは LQR {_f(lqr.lead, 2)} 秒、PPO {_f(ppo.lead, 2)} 秒。",
            f"{_f(abs(ppo.degrees), 1)}° apart. The lead is {_f(lqr.lead, 2)} s for LQR, {_f(ppo.lead, 2)} s for PPO.",
        ),
    ),
    Experiment(
        id="luck",
        scene="luck",
        question=T(
            "予算の半分で比べると、PPO の 20 の種の長さは、どれくらい散らばるでしょうか。",
            "At half the budget, how far do 20 seeds of PPO scatter?",
        ),
        choices=(
            T("どれもほとんど同じ", "Hardly at all"),
            T("最短と最長が 100 ステップ以上違う", "By 100 steps or more"),
        ),
        answer=1,
        sets=({"who": "ppo", "share": 0.5},),
        check=lambda r: float(np.ptp(r.at[0])) >= 100,
        claim=T(
            "最短と最長で 100 ステップ以上違います。一本の曲線で方法の良し悪しは言えません。",
            "Shortest and longest are 100 steps or more apart. One curve says little about a method.",
        ),
        evidence=lambda r: T(
            f"最短 {_f(r.at[0].min())}、中央値 {_f(np.median(r.at[0]))}、最長 {_f(r.at[0].max())} ステップ。",
            f"Shortest {_f(r.at[0].min())}, median {_f(np.median(r.at[0]))}, longest {_f(r.at[0].max())} steps.",
        ),
    ),
    Experiment(
        id="baseline",
        scene="luck",
        question=T(
            "REINFORCE の収益からベースラインを引くと、勾配のばらつき（分散）はどうなるでしょうか。",
            "Subtract a baseline from the returns of REINFORCE. What happens to the variance of its gradient?",
        ),
        choices=(T("減る", "It falls"), T("変わらない", "It stays"), T("増える", "It grows")),
        answer=0,
        sets=({"who": "reinforce"},),
        check=lambda r: bool((r.variance[..., 2] / r.variance[..., 0]).mean() < 0.75),
        claim=T(
            "減ります。同じ 64 エピソードで測ると、分散は平均して 3/4 より小さくなりました。",
            "It falls. On the same 64 episodes the variance is less than 3/4 on average.",
        ),
        evidence=lambda r: T(
            f"学習途中の {r.variance.shape[0]} の種 × {r.variance.shape[1]} 時点で、分散は平均 {_f((r.variance[..., 2] / r.variance[..., 0]).mean(), 2)} 倍。",
            f"{r.variance.shape[0]} seeds × {r.variance.shape[1]} moments of training: {_f((r.variance[..., 2] / r.variance[..., 0]).mean(), 2)} times the variance on average.",
        ),
    ),
    Experiment(
        id="cut",
        scene="reward",
        question=T(
            "500 ステップの打ち切りを「終わり」として学ぶと、学んだ価値はどうなるでしょうか。",
            "Treat the 500-step limit as the end of the world. What happens to the learned value?",
        ),
        choices=(T("低くなる", "It gets lower"), T("変わらない", "It stays"), T("高くなる", "It gets higher")),
        answer=0,
        sets=({"reward": "plus", "horizon": "0.98"},),
        check=lambda r: bool((r.bias[:, 1] < r.bias[:, 0]).all() and r.bias[:, 1].mean() < -2),
        claim=T(
            "低くなります。γ = 0.98 の 5 つの種のどれでも、切ったほうが本当の値より低く出ました。",
            "It gets lower: with γ = 0.98, for each of 5 seeds, further below what really comes than with the bootstrap.",
        ),
        evidence=lambda r: T(
            f"学んだ価値 − 本当の値は、5 つの種の平均で、先も数えると {_f(r.bias[:, 0].mean(), 1)}、切ると {_f(r.bias[:, 1].mean(), 1)}。",
            f"Learned minus real value, mean of 5 seeds: {_f(r.bias[:, 0].mean(), 1)} with the bootstrap, {_f(r.bias[:, 1].mean(), 1)} when cut.",
        ),
    ),
    Experiment(
        id="worlds",
        scene="robust",
        question=T(
            "棒の長さを 4 倍にします（半分の長さ 2 m）。0.5 m の世界で作った LQR と、学んだ PPO の、どちらが立てるでしょうか。",
            "Make the pole 4 times as long (half of it: 2 m). LQR was made, and PPO trained, with 0.5 m. Which one lasts?",
        ),
        choices=(T("LQR だけ", "LQR only"), T("PPO だけ", "PPO only"), T("どちらも", "Both")),
        answer=1,
        sets=({"agent": "lqr", "length": 2.0}, {"agent": "ppo", "length": 2.0}),
        check=lambda lqr, ppo: (
            lqr.steps[lqr.here] < 100
            and ppo.steps[ppo.here] >= 475
            and (ppo.steps >= 475).sum() > (lqr.steps >= 475).sum()
        ),
        claim=T(
            "PPO だけです。LQR のゲインは 0.5 m の棒に合わせて解いたもので、長い棒では位置を戻そうとして倒れます。",
            "PPO only. The gains of LQR were solved for 0.5 m; with a long pole it falls while bringing the cart back.",
        ),
        evidence=lambda lqr, ppo: T(
            f"LQR {_f(lqr.steps[lqr.here])}、PPO {_f(ppo.steps[ppo.here])} ステップ。475 以上の世界は {int((lqr.steps >= 475).sum())} と {int((ppo.steps >= 475).sum())} / 64。",
            f"LQR {_f(lqr.steps[lqr.here])}, PPO {_f(ppo.steps[ppo.here])} steps. 475 or more in {int((lqr.steps >= 475).sum())} and {int((ppo.steps >= 475).sum())} of 64 worlds.",
        ),
    ),
)


# ---- code


HEAD = "from core.reinforcement import cartpole as core\n"


def _train_code(p: Params) -> str:
    run = training(p)
    options = "".join(f", {name}={value!r}" for name, value in run.options)
    return f'run = core.train("{run.agent}", steps={run.steps}, seed={run.seed}{options})\n'


def _snippet_learn(p: Params) -> str:
    return f"""\
{HEAD}
{_train_code(p)}scores = core.evaluate(run.policy, episodes=100)
print("score =", scores.mean())
print("worst =", scores.min())
print("episodes =", len(run.returns))
"""


def _snippet_episode(p: Params) -> str:
    return f"""\
{HEAD}
{_train_code(p)}episode = core.rollout(run.policy, seed={p.start}, greedy={p.greedy})
returns = core.returns_to_go(episode.rewards, {p.discount!r})
print("steps =", len(episode.actions), episode.reason)
print("gain =", returns[0])
try:
    print("lead =", core.switching_line(run.policy).lead)
except ValueError:
    print("lead =", float("nan"))
"""


def _snippet_play(p: Params) -> str:
    physics = ", ".join(f"{f.name}={getattr(_physics(p), f.name)!r}" for f in fields(core.Physics))
    return f"""\
import numpy as np

{HEAD}
x, speed, theta, omega = core.start_states([{p.start}])[0]
print("lean =", np.degrees(theta))
print("spin =", np.degrees(omega))
print("place =", 100 * x)
# one push to the right, as the game computes it
print("next", core.step_physics([x, speed, theta, omega], 1, core.Physics({physics})))
"""


def _snippet_luck(p: Params) -> str:
    g = _seeds()[0].shape[-1]
    column = int(np.clip(round(p.share * g), 1, g)) - 1
    first = SEEDS * _who(p)
    return f"""\
import numpy as np

from core import ahead

made = ahead.load("cartpole/seeds")  # makes it again: python -m core.ahead cartpole/seeds
at = made["curve"][{first}:{first + SEEDS}, {column}].astype(float)
low, middle, high = np.percentile(at, [25, 50, 75])
print("median =", middle)
print("spread =", high - low)
print("yours =", at[{p.yours}])
print("final =", (made["score"][{first}:{first + SEEDS}] >= 475).sum())
"""


def _snippet_worth(p: Params) -> str:
    row = (0 if p.reward == "plus" else 2 * len(ORDER)) + 2 * ORDER.index(float(p.horizon))
    return f"""\
import numpy as np

from core import ahead

made = ahead.load("cartpole/rewards")  # makes it again: python -m core.ahead cartpole/rewards
print("truth =", np.nanmean(made["truth"][{row}]))
print("bootstrap =", np.nanmean(made["value"][{row}]))
print("cut =", np.nanmean(made["value"][{row + 1}]))
print("score =", made["score"][{row}])
"""


def _snippet_robust(p: Params) -> str:
    i, j = _nearest(HALF_LENGTHS, p.length), _nearest(FORCES, p.force)
    return f"""\
import numpy as np

{HEAD}from core.reinforcement.film import FORCES, HALF_LENGTHS, lattice

{_train_code(p)}physics = core.Physics(gravity={p.gravity!r}, masspole={p.masspole!r})
steps = core.robustness(run.policy, HALF_LENGTHS, FORCES, episodes=20, physics=physics)
states = lattice()
print("here =", steps[{i}, {j}])
print("worlds =", (steps >= 475).sum())
print("apart =", 100 * np.mean(run.policy.act(states) != (states @ -core.regulator().K >= 0)))
"""


def snippet(p: Params, scene: str = "learn") -> str:
    write = {
        "episode": _snippet_episode,
        "play": _snippet_play,
        "luck": _snippet_luck,
        "reward": _snippet_worth,
        "robust": _snippet_robust,
    }.get(scene, _snippet_learn)
    return write(p)
