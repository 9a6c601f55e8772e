"""Scaffold a lesson: `make new TOPIC=chapter/name`.

What it writes is a lesson already: a line y = a x with one slider, its picture, a readout, an experiment and a snippet.
It passes the tests that every lesson has to pass. Replace it piece by piece, and it never stops passing; TODO marks
what is left to say.
"""

import keyword
import re
import sys
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
TAKEN = ("map", "app", "static", "media", "component", "healthz")  # addresses of the home page and of the server

CORE = r'''"""TODO What is computed here, in a sentence, and where it comes from.

References
----------
TODO Author, "Title" (year).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Line:
    """TODO A line through the origin.

    Parameters
    ----------
    x, y
        (n,) its points, in the order given.
    """

    x: Floats
    y: Floats


def line(x: ArrayLike, *, slope: float) -> Line:
    """TODO Follow a line through the origin.

    Parameters
    ----------
    x
        (n,) finite numbers.
    slope
        a, how much y grows as x grows by 1.

    Raises
    ------
    ValueError
        x is not a row of finite numbers.
    """
    x = np.asarray(x, dtype=float)
    if x.ndim != 1 or not np.isfinite(x).all():
        raise ValueError("x must be a row of finite numbers.")
    # y = a x
    return Line(x, slope * x)
'''

FIGURES = r'''"""Pictures of TODO: the line."""

import numpy as np
from numpy.typing import NDArray

from core.text import T
from figures.spec import BLUE, Figure, axes, line

Array = NDArray[np.float64]


def plane(x: Array, y: Array, *, alt: T) -> Figure:
    """Draw the line.

    Parameters
    ----------
    x, y
        (n,) its points.
    alt
        What the picture shows now, with its numbers.
    """
    return Figure(
        name="plane",
        title=T("平面", "Plane"),
        alt=alt,
        layout=axes("x", "y", (-1.0, 1.0), (-3.0, 3.0), view="plane"),
        under=[line(x, y, BLUE, width=2.5)],  # what moves with the hand belongs here
    )
'''

PAGE = r'''"""Lesson: TODO what it lets people see, in a few words."""

from dataclasses import dataclass

import numpy as np

from core.@chapter@ import @name@ as core
from figures.@chapter@ import @name@ as figures
from core.text import T
from figures.spec import Stage
from ui.params import slider
from ui.scene import Experiment, Readout, Scene


@dataclass(frozen=True)
class Params:
    """TODO The controls of the line."""

    slope: float = slider(T("傾き a", "Slope a"), -3.0, 3.0, default=1.0, step=0.1)


def compute(p: Params) -> core.Line:
    return core.line(np.linspace(-1.0, 1.0, 51), slope=p.slope)


# ---- pictures


def draw(r: core.Line, p: Params) -> Stage:
    height = r.y[-1]
    alt = T(
        f"原点を通る直線。x = 1 での高さは {height:.1f} です。",
        f"A line through the origin, {height:.1f} high at x = 1.",
    )
    return Stage(figures=(figures.plane(r.x, r.y, alt=alt),), grid=("plane",), height=470)


# ---- numbers


def readouts(r: core.Line, p: Params) -> tuple[Readout, ...]:
    return (Readout("height", T("x = 1 での高さ", "Height at x = 1"), float(r.y[-1]), 1),)


SCENES = (
    Scene(
        id="line",
        title=T("直線", "The line"),
        lead=T(
            "TODO 動かす前に、どこを見ればよいかを書きます。傾きを動かし、直線の右の端を見てください。",
            "TODO Say what to look for before the hand moves. Move the slope and watch the line's right end.",
        ),
        controls=("slope",),
        compute=compute,
        draw=draw,
        readouts=readouts,
    ),
)


# ---- experiments

EXPERIMENTS = (
    Experiment(
        id="double",
        scene="line",
        question=T(
            "TODO 傾きを 2 倍にすると、x = 1 での高さは何倍になるでしょうか。",
            "TODO The slope doubles. What happens to the height at x = 1?",
        ),
        choices=(T("2 倍", "It doubles"), T("4 倍", "It is four times as high"), T("変わらない", "Nothing")),
        answer=0,
        sets=({"slope": 1.0}, {"slope": 2.0}),
        check=lambda one, two: np.allclose(two.y, 2 * one.y),
        claim=T("高さはどこでも 2 倍になります。", "The line is twice as high everywhere."),
        evidence=lambda one, two: T(
            f"x = 1 での高さ: {one.y[-1]:.1f} と {two.y[-1]:.1f}。",
            f"Height at x = 1: {one.y[-1]:.1f} and {two.y[-1]:.1f}.",
        ),
    ),
)


# ---- code


def snippet(p: Params, scene: str = "line") -> str:
    return f"""\
import numpy as np

from core.@chapter@.@name@ import line

result = line(np.linspace(-1.0, 1.0, 51), slope={p.slope!r})
print("height =", result.y[-1])
"""
'''

