"""What the scenes share: who may play, the controls of a training, and that training as slow work."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from core import ahead
from core.reinforcement import cartpole as core
from core.reinforcement.film import Film, film
from core.reinforcement.made import made
from core.text import T
from ui.jobs import Report
from ui.params import choice, slider, toggle
from ui.scene import Task

AGENTS = {
    "ppo": T("PPO", "PPO"),
    "actor_critic": T("Actor-Critic", "Actor-critic"),
    "reinforce": T("REINFORCE", "REINFORCE"),
    "q_learning": T("Q学習（表）", "Q-learning (table)"),
    "sarsa": T("SARSA（表）", "SARSA (table)"),
    "lqr": T("LQR（計算で解く）", "LQR (computed)"),
    "pd": T("PD 制御（手で決める）", "PD control (by hand)"),
    "rule": T("手書きの規則", "A rule of thumb"),
    "random": T("ランダム", "Random"),
}
RULES = {
    "both": T("θ + 0.2 θ̇ の向きに押す", "Push towards θ + 0.2 θ̇"),
    "angle": T("傾いた向き θ に押す", "Push towards the lean θ"),
    "speed": T("倒れていく向き θ̇ に押す", "Push towards its motion θ̇"),
}
TABLES = ("q_learning", "sarsa")
load = functools.cache(ahead.load)  # what was made ahead is read once
SEEDS = 5  # of each case in assets/cartpole/repeats.py: the learners in their order here, last Q-learning with γ = 0
STEPS = T(" ステップ", " steps")
PPO, TABLE = core.SETTINGS["ppo"](), core.SETTINGS["q_learning"]()  # the core's own settings are the defaults here


def repeats(name: str) -> core.Floats:
    """Give what was made ahead of each learner on five seeds, (cases, 5, …)."""
    rows = load("cartpole/repeats")[name]
    return rows.reshape(-1, SEEDS, *rows.shape[1:])


def _is(*agents: str) -> Callable[[Any], bool]:
    return lambda p: p.agent in agents


@dataclass(frozen=True)
class Trained:
    """An agent and its training."""

    agent: str = choice(T("エージェント", "Agent"), AGENTS)
    rate: float = slider(
        T("学習率（既定の何倍）", "Learning rate (× its default)"), 0.1, 10.0, default=1.0, log=True, unit=T("倍", "×"),
        when=_is(*core.LEARNERS),
    )  # fmt: skip
    gamma: float = slider(T("割引率 γ", "Discount γ"), 0.0, 1.0, default=0.99, step=0.01, when=_is(*core.LEARNERS))
    seed: int = slider(T("乱数の種", "Seed"), 0, 99, default=0, when=_is(*core.LEARNERS, "random"))
    budget: float = slider(
        T("予算（既定の何倍）", "Budget (× its default)"), 0.1, 2.0, default=1.0, step=0.1, unit=T("倍", "×")
    )
    baseline: bool = toggle(T("ベースラインを引く", "Subtract a baseline"), default=True, when=_is("reinforce"))
    lam: float = slider(T("GAE の λ", "λ of GAE"), 0.0, 1.0, default=PPO.lam, step=0.01, when=_is("ppo"))
    clip: float = slider(T("クリップ幅 ε", "Clipping ε"), 0.02, 1.0, default=PPO.clip, step=0.02, when=_is("ppo"))
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


@dataclass(frozen=True)
class Started:
    """Where an episode begins."""

    start: int = slider(T("初期状態の種", "Seed of the start"), 0, 99, default=3)


@dataclass(frozen=True)
class World:
    """What the world is made of."""

    length: float = slider(T("棒の長さの半分", "Half the pole"), 0.1, 2.0, default=0.5, step=0.05, unit=T(" m", " m"))
    force: float = slider(T("押す力", "Force of a push"), 1.0, 30.0, default=10.0, step=0.5, unit=T(" N", " N"))
    gravity: float = slider(T("重力", "Gravity"), 0.0, 25.0, default=9.8, step=0.1, unit=T(" m/s²", " m/s²"))
    masspole: float = slider(T("棒の質量", "Mass of the pole"), 0.02, 2.0, default=0.1, step=0.02, unit=T(" kg", " kg"))


# Of which controls each agent takes its settings, beside γ and the learning rates.
TAKES = {
    "reinforce": ("baseline",),
    "ppo": ("lam", "clip", "epochs"),
    "q_learning": ("explore", "angle_bins", "spin_bins"),
    "sarsa": ("explore", "angle_bins", "spin_bins"),
    "rule": ("rule",),
    "pd": ("kp", "kd", "kx"),
    "lqr": ("position", "angle"),
}
RATES = ("rate", "final_rate", "critic_rate", "baseline_rate")


@dataclass(frozen=True)
class Training:
    """All that a training depends on; `options` holds what differs from the agent's own settings."""

    agent: str
    seed: int
    steps: int
    options: tuple[tuple[str, Any], ...] = ()

    @property
    def made(self) -> Film | None:
        """The film, if it was made ahead."""
        usual = self.seed == 0 and self.steps == core.SETTINGS[self.agent].budget
        return made(self.agent, self.options) if usual else None

    @property
    def code(self) -> str:
        """Python that trains, or takes what was made ahead: elsewhere a training comes out otherwise."""
        options = "".join(f", {name}={value!r}" for name, value in self.options)
        train = f'core.train("{self.agent}", steps={self.steps}, seed={self.seed}{options})'
        if self.made is None:
            return f"from core.reinforcement import cartpole as core\n\nrun = {train}\npolicy = run.policy\n"
        taken = f'"{self.agent}", {self.options!r}' if self.options else f'"{self.agent}"'
        return f"""\
from core.reinforcement import cartpole as core
from core.reinforcement.made import made

# Made ahead by {train}, which may come out a little otherwise on another processor.
film = made({taken})
policy = film.policy
"""


def training(p: Trained) -> Training:
    """Say which training the controls ask for."""
    settings = core.SETTINGS[p.agent]()
    wanted = {name: getattr(p, name) for name in TAKES.get(p.agent, ())}
    learns = p.agent in core.LEARNERS
    if learns:
        rates = {name: getattr(settings, name) for name in RATES if hasattr(settings, name)}
        wanted |= {"gamma": p.gamma} | {name: float(f"{min(1.0, p.rate * v):.3g}") for name, v in rates.items()}
    options = tuple((name, value) for name, value in wanted.items() if value != getattr(settings, name))
    seed = p.seed if learns or p.agent == "random" else 0
    return Training(p.agent, seed, round(settings.budget * p.budget), options)


def work(run: Training, report: Report) -> Film:
    """Train, showing the film so far."""
    return film(run.agent, steps=run.steps, seed=run.seed, options=dict(run.options), on_progress=report)


def task(p: Trained) -> Task:
    """Name the one slow thing."""
    name = AGENTS[p.agent]
    title = T(f"学習: {name.ja}", f"Training: {name.en}")
    return Task(title, training(p), work, lambda run: run.made)
