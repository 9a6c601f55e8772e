"""Pages as a crawler brings them home, of which it is known what they are, good or junk; and rules to filter by."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core import door
from core.llm.tokens.sentences import sentences
from core.result import result

OURS = re.compile("[\u3000-\u30ff\u4e00-\u9fff]")
GRAM = 10  # characters of a piece that may repeat
MENU = (
    *(
        "ホーム",
        "会社概要",
        "お問い合わせ",
        "ログイン",
        "新着情報",
        "採用情報",
        "アクセス",
        "サイトマップ",
        "よくある質問",
    ),
    *("利用規約", "カート", "マイページ", "ランキング", "特集", "検索", "次へ", "前へ", "続きを読む"),
)
OFFERS = ("激安の腕時計", "人気の財布", "送料無料の家電", "格安の航空券", "在庫一掃の靴", "最安値の化粧品")
PRAISE = ("を今すぐ購入。", "なら当店へ。", "の口コミと評判。", "のおすすめ比較。", "が毎日お買い得。")
CODE = (
    *("import numpy as np", "x = np.linspace(0, 1, 100)", "for step in range(1000):", "    w -= rate * gradient(w)"),
    *("print(loss(w))", "model.fit(x, y)", "assert abs(total - 1) < 1e-9", "return np.argmax(scores, axis=1)"),
)


@dataclass(frozen=True)
class Page:
    """A page: which kind it is of, and its text."""

    kind: str
    text: str


@result
class Measured:
    """What the rules look at, one value a page."""

    length: NDArray[np.int64]  # characters
    japanese: NDArray[np.float64]  # % of them that are Japanese
    repeated: NDArray[np.float64]  # % of the pieces of 10 characters that stood on the page before
    good: NDArray[np.bool_]  # whether one wants it


def _sentences(rng: np.random.Generator, low: int, high: int, language: int = 0) -> list[str]:
    known = sentences()
    return [known[int(i)][language] for i in rng.choice(len(known), int(rng.integers(low, high + 1)), replace=False)]


def _words(rng: np.random.Generator, words: tuple[str, ...], low: int, high: int) -> list[str]:
    return [words[int(i)] for i in rng.integers(len(words), size=int(rng.integers(low, high + 1)))]


def _both(rng: np.random.Generator) -> str:
    chosen = rng.choice(len(sentences()), int(rng.integers(5, 13)), replace=False)
    return "\n".join(side for i in chosen for side in sentences()[int(i)])


def _lesson(rng: np.random.Generator) -> str:
    prose = _sentences(rng, 6, 14)
    return "\n".join(line for text in prose for line in (text, *_words(rng, CODE, 0, 2)))


def _spam(rng: np.random.Generator) -> str:
    few = [offer + praise for offer in _words(rng, OFFERS, 2, 3) for praise in _words(rng, PRAISE, 2, 3)]
    return "".join(_words(rng, tuple(few), 20, 110))


def _broken(rng: np.random.Generator) -> str:
    return "".join(_sentences(rng, 4, 12)).encode().decode("latin-1")


KINDS: dict[str, tuple[bool, int, Callable[[np.random.Generator], str]]] = {  # whether it is good, how many of 100
    "article": (True, 30, lambda rng: "".join(_sentences(rng, 11, 40))),
    "short": (True, 16, lambda rng: "".join(_sentences(rng, 2, 8))),
    "code": (True, 6, _lesson),
    "both": (True, 6, _both),
    "menu": (False, 16, lambda rng: " | ".join(_words(rng, MENU, 8, 70))),
    "spam": (False, 12, _spam),
    "english": (False, 8, lambda rng: " ".join(_sentences(rng, 3, 20, 1))),
    "broken": (False, 6, _broken),
}


def pages(count: int = 200, *, seed: int = 0) -> tuple[Page, ...]:
    """Draw pages of all kinds, in the shares that `KINDS` gives."""
    rng = np.random.default_rng(seed)
    shares = np.array([many for _, many, _ in KINDS.values()], float)
    drawn = rng.choice(len(KINDS), door.whole("count", count), p=shares / shares.sum())
    kinds = [list(KINDS)[int(k)] for k in drawn]
    return tuple(Page(kind, KINDS[kind][2](rng)) for kind in kinds)


def measure(crawl: tuple[Page, ...]) -> Measured:
    """Measure all that the rules look at."""
    texts = [page.text for page in crawl]
    return Measured(
        np.array([len(text) for text in texts]),
        np.array([100 * japanese(text) for text in texts]),
        np.array([100 * repeated(text) for text in texts]),
        np.array([KINDS[page.kind][0] for page in crawl]),
    )


def japanese(text: str) -> float:
    """Give the share of characters that are kana, kanji, or Japanese punctuation; of nothing 0."""
    return len(OURS.findall(text)) / max(1, len(text))


def repeated(text: str) -> float:
    """Give the share of the pieces of 10 characters that the text has held before; of a shorter text 0."""
    pieces = [text[i : i + GRAM] for i in range(len(text) - GRAM + 1)]
    return 1 - len(set(pieces)) / len(pieces) if pieces else 0.0


def kept(m: Measured, *, least: float, share: float, repeat: float) -> NDArray[np.bool_]:
    """Say which pages pass: `least` characters or more, `share` % Japanese or more, at most `repeat` % repeated."""
    passes: NDArray[np.bool_] = (m.length >= least) & (m.japanese >= share) & (m.repeated <= repeat)
    return passes
