"""The loss has a floor: even who knows all of a language's probabilities pays for each word."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.llm import language as g
from core.text import T
from figures.spec import Stage
from pages.llm.language.ladder import SIZES, board, costs, ladder
from pages.llm.language.spoken import FEW, Spoken, read
from pages.llm.language.spoken import compute as compute
from ui.params import choice, slider, text
from ui.scene import Check, Readout

CONTROLS = ("sees", "knows", "n", "said")
BEGUN = "昨日 猫が そっと"


@dataclass(frozen=True)
class Params:
    sees: int = slider(T("何語前まで見るか", "Words it looks back"), 0, 4, default=4)
    knows: str = choice(
        T("モデル", "Model"), {"all": T("全確率を知る", "knows all"), "read": T("文から数える", "counts")}, buttons=True
    )
    n: int = slider(
        T("読んだ文の数", "Sentences read"),
        *(SIZES[0], SIZES[-1]),
        default=250,
        log=True,
        when=lambda p: p.knows == "read",
    )
    said: str = text(T("自分で書く文", "A sentence of your own"))
    alpha: float = slider(
        T("数に足す α", "Added to counts, α"), 0.001, 10.0, default=0.01, log=True, when=lambda p: p.knows == "read"
    )
    seed: int = slider(T("乱数の種", "Seed"), 0, 99, default=0, when=lambda p: p.knows == "read")

    @property
    def sentence(self) -> str:
        """What is typed, or else the sentence that is begun already."""
        return self.said.strip() or BEGUN

    @property
    def weights(self) -> NDArray[np.float64]:
        """How often the model read each sentence; one that knows all has their probabilities."""
        return g.PROBABILITIES if self.knows == "all" else read(self.n, self.seed)

    @property
    def smooth(self) -> float:
        return 0.0 if self.knows == "all" else self.alpha


READOUTS = (
    Readout("loss", T("モデルの損失", "The model's loss"), "loss", 3),
    Readout("floor", T("見る範囲の床", "Floor of what it sees"), "floor", 3),
    Readout("entropy", T("言葉の床", "Floor of the language"), "entropy", 3),
    Readout("perplexity", T("パープレキシティ", "Perplexity"), "perplexity", 2),
    Readout("mine", T("この文の平均損失", "Mean loss of this sentence"), "mine", 3),
)


def draw(r: Spoken, p: Params) -> Stage:
    at = p.n if p.knows == "read" else None
    figures = (
        board(r.words, r.next),
        costs(r.words, r.cost, r.entropy),
        ladder(r.curves, r.floors, p.sees, at, r.loss),
    )
    note = None if r.known else "unknown"
    return Stage(
        figures, ("board costs", "board ladder"), height=440, columns="minmax(0, 3fr) minmax(0, 2fr)", note=note
    )


def code(p: Params) -> str:
    read = (
        "weights, alpha = g.PROBABILITIES, 0.0"
        if p.knows == "all"
        else f"weights, alpha = np.bincount(g.draw({p.n}, seed={p.seed}), minlength=len(g.SENTENCES)), {p.alpha!r}"
    )
    return f"""\
import numpy as np
from core.llm import language as g

sees = {p.sees}
{read}
q = g.counted(sees, weights, alpha=alpha)
loss = g.loss(sees, q)
print("loss =", loss)
print("floor =", g.floor(sees))
P = g.PROBABILITIES
print("entropy =", -P @ np.log(P) / (P @ [len(sentence) for sentence in g.SENTENCES]))
print("perplexity =", np.exp(loss))

words = g.read({p.sentence!r})[0][-{FEW}:]
told = [g.next_word(sees, q, words[:i])[word] for i, word in enumerate(words)]
with np.errstate(divide="ignore"):
    print("mine =", -np.log(told).mean() if told else "no word")
"""


FIVE = range(5)
CHECKS = {
    "perfect": Check(({},), lambda r: abs(r.loss - r.entropy) < 1e-9 and r.loss > 1, control=({"sees": 3},)),
    "few": Check(
        tuple({"sees": k, "knows": "read", "n": 64, "seed": seed} for k in (1, 2, 3, 4) for seed in FIVE),
        lambda *runs: all((m := np.reshape([r.loss for r in runs], (4, 5)))[0] < m[1:].min(axis=0) - 0.1),
        control=tuple({"sees": k, "knows": "read", "n": 16000, "seed": seed} for k in (1, 2, 3, 4) for seed in FIVE),
        measure=lambda *runs: dict(zip("abcd", np.reshape([r.loss for r in runs], (4, 5)).mean(axis=1), strict=True)),
    ),
    "window": Check(
        tuple({"sees": k, "knows": "read", "n": n, "seed": seed} for k, n in ((1, 16000), (2, 1000)) for seed in FIVE),
        lambda *runs: max(r.loss for r in runs[5:]) < min(r.loss for r in runs[:5]) - 0.05,
        control=tuple(
            {"sees": k, "knows": "read", "n": n, "seed": seed} for k, n in ((1, 1000), (2, 64)) for seed in FIVE
        ),
        measure=lambda *runs: {
            "more": float(np.mean([r.loss for r in runs[:5]])),
            "wider": float(np.mean([r.loss for r in runs[5:]])),
        },
    ),
}
