"""What the scenes share: their fields, the network that these ask for, and how sizes are drawn.

In all pictures the gradient is blue, the outputs are green, theory is dashed ink, and what is compared is grey-violet.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.neural import gradients as core
from core.neural.gradients import Config
from core.text import T
from figures.marks import hline, line, marks
from figures.plot import plot, powers
from figures.spec import MUTED, Figure, Trace
from ui.params import choice, slider, toggle

Array = NDArray[np.float64]

BATCH = 32  # examples sent through a network
WIDTH = 128  # of its layers, where a scene has no field for that
SIZE = T("大きさ（対数）", "Size (log)")

# ---- fields


@dataclass(frozen=True)
class Network:
    depth: int = slider(T("層の数", "Depth"), 2, 100, default=20)
    activation: str = choice(
        T("活性化関数 φ", "Activation φ"),
        {
            "sigmoid": T("シグモイド", "Sigmoid"),
            "tanh": T("tanh", "tanh"),
            "relu": T("ReLU", "ReLU"),
            "leaky_relu": T("Leaky ReLU", "Leaky ReLU"),
            "gelu": T("GELU", "GELU"),
            "selu": T("SELU", "SELU"),
            "linear": T("なし（線形）", "None (linear)"),
        },
    )
    init: str = choice(
        T("初期化", "Initialisation"),
        {
            "xavier": T("Xavier", "Xavier"),
            "he": T("He", "He"),
            "lecun": T("LeCun", "LeCun"),
            "normal": T("ガウス N(0, 1/n)", "Gaussian N(0, 1/n)"),
            "orthogonal": T("直交", "Orthogonal"),
            "zero": T("すべて 0", "All zero"),
        },
        help=T(
            "入口と出口の幅が等しい層では、Xavier と LeCun とガウスの分散は同じです。He はその 2 倍です。",
            "Where a layer is as wide as its input, Xavier, LeCun and Gaussian have one variance. He has twice that.",
        ),
    )
    gain: float = slider(
        T("重みの倍率", "Gain"), 0.1, 16.0, default=1.0, log=True, unit=T("倍", "×"), when=lambda p: p.init != "zero"
    )


@dataclass(frozen=True)
class Biased(Network):
    bias: float = slider(T("バイアスの広がり σ_b", "Spread of biases σ_b"), 0.0, 2.0, default=0.0, step=0.02)


@dataclass(frozen=True)
class Mended(Biased):
    residual: bool = toggle(T("残差接続", "Residual connections"))
    norm: str = choice(
        T("正規化", "Normalisation"),
        {"none": T("なし", "None"), "layer": T("LayerNorm", "LayerNorm"), "batch": T("BatchNorm", "BatchNorm")},
    )


@dataclass(frozen=True)
class Width:
    width: int = slider(T("層の幅", "Width"), 8, 512, default=WIDTH, log=True)


@dataclass(frozen=True)
class Limit:
    limit: float = slider(
        T("ノルムの上限", "Limit of the norm"), 0.01, 1000.0, default=1.0, log=True, when=lambda p: p.clips
    )

    @property
    def clips(self) -> bool:
        """Whether anything is held to the limit."""
        return True


@dataclass(frozen=True)
class Seed:
    seed: int = slider(T("乱数の種", "Seed"), 0, 99, default=0)


# ---- the network


def network(p: Network, **changes: Any) -> Config:
    """Give the network that a scene's fields ask for; what it has no field for stays plain."""
    asked = {field.name: getattr(p, field.name) for field in fields(Config) if hasattr(p, field.name)}
    return Config(**{"width": WIDTH, **asked, **changes})


@lru_cache(maxsize=256)
def gradient(config: Config, seed: int) -> Array:
    """Give the size of the gradient in each layer (L + 1,); many settings of a scene share a network."""
    sizes = core.gradient_sizes(config, batch=BATCH, seed=seed)
    sizes.flags.writeable = False
    return sizes


def exponent(value: float) -> float:
    """Give log₁₀; −∞ of zero."""
    with np.errstate(divide="ignore"):
        return float(np.log10(value))


IMPORTS = """\
import numpy as np

from core.neural import gradients as core

np.seterr(divide="ignore", invalid="ignore")
"""


def config_code(c: Config) -> str:
    """Write a network as code."""
    return f"""\
config = core.Config(
    depth={c.depth}, width={c.width}, activation={c.activation!r}, init={c.init!r}, gain={c.gain!r}, bias={c.bias!r},
    residual={c.residual!r}, norm={c.norm!r},
)
"""


def setup(c: Config) -> str:
    """Write the imports and a network as code."""
    return f"{IMPORTS}\n{config_code(c)}"


# ---- sizes: drawn as their log₁₀, since float32 ends at 10⁻⁴⁵ and a deep network does not


def log10(values: ArrayLike) -> Array:
    """Give log₁₀; not-a-number, which leaves a gap, where a value is zero or not finite."""
    values = np.asarray(values, dtype=np.float64)
    drawn = np.isfinite(values) & (values > 0)
    return np.where(drawn, np.log10(np.where(drawn, values, 1.0)), np.nan)


LOWER, UPPER = (-15.0, -30.0, -60.0, -120.0, -240.0, -480.0), (3.0, 8.0, 15.0, 30.0, 60.0, 120.0, 240.0, 480.0)


def decades(*logs: ArrayLike, low: float = -6.0, high: float = 2.0) -> tuple[float, float]:
    """Give ends around log₁₀ values, at least `low` to `high`; of few, so that an axis rarely changes."""
    values = np.concatenate([[low], *(np.ravel(v) for v in logs)])
    values = values[np.isfinite(values)]
    least, most = values.min(), max(high, values.max() + 0.3)
    return (
        next((end for end in (low, *LOWER) if end <= least), LOWER[-1]),
        next((end for end in (high, *UPPER) if end >= most), UPPER[-1]),
    )


def log_plot(name: str, *under: Any, ylim: Sequence[float], **axes: Any) -> Figure:
    """Make a figure of log₁₀ of sizes, upwards, that read as powers of ten."""
    margin = {"l": 64 if axes.get("small") else 66}
    return plot(name, *under, ylim=ylim, yticks=powers(ylim), **{"whole_x": True, "margin": margin, **axes})


def by_layer(name: str, depth: int, *under: Any, ylim: Sequence[float], y: T = SIZE) -> Figure:
    """Make a figure of sizes over the layers, from the input to the last."""
    level = hline(0, (0, depth), MUTED, width=1, dash="dot")
    xlim = (-0.02 * depth - 0.1, 1.02 * depth + 0.1)
    return log_plot(name, level, *under, x=T("層（0 は入力）", "Layer (0 is the input)"), y=y, xlim=xlim, ylim=ylim)


def share_by_layer(name: str, layers: NDArray[Any], *under: Any) -> Figure:
    """Make a small figure of shares in %."""
    xlim, x, y = (layers[0] - 0.5, layers[-1] + 0.5), T("層", "Layer"), T("割合 (%)", "Share (%)")
    return plot(name, *under, x=x, y=y, xlim=xlim, ylim=(-4, 122), whole_x=True, small=True)


def dotted(x: NDArray[Any], y: Array, color: str, **named: Any) -> list[Trace]:
    """Draw what was measured: dots on a line."""
    return [line(x, y, color, **named), marks(x, y, color, size=6.5 if x.size < 60 else 4.0)]
