"""One episode, step by step: its way over the agent's maps, and what each step would teach."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from core.reinforcement import cartpole as core
from core.reinforcement.film import Film, blank
from core.result import result
from core.text import T
from figures.marks import heat, kept, line, marks, moving, ring, shade, until
from figures.plot import plot, round_up, table
from figures.spec import BLUE, INK, NOW, Card, Figure, Kept, Playhead, Row, Stage, Trace
from pages.reinforcement.cartpole import pictures
from pages.reinforcement.cartpole.agents import STEPS, TABLES, Started, Trained, repeats, task, training
from pages.reinforcement.cartpole.pictures import ACROSS, DEGREES, UP
from ui.params import slider, toggle
from ui.scene import Check, Part, Readout, Task

CONTROLS = ("agent", "start", "discount", "teach")
QUICK = {"budget": 0.1}


@dataclass(frozen=True)
class Params(Trained, Started):
    discount: float = slider(T("収益の割引率 γ", "γ of the return"), 0.0, 1.0, default=0.99, step=0.01)
    teach: float = slider(T("1 ステップの学習率 α", "α of one step"), 0.0, 1.0, default=0.1, step=0.02)
    greedy: bool = toggle(T("確率の高い行動だけを選ぶ", "Always the likelier action"), default=True)


@result
class Played:
    """An episode of t steps; t is 0 while there is no agent yet."""

    film: Film
    episode: core.Episode
    right: core.Floats  # (t,) probability of a push to the right
    returns: core.Floats  # (t,)
    taught: core.OneStep  # each (t,)
    border: core.Line  # on which the agent changes its push
    leads: core.Floats  # (15,) of the borders of PPO, Actor-Critic and REINFORCE, five seeds each

    @property
    def steps(self) -> int:
        return len(self.episode.actions)

    @property
    def gain(self) -> float:
        return float(self.returns[0]) if self.steps else float("nan")


# Other controls ask for the same episode again.
rollout, switching_line = (functools.lru_cache(maxsize=64)(f) for f in (core.rollout, core.switching_line))
NOT_YET = core.Episode(np.zeros((1, 4)), np.zeros(0, int), np.zeros(0), terminated=False, truncated=False)
# What the target of one step is: with action values, with values, with neither.
METHODS = {"q_learning": "q_learning", "sarsa": "sarsa", "ppo": "value", "actor_critic": "value"}
AIMS = {"q_learning": "r + γ max Q(s′, ·)", "sarsa": "r + γ Q(s′, a′)", "value": "r + γ V(s′)", "return": "G"}


def tasks(p: Params) -> dict[str, Task]:
    return {"film": task(p)}


def compute(p: Params, parts: Mapping[str, Part]) -> Played:
    trained: Film | None = parts["film"].value
    film = trained or blank(p.agent, training(p).steps)
    e = rollout(film.policy, seed=p.start, greedy=p.greedy) if trained else NOT_YET
    method = METHODS.get(p.agent, "return") if trained else "return"
    gamma = p.gamma if p.agent in core.LEARNERS else p.discount  # the discount that the agent learned with
    return Played(
        film,
        e,
        right=film.policy.probabilities(e.states[:-1])[:, 1],
        returns=core.returns_to_go(e.rewards, p.discount),
        taught=core.one_step(film.policy, e, method=method, gamma=gamma, rate=p.teach),
        border=switching_line(film.policy),
        leads=np.sort(repeats("lead")[:3].ravel()),
    )


READOUTS = (
    Readout("steps", T("長さ", "Length"), "steps", 0, STEPS),
    Readout("gain", T("収益 G₀", "Return G₀"), "gain", 2),
    Readout("lead", T("境目の先読み", "Look-ahead of the border"), "border.lead", 3, T(" 秒", " s"), True),
)


def draw(r: Played, p: Params) -> Stage:
    s, shots, frames = r.episode.states, r.film.shots[-1:], np.arange(r.steps + 1)
    right, value = (np.array([getattr(shot, name) for shot in shots]) for name in ("right", "value"))
    often = shade(np.sqrt(r.film.visits / max(r.film.visits.max(), 1)), 0, 1)
    cloud = [heat(often, ACROSS, UP, ((0, "rgba(128,128,128,0)"), (1, INK)), 0.6)] if often.any() else []
    angle, spin = s[:, 2] * DEGREES, s[:, 3] * DEGREES
    way = [until({**line(angle, spin, INK, width=1), "opacity": 0.3}, frames + 1), *now(angle, spin)]
    figures = (
        pictures.cart(s, r.episode.actions),
        to_go(r.returns, frames),
        pictures.plane("policy", [kept(mark) for mark in (*pictures.policy(right, *cloud), *way)]),
        pictures.value(value, r.film.worth, *map(kept, way)),
    )
    return Stage(
        figures,
        ("cart returns step", "policy value step"),
        (inspector(r, p),),
        playhead=Playhead(frames, T("ステップ", "Step"), max(2.0, 0.02 * r.steps)),
        height=540,
        columns="minmax(0, 1fr) minmax(0, 1fr) minmax(174px, 0.7fr)",
        note=r.episode.reason if r.steps else None,
        finale=True,
    )


def now(x: ArrayLike, y: ArrayLike) -> list[Trace]:
    """Ring the step at the playhead."""
    x, y = moving(x), moving(y)
    return [ring(x, y), marks(x, y, NOW, size=4.0)]


def to_go(returns: core.Floats, frames: core.Ints) -> Figure:
    """Draw the return from each step on."""
    shown = returns if len(returns) else np.zeros(1)
    top, step = round_up(shown.max(), least=1.0), np.minimum(frames, len(shown) - 1)
    return plot(
        "returns",
        until(line(Kept(np.arange(len(shown), dtype=np.float32)), shown, BLUE, width=2.5), step + 1),
        now(step, shown[step]),
        x=T("ステップ t", "Step t"),
        y=T("収益 Gₜ", "Return Gₜ"),
        xlim=(0, 1.05 * max(len(returns), 10)),
        ylim=(-0.07 * top, 1.03 * top),
        view=f"{top:g}",
        titled=True,
        margin={"l": 58},
    )


def inspector(r: Played, p: Params) -> Card:
    """Show the arithmetic of the step at the playhead."""

    def held(values: ArrayLike) -> core.Floats:
        """Show the step that ended the episode in its last frame as well."""
        values = np.asarray(values, float)
        return np.append(values, values[-1:]) if len(values) else np.full(1, np.nan)

    def state(rows: core.Floats, labels: str) -> list[Row]:
        columns = (rows * [1.0, 1.0, DEGREES, DEGREES]).T
        named = zip(labels.split(", "), columns, (3, 3, 2, 1), strict=True)
        return [Row(T(label, label), Kept(held(column)), digits) for label, column, digits in named]

    e, taught = r.episode, r.taught
    rows = [
        *state(e.states[:-1], "x (m), ẋ (m/s), θ (°), θ̇ (°/s)"),
        Row(T("P(右)", "P(right)"), Kept(held(r.right)), 2),
        Row(T("行動 a", "Action a"), Kept(held(e.actions)), words=(T("← 左", "← left"), T("右 →", "right →"))),
        Row(T("報酬 r", "Reward r"), Kept(held(e.rewards)), 0),
        *state(e.states[1:], "x′, ẋ′, θ′, θ̇′"),
        Row(T("収益 Gₜ", "Return Gₜ"), held(r.returns), 2),
    ]
    if np.isfinite(taught.old).any():
        value = "Q(s, a)" if p.agent in TABLES else "V(s)"
        aim = AIMS[METHODS.get(p.agent, "return")]
        rows += [
            Row(T(f"いまの {value}", f"Old {value}"), Kept(held(taught.old)), 2),
            Row(T(f"目標 {aim}", f"Target {aim}"), held(taught.target), 2),
            Row(T("差 δ", "Difference δ"), held(taught.error), 2),
            Row(T(f"新しい {value}", f"New {value}"), held(taught.new), 2),
        ]
    return table(T("このステップの計算", "This step"), *rows, name="step")


def code(p: Params) -> str:
    return f"""\
{training(p).code}episode = core.rollout(policy, seed={p.start}, greedy={p.greedy})
returns = core.returns_to_go(episode.rewards, {p.discount!r})
print("steps =", len(episode.actions), episode.reason)
print("gain =", returns[0])
print("lead =", core.switching_line(policy).lead)
"""


CHECKS = {
    "line": Check(
        ({"agent": "lqr"}, {"agent": "ppo"}),
        lambda lqr, ppo: all(0.05 < lead < lqr.border.lead - 0.05 for lead in (ppo.border.lead, *ppo.leads)),
        control=({"agent": "lqr"}, {"agent": "rule", "rule": "angle"}),  # which looks at the lean of this moment
    )
}
