"""The Japanese tax: what the same sentences cost in two languages, by what the tokenizer was trained on."""

from dataclasses import dataclass, replace

import numpy as np

from core.text import T
from figures.marks import band, line, ring, text, vline
from figures.plot import plot, sheet
from figures.spec import BLUE, GREEN, MUTED, ORANGE, OTHER, PURPLE, SKY, Figure, Stage
from pages.llm.tokens.priced import ADDED, MOST, Priced, begun, tokenizer
from pages.llm.tokens.priced import compute as compute
from pages.llm.tokens.shared import NAMES, boxes, letters, lines
from ui.params import choice, slider
from ui.params import text as typed
from ui.scene import Check, Readout

CONTROLS = ("share", "merges", "added", "own")
COLUMNS, LINES = 40, 3.0  # letters a line, lines a language
EVERY = 10  # steps of training from point to point
STARTS = {
    "zero": (T("ゼロ", "zero"), SKY),
    "random": (T("ランダム", "random"), ORANGE),
    "mean": (T("部品の平均", "mean of its parts"), BLUE),
    "old": (T("増やさない", "no new tokens"), OTHER),
}
SHARES = {
    "0": T("英語だけ", "English only"),
    "10": T("日本語 10%", "10% Japanese"),
    "50": T("半々", "Half and half"),
    "100": T("日本語だけ", "Japanese only"),
}


@dataclass(frozen=True)
class Params:
    share: str = choice(T("訓練した文章", "Trained on"), SHARES, buttons=True)
    merges: int = slider(T("マージの数", "Merges"), 0, MOST, default=400, step=20)
    added: int = slider(T("足す日本語のトークン", "Japanese tokens added"), 0, ADDED, default=0, step=20)
    own: str = typed(T("自分の文", "Your own sentence"), 60)
    row: int = slider(T("文の番号", "Sentence"), 0, 9, default=3, when=lambda p: not p.own)
    watch: str = choice(T("損失を測る言語", "Loss measured in"), NAMES)


def warm() -> None:
    for share in SHARES:
        tokenizer(int(share))


READOUTS = (
    Readout("here", T("この文のトークン", "Tokens of this sentence"), "here"),
    Readout("per_ja", T("日本語 1 文字", "A Japanese character"), "per_ja", 2),
    Readout("per_en", T("英語 1 文字", "An English character"), "per_en", 2),
    Readout("tax", T("同じ内容で 日本語 ÷ 英語", "Japanese ÷ English, same content"), "tax", 2),
)


def draw(r: Priced, p: Params) -> Stage:
    return Stage((said(r), price(r), start(r, p)), ("said said", "price start"), height=440)


def said(r: Priced) -> Figure:
    """Draw the sentence in both languages, a box a token."""
    drawn, top = [], 0.0
    for i, (words, spans) in enumerate(zip(r.texts, r.spans, strict=True)):
        name = [NAMES["ja"], NAMES["en"]][i] if len(r.texts) > 1 else T("自分の文", "yours")
        count = len(spans)
        label = T(f"{name.ja}: {count} トークン", f"{name.en}: {count} tokens")
        drawn += [text(-0.5, top, label, MUTED), *boxes(words, spans, COLUMNS, top=top - 1, half=0.4)]
        drawn += [letters(words, COLUMNS, top=top - 1)]
        top -= 1.2 + max(LINES, lines(words, COLUMNS))
    return sheet("said", drawn, xlim=(-0.5, COLUMNS + 0.5), ylim=(min(top, -2 * (1.2 + LINES)) + 0.6, 0.6))


