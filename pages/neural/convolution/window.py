"""A window slides: nine products, one sum, over and over; and the dense layer that it is in disguise."""

from dataclasses import dataclass, replace

import numpy as np

from core.text import T
from figures.spec import Playhead, Stage
from pages.neural.convolution.boards import dense, image, out, products
from pages.neural.convolution.slid import Slid, compute, nine
from ui.params import choice, own_picture, slider, toggle
from ui.params import text as words
from ui.scene import Check, Readout

CONTROLS = ("image", "kernel", "stride", "padding")
ZOOM = ("image",)


@dataclass(frozen=True)
class Params:
    image: str = choice(
        T("画像", "Image"),
        {
            "digit": T("手書きの数字", "A digit"),
            "china": T("写真（寺院）", "Photo: a temple"),
            "flower": T("写真（花）", "Photo: a flower"),
            "own": T("自分の画像", "My own picture"),
        },
    )
    kernel: str = choice(
        T("カーネル", "Kernel"),
        {
            "sobel_x": T("縦の縁 (Sobel)", "upright edges (Sobel)"),
            "sobel_y": T("横の縁 (Sobel)", "level edges (Sobel)"),
            "blur": T("ぼかし", "blur"),
            "sharpen": T("くっきり", "sharpen"),
            "laplace": T("ラプラシアン", "Laplacian"),
            "identity": T("そのまま", "identity"),
            "own": T("自分の 9 個の数", "my own nine numbers"),
        },
    )
    stride: int = slider(T("ストライド", "Stride"), 1, 3, default=1)
    padding: int = slider(T("パディング", "Padding"), 0, 2, default=0)
    digit: int = slider(T("何枚目の数字か", "Which digit"), 0, 99, default=3, when=lambda p: p.image == "digit")
    numbers: str = words(
        T("9 個の数", "Nine numbers"), 60, default="1 2 3 4 5 6 7 8 9", when=lambda p: p.kernel == "own"
    )
    turned: bool = toggle(
        T("カーネルを半回転する（数学の畳み込み）", "Turn the kernel (the convolution of mathematics)")
    )
    photo: str = own_picture(
        warning=T("明るさだけを 32 × 32 に縮めて使います。", "Only its brightness is used, at 32 × 32."),
        sets={"image": "own"},
    )


READOUTS = (
    Readout("sum", T("窓の和", "The window's sum"), "sums", 3),
    Readout("size", T("出力の大きさ", "Output"), "size", still=True),
    Readout("entries", T("全結合なら重みは", "Dense weights"), "entries", still=True),
)


def draw(r: Slid, p: Params) -> Stage:
    return Stage(
        (image(r), out(r), products(r), dense(r, p.image == "digit")),
        (*["image out"] * 3, *["products dense"] * 2),
        playhead=Playhead(r.at + 1, T("窓", "window"), 8.0),
        height=560,
        note=None if r.understood else "nine",
    )


def code(p: Params) -> str:
    source = {
        "digit": f"image = measured.digits().x[{p.digit}].reshape(8, 8) / 16",
        "own": 'image = measured.photo("china", 32)  # put your picture here, from 0 to 1',
    }.get(p.image, f'image = measured.photo("{p.image}", 32)')
    own = nine(p.numbers)
    kernel = (
        f'conv.KERNELS["{p.kernel}"]'
        if p.kernel != "own"
        else f"np.array({(compute(p).kernel if own is None else own).tolist()})"
    )
    told = f"stride={p.stride}, padding={p.padding}"
    return f"""\
import numpy as np

from core.data import measured
from core.neural import convolution as conv

{source}
kernel = {kernel}{"[::-1, ::-1]" if p.turned else ""}
out = conv.correlate(image, kernel, {told})
print("sum =", out.ravel()[-1])
print("size:", out.shape)
matrix = conv.as_matrix((8, 8), kernel, {told})
print("entries =", matrix.size)
print("different:", len(np.unique(matrix[matrix != 0].round(12))))
"""


TURNED = tuple({"kernel": kernel, "turned": turned} for kernel in ("sobel_x", "blur") for turned in (False, True))


def opposite(edges: Slid, turned: Slid, blurred: Slid, again: Slid) -> bool:
    """Whether turning the kernel reverses the edges' sign and leaves the blur."""
    return bool(
        np.abs(edges.out + turned.out).max() < 1e-12 < np.abs(edges.out).max() and np.allclose(blurred.out, again.out)
    )


CHECKS = {
    "turn": Check(TURNED, opposite, control=tuple({**run, "kernel": "sharpen"} for run in TURNED)),
    "disguise": Check(
        ({"kernel": "own", "stride": 2, "padding": 1}, {"kernel": "own"}),
        lambda *runs: all(r.apart < 1e-9 and r.free == 9 for r in runs) and runs[1].entries == 36 * 64,
        control=lambda *runs: tuple(
            replace(r, matrix=r.matrix * np.arange(1, 1 + len(r.matrix))[:, None]) for r in runs
        ),
    ),
}
