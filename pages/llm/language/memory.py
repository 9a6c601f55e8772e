"""Below the floor is memory: the loss on sentences read again and again falls under the entropy of the language."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.llm import language as g
from core.text import PERCENT, T
from figures.spec import Playhead, Stage
from pages.llm.language.film import Read, cells, curves, heaps
from ui.params import choice, slider
from ui.scene import Check, Readout

CONTROLS = ("kept", "seed")
RUNS = {str(n): T(f"{n} 文", f"{n} sentences") for n in g.KEPT if n} | {"0": T("毎回新しい文", "always new ones")}
SHAPE, TURN = (2, 5, 6, 5, 2), (2, 0, 4, 1, 3)  # of the sentences: time, adjective, noun, adverb, verb


@dataclass(frozen=True)
class Params:
    kept: str = choice(T("訓練データ", "Training data"), RUNS, default="64")
    seed: int = slider(T("乱数の種", "Seed"), 0, 4, default=0)


def table(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Lay sentences (…, 600) out: rows by noun, time and verb, columns by adjective and adverb."""
    lead = values.shape[:-1]
    axes = [*range(len(lead)), *(len(lead) + k for k in TURN)]
    return np.ascontiguousarray(values.reshape(*lead, *SHAPE).transpose(axes).reshape(*lead, 24, 25))


def compute(p: Params) -> Read:
    kept = int(p.kept)
    run, runs = g.run(kept, p.seed), [g.run(n, p.seed) for n in g.KEPT]
    held = g.kept_sentences(kept, p.seed)
    counts = np.bincount(g.draw(kept, seed=p.seed), minlength=len(held)) if kept else None
    mass = 100 * (g.PROBABILITIES[held] * 2 ** run.ratio[:, held]).sum(axis=1)
    return Read(
        run.words,
        run.train,
        run.test,
        np.array([r.train for r in runs]).T.copy(),
        np.array([r.test for r in runs]).T.copy(),
        table(run.ratio),
        table(held),
        None if counts is None else run.words / (counts @ g.LENGTHS),
        mass if kept else None,
        g.entropy(),
        g.memory_floor(kept, p.seed) if kept else None,
    )


READOUTS = (
    Readout("train", T("訓練損失", "Training loss"), "train", 3),
    Readout("test", T("言葉全体での損失", "Loss over the language"), "test", 3),
    Readout("epochs", T("エポック", "Epochs"), "epochs", 1),
    Readout("mass", T("読んだ文に置く確率", "Probability on sentences read"), "mass", 0, PERCENT),
    Readout("bottom", T("丸暗記の床", "Floor of memory"), "bottom", 3, still=True),
)


def draw(r: Read, p: Params) -> Stage:
    return Stage(
        (curves(r), heaps(r, int(p.kept)), cells(r)),
        ("curves cells", "heaps cells"),
        playhead=Playhead(r.words, T("語", "words"), 8.0),
        height=440,
        columns="minmax(0, 1fr) minmax(0, 1fr)",
    )


def code(p: Params) -> str:
    return f"""\
import numpy as np
from core.llm import language as g

kept, seed = {p.kept}, {p.seed}
run = g.run(kept, seed)  # made ahead, in some twenty seconds: assets/language/epochs.py
print("train =", run.train[-1])
print("test =", run.test[-1])
if kept:
    heap = g.draw(kept, seed=seed)
    print("epochs =", run.words[-1] / g.LENGTHS[heap].sum())
    which, times = np.unique(heap, return_counts=True)
    print("mass =", 100 * g.PROBABILITIES[which] @ 2 ** run.ratio[-1, which])
    print("bottom =", -(times @ np.log(times / kept)) / g.LENGTHS[heap].sum())
"""


SEEDS = range(5)
CHECKS = {
    "below": Check(
        tuple({"kept": "64", "seed": seed} for seed in SEEDS),
        lambda *runs: all(r.bottom < r.train[-1] < r.bottom + 0.05 < r.entropy - 0.2 for r in runs),
        control=tuple({"kept": "1024", "seed": seed} for seed in SEEDS),
        measure=lambda *runs: {"low": min(r.train[-1] for r in runs), "high": max(r.train[-1] for r in runs)},
    ),
    "worse": Check(
        tuple({"kept": "8", "seed": seed} for seed in SEEDS),
        lambda *runs: all(r.test[-1] > np.log(len(g.WORDS)) > r.test.min() for r in runs),
        control=tuple({"kept": "256", "seed": seed} for seed in SEEDS),
        measure=lambda *runs: {"low": min(r.test[-1] for r in runs), "high": max(r.test[-1] for r in runs)},
    ),
    "epochs": Check(
        tuple({"kept": "128", "seed": seed} for seed in SEEDS),
        lambda *runs: all(3 < r.best_epochs < 12 and r.test[-1] > r.test.min() + 0.1 for r in runs),
        control=tuple({"kept": "1024", "seed": seed} for seed in SEEDS),  # so many do not tempt to memorise
        measure=lambda *runs: {
            "low": min(r.best_epochs for r in runs),
            "high": max(r.best_epochs for r in runs),
            "one": float(np.mean([np.interp(1, r.epochs, r.test) for r in runs])),
            "least": float(np.mean([r.test.min() for r in runs])),
            "end": float(np.mean([r.test[-1] for r in runs])),
        },
    ),
}