def price(r: Priced) -> Figure:
    """Draw the tokens of the held-out text by merges, in both languages."""
    n = np.arange(len(r.ja))
    top = 1.25 * r.ja[0] / 1000  # with room for a name over the highest line
    over, under = ("top right", "bottom left")[:: 1 if r.tax > 1 else -1]
    return plot(
        "price",
        vline(r.base, (0, top), MUTED, dash="dash", width=1.2) if r.base < n[-1] else None,
        line(n, r.ja / 1000, GREEN, width=2.5, label=NAMES["ja"], at=0.2, where=over),
        line(n, r.en / 1000, PURPLE, width=2.5, label=NAMES["en"], at=0.2, where=under),
        ring([n[-1]] * 2, [r.ja[-1] / 1000, r.en[-1] / 1000]),
        x=T("マージの数", "Merges"),
        y=T("トークン（千）", "Tokens (1000)"),
        xlim=(0, max(MOST, n[-1]) * 1.02),
        ylim=(0, top),
        small=True,
    )


def start(r: Priced, p: Params) -> Figure:
    """Draw the loss of small models after their vocabulary grew: mean and range of five."""
    steps, drawn = EVERY * np.arange(r.bits.shape[-1]), []
    low, high = r.bits.min(), r.bits.max()
    at, side = (steps[-1], "middle left") if p.watch == "ja" else (0, "middle right")  # where no line is
    for i, (name, color) in enumerate(STARTS.values()):
        runs = r.bits[:, i]
        dash = {"dash": "dash"} if color == OTHER else {}
        drawn += [
            band(steps, runs.min(axis=0), runs.max(axis=0), color),
            line(steps, runs.mean(axis=0), color, width=2.2, **dash),
            text(at, high - (high - low) * (0.03 + 0.145 * i), name, color, side),
        ]
    room = 0.06 * (high - low)
    return plot(
        "start",
        drawn,
        x=T("日本語だけで訓練したステップ", "Steps of training on Japanese"),
        y=T(f"{NAMES[p.watch].ja}の損失（ビット）", f"Loss in {NAMES[p.watch].en} (bits)"),
        xlim=(0, steps[-1]),
        ylim=(low - room, high + room),
        small=True,
        titled=True,
    )


def code(p: Params) -> str:
    sentence = repr(p.own) if p.own else f"t.sentences(held_out=True)[{p.row}][0]"
    japanese = f"t.train(t.corpus(100), {MOST + ADDED})"
    more = f"tokenizer = tokenizer.extended({japanese}, {p.added})\n" if p.added else ""
    return f"""\
from core.llm import tokens as t

tokenizer = t.train(t.corpus({p.share}), {p.merges})  # {p.share}% of the sentences are Japanese
{more}ja, en = t.measured()  # the same sentences in both languages
print("here =", len(tokenizer.encode({sentence})))
ours, theirs = len(tokenizer.encode(ja)), len(tokenizer.encode(en))
print("per_ja =", ours / len(ja))
print("per_en =", theirs / len(en))
print("tax =", ours / theirs)
"""


CHECKS = {
    "tax": Check(
        ({"share": "100"}, {"share": "50"}, {"share": "0"}),
        lambda ja, both, en: en.tax > 3 and 1 < both.tax < 1.25 and ja.tax < 0.6,
        control=({"share": "50"},) * 3,
    ),
    "grow": Check(
        ({}, {"added": 200}),
        lambda old, new: new.ja[-1] < 0.45 * old.ja[-1] and new.en[-1] == old.en[-1],
        control=({}, {"share": "50"}),
    ),
    "start": Check(
        ({"share": "10", "added": 200},),
        lambda r: (
            (np.diff(r.bits[:, [2, 3, 0, 1], 0], axis=1) > 0).all()
            and np.ptp(begun(r)["last"][:3]) < 0.3
            and (r.bits[:, :3, -1] < r.bits[:, 3:, -1]).all()
        ),
        control=lambda r: (replace(r, bits=r.bits[:, ::-1]),),
        measure=begun,
    ),
    "forget": Check(
        ({"share": "10", "added": 200, "watch": "en"},),
        lambda r: (r.bits[:, :, -1] > r.bits[:, :, 0] + 0.5).all(),
        control=({"share": "10", "added": 200, "watch": "ja"},),
        measure=begun,
    ),
}
