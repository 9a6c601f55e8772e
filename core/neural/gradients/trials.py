"""Training runs made ahead: what each depends on, those of the lesson, those of its map, and how a file holds them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.door import one_of
from core.neural.gradients.activations import Array
from core.neural.gradients.meanfield import theory
from core.neural.gradients.network import Config
from core.neural.gradients.training import LOOKS, Training, train
from core.result import result


@dataclass(frozen=True, kw_only=True)
class Trial:
    """All that a training run depends on; see `train`."""

    config: Config
    steps: int = 200
    rate: float = 0.1
    optimizer: str = "sgd"
    clip: str = "none"
    limit: float = 1.0
    seed: int = 0

    def run(self, on_step: Callable[[int, Callable[[], Training]], None] | None = None) -> Training:
        """Do it."""
        return train(
            self.config,
            steps=self.steps,
            rate=self.rate,
            optimizer=self.optimizer,
            clip=self.clip,
            limit=self.limit,
            seed=self.seed,
            on_step=on_step,
        )


def _made_ahead() -> tuple[Trial, ...]:
    broken = Config(depth=20, width=64, activation="sigmoid", init="xavier")
    saturated = Config(depth=20, width=64, activation="tanh", init="normal", gain=2.0)
    shrinking = replace(saturated, gain=0.7)
    adam: dict[str, Any] = {"optimizer": "adam", "rate": 0.001}
    as_it_is, residual = Trial(config=broken), Trial(config=replace(broken, residual=True))
    broken_adam, shrinking_adam = Trial(config=broken, **adam), Trial(config=shrinking, **adam)
    he = Trial(config=replace(broken, activation="relu", init="he"))
    orthogonal = Trial(config=replace(broken, activation="tanh", init="orthogonal"))
    equal = Trial(config=broken, clip="equal")
    over_seeds = (as_it_is, residual, broken_adam, Trial(config=shrinking), shrinking_adam, he, orthogonal, equal)
    zero = [Trial(config=Config(depth=3, width=64, activation=a, init="zero")) for a in ("sigmoid", "tanh", "relu")]
    clipped = [Trial(config=saturated, clip=clip) for clip in ("global", "layer")]
    slow = replace(he, rate=0.02)
    return (
        as_it_is,
        residual,
        *zero,
        *clipped,
        broken_adam,
        shrinking_adam,
        Trial(config=shrinking),
        Trial(config=replace(broken, norm="batch")),
        Trial(config=replace(broken, norm="layer")),
        he,
        orthogonal,
        equal,
        *(replace(trial, seed=seed) for seed in (1, 2, 3, 4) for trial in over_seeds),
        *(replace(trial, seed=seed) for seed in (1, 2, 3, 4) for trial in (*zero, *clipped)),
        *(replace(slow, seed=seed) for seed in range(5)),
    )


MADE_AHEAD = _made_ahead()  # what assets/gradients/runs.npz holds, a row each
CAUSES = ("", "activation", "loss", "gradient")


def pack(run: Training, steps: int, layers: int) -> dict[str, NDArray[Any]]:
    """Lay out a run as arrays of fixed shapes, for a file; float32 where only a picture needs it."""

    def padded(values: NDArray[Any], *shape: int, kind: Any = np.float32) -> NDArray[Any]:
        full = np.full(shape, np.nan, dtype=kind)
        full[tuple(slice(n) for n in values.shape)] = values
        return full

    return {
        "loss": padded(run.loss, steps),
        "gradient_norm": padded(run.gradient_norm, steps, layers),
        "clipped_norm": padded(run.clipped_norm, steps, layers),
        "update_ratio": padded(run.update_ratio, steps, layers),
        "looks": padded(run.looks, LOOKS + 2),
        "accuracy": padded(run.accuracy, LOOKS + 2, kind=np.float64),
        "moved": padded(run.moved, layers, kind=np.float64),
        "spread": padded(run.spread, layers, kind=np.float64),
        "scalars": np.array(
            [len(run.loss), run.gradient_norm.shape[1], run.final_loss, run.stopped, run.layer, CAUSES.index(run.cause)]
        ),
    }


def stored(trial: Trial, load: Callable[[], Mapping[str, NDArray[Any]]]) -> Training | None:
    """Give a run made ahead, or None.

    Parameters
    ----------
    trial
        The run.
    load
        Gives the arrays of `pack`, a row a run of `MADE_AHEAD`; called only if the run is one of them.
    """
    if trial not in MADE_AHEAD:
        return None
    row = MADE_AHEAD.index(trial)
    arrays = {key: values[row] for key, values in load().items()}
    n, layers = (int(v) for v in arrays["scalars"][:2])
    final, stopped, layer, cause = (float(v) for v in arrays["scalars"][2:])
    m = int(np.isfinite(arrays["looks"]).sum())
    down, used, ratios = (
        arrays[key][:n, :layers].astype(np.float64) for key in ("gradient_norm", "clipped_norm", "update_ratio")
    )
    return Training(
        loss=arrays["loss"][:n].astype(np.float64),
        gradient_norm=down,
        clipped_norm=used,
        update_ratio=ratios,
        looks=arrays["looks"][:m].astype(np.int64),
        accuracy=arrays["accuracy"][:m].copy(),
        final_loss=final,
        stopped=int(stopped),
        layer=int(layer),
        cause=CAUSES[int(cause)],
        moved=arrays["moved"][:layers].copy(),
        spread=arrays["spread"][:layers].copy(),
    )


# The trainability map: what is trained at each depth and σ_w.
MAP_DEPTHS = tuple(range(5, 51, 5))
MAP_SIGMAS = {
    "tanh": tuple(0.25 * k for k in range(1, 17)),
    "relu": tuple(0.25 * k for k in range(1, 17)),
    "sigmoid": tuple(1.0 * k for k in range(1, 17)),
}
MAP_WIDTH, MAP_STEPS = 64, 200


def map_trials() -> tuple[Trial, ...]:
    """Give the runs of the trainability map: for each activation, depth and σ_w, the last fastest."""
    return tuple(
        Trial(
            config=Config(depth=depth, width=MAP_WIDTH, activation=activation, init="normal", gain=sigma),
            steps=MAP_STEPS,
        )
        for activation, sigmas in MAP_SIGMAS.items()
        for depth in MAP_DEPTHS
        for sigma in sigmas
    )


@result
class TrainabilityMap:
    """Where networks of an activation learn, and where theory has their gradients vanish or explode."""

    sigmas: Array  # (s,)
    depths: Array  # (d,)
    accuracy: Array  # (d, s) on the test digits
    edge: float  # σ_w of χ = 1; not-a-number where there is none
    fine: Array  # (40,) σ_w of the two lines
    vanished: Array  # (40,) depth from which the gradient is below a thousandth; not-a-number where none is
    exploded: Array  # (40,) depth from which it is beyond a thousandfold


def trainability_map(activation: str, accuracy: ArrayLike) -> TrainabilityMap:
    """Lay out what was made of `map_trials`: `accuracy` of them all, in their order; and the theory beside it."""
    at = list(MAP_SIGMAS).index(one_of("activation", activation, MAP_SIGMAS))
    sigmas, depths = np.array(MAP_SIGMAS[activation]), np.array(MAP_DEPTHS, dtype=float)
    starts = np.cumsum([len(s) * len(depths) for s in MAP_SIGMAS.values()])
    cells = np.split(np.array(accuracy, dtype=float), starts[:-1])[at].reshape(len(depths), len(sigmas))
    fine = np.linspace(sigmas[0] / 2, sigmas[-1] + sigmas[0] / 2, 40)
    deepest = Config(depth=MAP_DEPTHS[-1] + 3, width=1, activation=activation, init="normal")
    # What each layer adds to the log of the gradient's size, and what all layers so far did.
    change = np.array([0.5 * np.log(theory(replace(deepest, gain=float(s))).chi) for s in fine])
    total = np.cumsum(change, axis=1)
    vanished, exploded = (
        np.where(there.any(axis=1), 1.0 + there.argmax(axis=1), np.nan)
        for there in (total <= -np.log(1000.0), total >= np.log(1000.0))
    )
    settled = change[:, -1]
    crossed = np.flatnonzero((settled[:-1] < -1e-3) & (settled[1:] >= -1e-3))
    edge = float(fine[crossed[0] + 1]) if len(crossed) else float("nan")
    return TrainabilityMap(sigmas, depths, cells, edge, fine, vanished, exploded)
