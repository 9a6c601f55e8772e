"""What is trained in "Does it learn?": the fields, the two runs that they ask for, and the work, which a job does."""

import functools
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from core import ahead
from core.neural import gradients as core
from core.neural.gradients import Trial
from core.text import T
from pages.neural.gradients import shared
from ui.params import choice, slider
from ui.scene import Task

FRESH = 0.15  # seconds between two partial results


@dataclass(frozen=True)
class Trained(shared.Seed, shared.Limit, shared.Mended):
    versus: str = choice(
        T("比べる相手 B", "Compare with B"),
        {
            "residual": T("A に残差接続を足す", "A plus residuals"),
            "batch": T("A に BatchNorm を足す", "A plus BatchNorm"),
            "layernorm": T("A に LayerNorm を足す", "A plus LayerNorm"),
            "he": T("ReLU と He", "ReLU with He"),
            "orthogonal": T("tanh と直交", "tanh, orthogonal"),
            "adam": T("A を Adam (0.001) で", "A with Adam (0.001)"),
            "unclipped": T("A をクリップなしで", "A without clipping"),
            "global": T("A を全体でクリップ", "A clipped as a whole"),
            "layer": T("A を層ごとにクリップ", "A clipped by layer"),
            "none": T("なし", "Nothing"),
        },
    )
    optimizer: str = choice(
        T("最適化手法", "Optimiser"),
        {"sgd": T("SGD", "SGD"), "momentum": T("モーメンタム", "Momentum"), "adam": T("Adam", "Adam")},
    )
    rate: float = slider(T("学習率", "Learning rate"), 0.0001, 1.0, default=0.1, log=True)
    clip: str = choice(
        T("勾配クリッピング", "Gradient clipping"),
        {
            "none": T("なし", "None"),
            "global": T("全体のノルムで", "By the global norm"),
            "layer": T("層ごとのノルムで", "By each layer's norm"),
            "equal": T("層ごとに上限ちょうどへ", "Each layer to the limit"),
        },
        help=T(
            "「上限ちょうどへ」は、ノルムが小さい層の勾配を大きくもします。",
            "“To the limit” also makes small gradients larger.",
        ),
    )
    units: int = slider(T("学習するネットワークの幅", "Width when trained"), 16, 96, default=64, step=16)
    steps: int = slider(T("ステップ数", "Steps"), 20, 400, default=200, step=20)

    @property
    def clips(self) -> bool:
        """Whether A or B is clipped."""
        return self.clip != "none" or self.versus in ("global", "layer")


NETWORKS: Mapping[str, Mapping[str, Any]] = {  # what B changes of the network
    "residual": {"residual": True},
    "batch": {"norm": "batch"},
    "layernorm": {"norm": "layer"},
    "he": {"activation": "relu", "init": "he", "gain": 1.0},
    "orthogonal": {"activation": "tanh", "init": "orthogonal", "gain": 1.0},
}
WAYS: Mapping[str, Mapping[str, Any]] = {  # and of how it is trained
    "adam": {"optimizer": "adam", "rate": 0.001},
    "unclipped": {"clip": "none"},
    "global": {"clip": "global"},
    "layer": {"clip": "layer"},
}


def trials(p: Trained) -> dict[str, Trial]:
    """Give the runs to compare, "a" and, if there is one, "b"."""
    a = Trial(
        config=shared.network(p, width=p.units),
        steps=p.steps,
        rate=p.rate,
        optimizer=p.optimizer,
        clip=p.clip,
        limit=p.limit if p.clips else 1.0,  # a limit that nothing uses trains nothing anew
        seed=p.seed,
    )
    if p.versus == "none":
        return {"a": a}
    config = replace(a.config, **NETWORKS.get(p.versus, {}))
    return {"a": a, "b": replace(a, config=config, **WAYS.get(p.versus, {}))}


def code(name: str, t: Trial) -> str:
    """Write a run as code, and what it scored."""
    return f"""\
{shared.config_code(t.config)}
{name} = core.train(
    config, steps={t.steps}, rate={t.rate!r}, optimizer={t.optimizer!r},
    clip={t.clip!r}, limit={t.limit!r}, seed={t.seed},
)
print("{name} =", 100 * {name}.accuracy[-1])
"""


def tasks(p: Trained) -> dict[str, Task]:
    """Give the work, a task a run."""
    titles = {"a": T("A の学習", "Training A"), "b": T("B の学習", "Training B")}
    return {name: Task(titles[name], trial, work, made) for name, trial in trials(p).items()}


def work(trial: Trial, report: Callable[[float, Any], None]) -> core.Training:
    """Train, and say how it goes."""
    last = float("-inf")

    def on_step(done: int, so_far: Callable[[], core.Training]) -> None:
        nonlocal last
        now = time.perf_counter()
        fresh = now - last > FRESH
        last = now if fresh else last
        report(done / trial.steps, so_far() if fresh else None)

    return trial.run(on_step)


def made(trial: Trial) -> core.Training | None:
    """Give a run made ahead."""
    return core.stored(trial, stored_runs)


@functools.cache
def stored_runs() -> Mapping[str, Any]:
    """Read the runs made ahead."""
    return ahead.load("gradients/runs")


@functools.cache
def trainability(activation: str) -> core.TrainabilityMap | None:
    """Give the map of an activation, if it has one."""
    if activation not in core.MAP_SIGMAS:
        return None
    return core.trainability_map(activation, ahead.load("gradients/map")["accuracy"])


# ---- what experiments measure, of results with the runs `a` and `b`


def hidden(*found: Any) -> dict[str, float]:
    """Give the most that hidden weights moved and that two units of a layer differ; tanh, ReLU, sigmoid, and again."""
    tanh, relu, sigmoid = ([r.a for r in found[i::3]] for i in range(3))
    moved = {"tanh": tanh, "relu": relu, "sigmoid": sigmoid}
    most = {name: max(run.hidden_moved for run in runs) for name, runs in moved.items()}
    least = min(float(run.moved.min()) for run in sigmoid)
    return {**most, "least": least, "apart": max(run.hidden_spread for run in sigmoid)}


def factors(*found: Any) -> dict[str, float]:
    """Give how far the factors of a step's layers are apart: clipped as a whole at most, layer by layer at least."""
    return {"whole": max(r.a.clip_spread for r in found), "layer": min(r.b.clip_spread for r in found)}
