"""Pictures of a window on its way: the image, what has been summed, the nine products, the dense layer in disguise."""

import numpy as np

from core.text import T
from figures.marks import heat, line, moving, shade, text
from figures.plot import plot, sheet
from figures.spec import INK, MUTED, NOW, PAPER, SIGNED, Figure, Frames, Trace
from pages.neural.convolution.slid import Slid

DIGIT = (-0.8, 11.8)  # 12 pixels across


def ink(image: np.ndarray) -> Trace:
    """Paint an image (…, h, w), 0 to 1, row 0 on top; a leading axis moves with the playhead."""
    h, w = image.shape[-2:]
    z = shade(image[..., ::-1, :], 0, 1)
    return heat(Frames(z) if z.ndim == 3 else z, (0, w - 1), (0, h - 1), ((0, PAPER), (1, INK)), smooth=False)


def around(h: int, w: int) -> Trace:
    return line(np.array([0, w, w, 0, 0]) - 0.5, np.array([0, 0, h, h, 0]) - 0.5, MUTED, width=1)


def digit(name: str, *under: Trace) -> Figure:
    """Lay out the pixels of a digit, row 0 on top."""
    return sheet(name, *under, around(12, 12), xlim=DIGIT, ylim=DIGIT, equal=True)


def board(name: str, h: int, w: int, *under: object) -> Figure:
    """Lay out cells, row 0 on top."""
    edge = around(h, w) if name != "products" else None
    return sheet(name, edge, *under, xlim=(-0.6, w - 0.4), ylim=(-0.6, h - 0.4), equal=True, room=6)


def frame(x: np.ndarray, y: np.ndarray, side: float) -> object:
    """Draw a square that moves, from its lower left corner."""
    corners = side * np.array([(0, 0), (1, 0), (1, 1), (0, 1), (0, 0)]) - 0.5
    return line(moving(x[:, None] + corners[:, 0]), moving(y[:, None] + corners[:, 1]), NOW, width=2.5)


def image(r: Slid) -> Figure:
    h, w = r.padded.shape
    return board("image", h, w, ink(r.padded), frame(r.columns * r.stride, h - 3 - r.rows * r.stride, 3))


def out(r: Slid) -> Figure:
    """Draw what has been summed so far; what is still to come has the colour of 0."""
    h, w = r.out.shape
    top = float(np.abs(r.out).max()) or 1.0
    levels = shade(r.out, -top, top)
    seen = np.arange(r.out.size) <= r.at[:, None]
    films = np.where(seen, levels.ravel(), np.uint8(128)).reshape(-1, h, w)[:, ::-1]
    return board(
        "out",
        h,
        w,
        heat(Frames(films), (0, w - 1), (0, h - 1), SIGNED, smooth=False),
        frame(r.columns, h - 1 - r.rows, 1),
    )


def products(r: Slid) -> Figure:
    """Draw what the window sees, the kernel, and their products, which are summed."""
    top = max(float(np.abs(r.kernel).max()), 1e-9)
    shown = r.patches * r.kernel
    kernel = shade(r.kernel[::-1], -top, top)
    written = [f"{v:.2g}".replace("-", "−") for v in r.kernel.ravel()]
    x, y = np.tile(np.arange(3), 3) + 4, np.repeat(np.arange(3)[::-1], 3)
    return board(
        "products",
        3,
        11,
        ink(r.patches),
        heat(kernel, (4, 6), (0, 2), SIGNED, 0.8, smooth=False),
        heat(Frames(shade(shown[:, ::-1], -top, top)), (8, 10), (0, 2), SIGNED, smooth=False),
        text(x, y, written, INK, "middle center"),
        text([3, 7], [1, 1], ["×", "="], INK, "middle center"),
        [
            line(a + 3 * np.array([0, 1, 1, 0, 0]) - 0.5, 3 * np.array([0, 0, 1, 1, 0]) - 0.5, INK, width=1)
            for a in (0, 4, 8)
        ],
    )


def dense(r: Slid, framed: bool) -> Figure:
    """Draw the weights of a dense layer from 8 × 8 pixels; the row of the window's place is framed."""
    h, w = r.matrix.shape
    top = float(np.abs(r.matrix).max()) or 1.0
    row = h - 1 - r.at if framed else np.full(len(r.at), h - 1)
    corners = np.array([(-0.5, -0.5), (w - 0.5, -0.5), (w - 0.5, 0.5), (-0.5, 0.5), (-0.5, -0.5)])
    now = line(corners[:, 0], moving(row[:, None] + corners[:, 1]), NOW, width=1.5) if framed else None
    return plot(
        "dense",
        heat(shade(r.matrix[::-1], -top, top), (0, w - 1), (0, h - 1), SIGNED, smooth=False),
        now,
        x=T("入力の画素 (8 × 8)", "Input pixel (8 × 8)"),
        y=T("出力", "Output"),
        xlim=(-0.5, w - 0.5),
        ylim=(-0.5, h - 0.5),
        yticks={},
        drag=False,
        small=True,
    )