WORDS = r'''order = @order@
icon = ":material/edit:"  # TODO the name of a Material symbol
covers = [@covers@]  # TODO the topics of assets/curriculum.toml that this lesson lights on the map
requires = ["numpy"]

[[references]]
text = "TODO Author (year), Title. Journal volume, pages"

[formulas]
line = 'y = a\,x'

[ja]
title = "@ja@"
summary = "TODO この題を一文で紹介します。"
idea = """
TODO 考え方を三つの文で書きます。傾き (slope) は、x が 1 増えるときの y の増え方です。
直線は、傾きに合わせて原点のまわりを回ります。
一文に書くことは一つだけです。

**見るところ**

- 傾きを動かすと、右の端が上下します。
"""
maths = """
TODO 式は上の [formulas] に一度だけ書き、両方の言語から呼びます。

{line}
"""
notes = """
**TODO ノートと実測。** ノートの説明と、ここで確かめたことを書きます。
"""

[en]
title = "@en@"
summary = "TODO One sentence that says what this is about."
idea = """
TODO The idea in three sentences. The slope (傾き) says how much y grows as x grows by 1.
With it the line turns about the origin.
Write one thought a sentence.

**What to look for**

- Move the slope and the line's right end goes up and down.
"""
maths = """
TODO A formula is written once, in [formulas] above, and both languages call for it.

{line}
"""
notes = """
**TODO Notes and measurements.** What the notes say, and what was checked here.
"""
'''

TEST = r"""import numpy as np
import pytest

from core.@chapter@.@name@ import line


def test_against_an_independent_oracle():  # TODO scikit-learn, scipy, autograd, a closed form
    x = np.linspace(-2.0, 3.0, 7)
    np.testing.assert_allclose(line(x, slope=0.7).y, np.polyval([0.7, 0.0], x))


def test_scaling():
    x = np.linspace(-2.0, 3.0, 7)
    np.testing.assert_allclose(line(x, slope=3.0).y, 3.0 * line(x, slope=1.0).y)


@pytest.mark.parametrize("x", [[[1.0]], [np.nan], [np.inf], 1.0])
def test_bad_arguments(x):
    with pytest.raises(ValueError, match="finite"):
        line(x, slope=1.0)
"""


def files(chapter: str, name: str) -> dict[str, str]:
    """Give path and template of each file of a lesson, in the order in which one fills them."""
    return {
        f"core/{chapter}/{name}.py": CORE,
        f"tests/core/{chapter}/test_{name}.py": TEST,
        f"figures/{chapter}/{name}.py": FIGURES,
        f"pages/{chapter}/{name}.py": PAGE,
        f"pages/{chapter}/{name}.toml": WORDS,
    }


def check(topic: str, root: Path = ROOT) -> tuple[str, str]:
    """Split "chapter/name"; ValueError, with a sentence, unless a lesson may be written there."""
    chapter, _, name = topic.partition("/")
    chapters = [item["id"] for item in _curriculum(root)]
    if chapter not in chapters or not name:
        raise ValueError(f"Say make new TOPIC=chapter/name, with one of the chapters {', '.join(chapters)}.")
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or keyword.iskeyword(name):
        raise ValueError(
            f"{name!r} must be a Python name in small letters: it names the modules and the page's address."
        )
    if name in TAKEN:
        raise ValueError(f"/{name} is the address of something else.")
    if same := sorted((root / "pages").glob(f"*/{name}.*")):
        raise ValueError(f"There is a lesson of that address: {same[0].relative_to(root)}.")
    if there := [path for path in files(chapter, name) if (root / path).exists()]:
        raise ValueError(f"Nothing is overwritten, and there is {', '.join(there)}.")
    return chapter, name


def scaffold(topic: str, root: Path = ROOT) -> list[Path]:
    """Write the files of a new lesson.

    Parameters
    ----------
    topic
        "chapter/name": a chapter's id in `assets/curriculum.toml`, and the lesson's address.
    root
        Where `core/`, `pages/` and the others are.

    Returns
    -------
    paths
        What was written.

    Raises
    ------
    ValueError
        The chapter is unknown, the name is no address, or a file is there already. Nothing was written.
    """
    chapter, name = check(topic, root)
    topics = {t["id"]: t for c in _curriculum(root) for section in c["section"] for t in section["topics"]}
    known = topics.get(name)
    fill = {
        "chapter": chapter,
        "name": name,
        "order": str(_last_order(chapter, root) + 10),
        "covers": f'"{name}"' if known else "",
        "ja": known["ja"] if known else f"TODO {name}",
        "en": known["en"] if known else f"TODO {name}",
    }
    written = []
    for path, template in files(chapter, name).items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(re.sub(r"@(\w+)@", lambda mark: fill[mark[1]], template), encoding="utf-8")
        written.append(target)
    return written


def _curriculum(root: Path) -> list[dict[str, Any]]:
    chapters: list[dict[str, Any]] = tomllib.loads((root / "assets" / "curriculum.toml").read_text(encoding="utf-8"))[
        "chapter"
    ]
    return chapters


def _last_order(chapter: str, root: Path) -> int:
    lessons = (root / "pages" / chapter).glob("*.toml")
    return max((tomllib.loads(path.read_text(encoding="utf-8"))["order"] for path in lessons), default=0)


def main(topic: str) -> None:
    """Write a lesson and say what to do with it."""
    try:
        written = scaffold(topic)
    except ValueError as fault:
        sys.exit(str(fault))
    for path in written:
        print(path.relative_to(ROOT))
    print(f'It runs and passes: make run, make test ARGS="-k {written[0].stem}". TODO marks what is yours to say.')


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) == 2 else "")
