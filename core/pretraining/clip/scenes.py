"""A small world to look at: one or two coloured shapes on a plain background, drawn as 64 x 64 pictures.

A scene is what there is; a picture is one look at it (`render`): the seed turns the shapes a little and shades the
colours. Words such as "small", "top left" or "left of" follow from the numbers, never the other way round.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from core import door

PIXELS = 64

SHAPES = ("circle", "square", "triangle", "star", "heart", "cross")
COLOURS = ("red", "orange", "yellow", "green", "blue", "purple", "pink")
SIZES = ("small", "large")
BACKGROUNDS = ("white", "grey", "black")
COLUMNS = ("left", "centre", "right")
ROWS = ("bottom", "centre", "top")
PLACES = tuple(f"{row} {column}" for row, column in product(reversed(ROWS), COLUMNS))
RELATIONS = ("left of", "right of", "above", "below")

# Shape and colour pairs that training never shows, alone or beside another: one of each shape, six of the seven
# colours.
HELD_OUT = (
    ("circle", "green"),
    ("square", "purple"),
    ("triangle", "red"),
    ("star", "blue"),
    ("heart", "yellow"),
    ("cross", "pink"),
)

# Lower and upper end of what training shows, and where the word changes.
RADII = {"small": (0.09, 0.115), "large": (0.17, 0.21)}
SMALLEST, LARGE, LARGEST = 0.07, 0.1425, 0.24
CENTRES = {"left": 0.24, "bottom": 0.24, "centre": 0.5, "right": 0.76, "top": 0.76}
FIRST, LAST = 0.37, 0.63  # the borders between left, centre and right, and between bottom, centre and top

_RGB = {
    "red": (214, 39, 40),
    "orange": (247, 133, 22),
    "yellow": (246, 214, 45),
    "green": (44, 150, 60),
    "blue": (38, 96, 205),
    "purple": (126, 62, 171),
    "pink": (244, 148, 190),
    "white": (245, 245, 245),
    "grey": (150, 150, 150),
    "black": (25, 25, 25),
}


@dataclass(frozen=True)
class Thing:
    """One shape."""

    shape: str  # one of `SHAPES`
    colour: str  # one of `COLOURS`
    size: float  # radius as a share of the picture's width, from `SMALLEST` to `LARGEST`; "large" from `LARGE` on
    x: float  # of its middle, from 0 at the left edge to 1
    y: float  # from 0 at the bottom edge to 1

    def __post_init__(self) -> None:
        door.one_of("shape", self.shape, SHAPES)
        door.one_of("colour", self.colour, COLOURS)
        door.number("size", self.size, least=SMALLEST, most=LARGEST)
        door.number("x", self.x, least=0, most=1)
        door.number("y", self.y, least=0, most=1)

    @property
    def size_word(self) -> str:
        """Give one of `SIZES`."""
        return "large" if self.size >= LARGE else "small"

    @property
    def place(self) -> str:
        """Give one of `PLACES`."""
        return f"{_third(self.y, ROWS)} {_third(self.x, COLUMNS)}"


@dataclass(frozen=True)
class Scene:
    """One or two things on a background; a later one lies on top."""

    things: tuple[Thing, ...]
    background: str = "white"

    def __post_init__(self) -> None:
        if not 1 <= len(self.things) <= 2:
            raise ValueError(f"A scene has one or two things, not {len(self.things)}.")
        door.one_of("background", self.background, BACKGROUNDS)

    @property
    def relation(self) -> str | None:
        """Say where the first thing is seen from the second, one of `RELATIONS`; None if there is only one."""
        if len(self.things) == 1:
            return None
        first, second = self.things
        dx, dy = first.x - second.x, first.y - second.y
        if abs(dx) >= abs(dy):
            return "left of" if dx < 0 else "right of"
        return "below" if dy < 0 else "above"


def held_out(scene: Scene) -> bool:
    """Whether training never shows such a scene."""
    return any((thing.shape, thing.colour) in HELD_OUT for thing in scene.things)


def mirrored(scene: Scene) -> Scene:
    """Let the two things of a scene exchange their places; all else stays."""
    first, second = scene.things
    return replace(scene, things=(replace(first, x=second.x, y=second.y), replace(second, x=first.x, y=first.y)))


def _third(value: float, words: tuple[str, ...]) -> str:
    return words[0] if value < FIRST else words[2] if value > LAST else words[1]


# ---- drawing scenes by chance


def single(rng: Generator, *, only_held_out: bool = False, everything: bool = False) -> Scene:
    """Draw a scene with one thing; words evenly, numbers evenly within the word.

    Parameters
    ----------
    rng
        Where chance comes from.
    only_held_out, everything
        Which pairs of shape and colour: those held out, all; by default those of training.
    """
    return Scene((_thing(rng, only_held_out, everything),), _pick(rng, BACKGROUNDS))


def pair(rng: Generator, *, everything: bool = False) -> Scene:
    """Draw a scene with two things that do not touch, clearly beside or above one another, unlike in both words."""
    while True:
        first, second = _thing(rng, False, everything), _thing(rng, False, everything)
        if first.shape == second.shape or first.colour == second.colour:
            continue
        for _ in range(20):
            x1, y1, x2, y2 = rng.uniform(0.17, 0.83, size=4).tolist()
            dx, dy = abs(x1 - x2), abs(y1 - y2)
            if abs(dx - dy) > 0.15 and max(dx, dy) > first.size + second.size + 0.02:
                things = (
                    Thing(first.shape, first.colour, first.size, x1, y1),
                    Thing(second.shape, second.colour, second.size, x2, y2),
                )
                return Scene(things, _pick(rng, BACKGROUNDS))


def every_single(*, only_held_out: bool = False) -> tuple[Scene, ...]:
    """List a scene for each choice of shape, colour, size, place and background, each in the middle of its word."""
    return tuple(
        Scene((Thing(shape, colour, float(np.mean(RADII[size])), CENTRES[column], CENTRES[row]),), background)
        for shape, colour in product(SHAPES, COLOURS)
        if not only_held_out or (shape, colour) in HELD_OUT
        for size, row, column, background in product(SIZES, ROWS, COLUMNS, BACKGROUNDS)
    )


def jittered(scene: Scene, rng: Generator) -> Scene:
    """Move and resize a scene's single thing within its words."""
    (thing,) = scene.things
    row, column = thing.place.split()
    return Scene((_placed(rng, thing.shape, thing.colour, thing.size_word, row, column),), scene.background)


APART = 90  # between a thing drawn in any colour and what it must not be taken for, of 255 a channel


def any_colours(scene: Scene, rng: Generator) -> NDArray[np.float32]:
    """Draw a colour for each of a scene's things: (things, 3) from 0 to 255.

    It is seen on the background, and far from the colour that is held out for the thing's shape.
    """
    chosen: list[NDArray[np.float64]] = []
    for thing in scene.things:
        avoided = [_RGB[name] for name in (scene.background, *(c for s, c in HELD_OUT if s == thing.shape))]
        rgb = rng.uniform(0, 255, size=3)
        while np.linalg.norm(rgb - np.array(avoided), axis=1).min() < APART:
            rgb = rng.uniform(0, 255, size=3)
        chosen.append(rgb)
    return np.array(chosen, np.float32)


def _pick(rng: Generator, words: tuple[str, ...]) -> str:
    return words[int(rng.integers(len(words)))]


def _thing(rng: Generator, only_held_out: bool, everything: bool) -> Thing:
    while True:
        shape, colour = _pick(rng, SHAPES), _pick(rng, COLOURS)
        if only_held_out:
            shape, colour = HELD_OUT[int(rng.integers(len(HELD_OUT)))]
        elif (shape, colour) in HELD_OUT and not everything:
            continue
        return _placed(rng, shape, colour, _pick(rng, SIZES), _pick(rng, ROWS), _pick(rng, COLUMNS))


def _placed(rng: Generator, shape: str, colour: str, size: str, row: str, column: str) -> Thing:
    x, y = (CENTRES[word] + rng.uniform(-0.06, 0.06) for word in (column, row))
    return Thing(shape, colour, float(rng.uniform(*RADII[size])), float(x), float(y))


# ---- pictures

Image = NDArray[np.uint8]

# Half the side of the square of pixels that holds the largest thing, with a pixel of soft edge.
_HALF = int(np.ceil(LARGEST * PIXELS)) + 2


def render(scene: Scene, seed: int | None = 0) -> Image:
    """Draw a picture of a scene.

    Parameters
    ----------
    scene
        What there is.
    seed
        Of the look: each thing turned by up to 12 degrees, each colour channel shaded by up to 14 of 255, the
        background by up to 10. None for upright shapes and the colours themselves.

    Returns
    -------
    (64, 64, 3) uint8
        Row 0 is the top edge; edges are smooth (each pixel mixed by how much of it is covered).
    """
    image: Image = render_all([scene], [seed])[0]
    return image


def render_all(
    scenes: Sequence[Scene], seeds: Sequence[int | None], tints: Mapping[int, NDArray[np.float32]] | None = None
) -> Image:
    """Draw n pictures at once: (n, 64, 64, 3) uint8. Each is what `render` draws of its scene and seed.

    The things of the scenes that `tints` lists are drawn in its colours, (things, 3), in place of their own.
    """
    if len(scenes) != len(seeds):
        raise ValueError(f"There must be one seed for each of the {len(scenes)} scenes, not {len(seeds)}.")
    colours = np.zeros((len(scenes), 3, 3), np.float32)  # background, first thing, second thing
    turns = np.zeros((len(scenes), 2), np.float32)
    for i, (scene, seed) in enumerate(zip(scenes, seeds, strict=True)):
        names = [scene.background, *(thing.colour for thing in scene.things)]
        colours[i, : len(names)] = [_RGB[name] for name in names]
        if tints is not None and i in tints:
            colours[i, 1 : len(names)] = tints[i]
        if seed is not None:
            chance = np.random.default_rng(door.whole("seed", seed, least=0)).uniform(-1, 1, size=11)
            colours[i] += chance[:9].reshape(3, 3) * np.array([[10], [14], [14]])
            turns[i] = chance[9:] * np.deg2rad(12)
    canvas = np.empty((len(scenes), PIXELS + 2 * _HALF, PIXELS + 2 * _HALF, 3), np.float32)
    canvas[:] = colours[:, 0, None, None]
    for layer in range(2):
        at = [i for i, scene in enumerate(scenes) if len(scene.things) > layer]
        things = [scenes[i].things[layer] for i in at]
        if things:
            _paint(canvas, at, things, turns[at, layer], colours[at, layer + 1])
    inner = canvas[:, _HALF:-_HALF, _HALF:-_HALF]
    return np.clip(np.rint(inner), 0, 255).astype(np.uint8)


def _paint(
    canvas: NDArray[np.float32],
    at: list[int],
    things: list[Thing],
    turns: NDArray[np.float32],
    colours: NDArray[np.float32],
) -> None:
    """Paint a thing on each of the `at`-th pictures, only within the square of pixels around it."""
    x = np.array([thing.x * PIXELS for thing in things], np.float32)
    y = np.array([(1 - thing.y) * PIXELS for thing in things], np.float32)
    radius = np.array([thing.size * PIXELS for thing in things], np.float32)
    left, top = (
        np.floor(x).astype(int),
        np.floor(y).astype(int),
    )  # in the canvas, with its margin: half a square further left
    pixels = np.arange(2 * _HALF, dtype=np.float32) - _HALF + 0.5
    # Pixel centres from the thing's middle, in radii, v upwards, turned back.
    u = (pixels + (left - x)[:, None])[:, None, :] / radius[:, None, None]
    v = -(pixels + (top - y)[:, None])[:, :, None] / radius[:, None, None]
    cos, sin = np.cos(turns)[:, None, None], np.sin(turns)[:, None, None]
    u, v = cos * u + sin * v, cos * v - sin * u
    distance = np.empty_like(u)
    shapes = np.array([SHAPES.index(thing.shape) for thing in things])
    for k, shape in enumerate(SHAPES):
        mine = shapes == k
        if mine.any():
            distance[mine] = _DISTANCE[shape](u[mine], v[mine])
    cover = np.clip(0.5 - distance * radius[:, None, None], 0, 1)[..., None]
    for i, row, column, c, colour in zip(at, top, left, cover, colours, strict=True):
        square = canvas[i, row : row + 2 * _HALF, column : column + 2 * _HALF]
        square += c * (colour - square)


# Signed distances to the outline in radii, negative inside, about right near the outline, where the soft edge is.
# u to the right, v upwards.

Grid = NDArray[np.float32]


def _circle(u: Grid, v: Grid) -> Grid:
    return np.hypot(u, v) - np.float32(0.9)


def _square(u: Grid, v: Grid) -> Grid:
    return np.maximum(np.abs(u), np.abs(v)) - np.float32(0.8)


def _triangle(u: Grid, v: Grid) -> Grid:
    slanted = np.float32(np.sqrt(3) / 2) * np.abs(u) + v / 2
    return np.maximum(slanted, -v) - np.float32(0.55)


def _star(u: Grid, v: Grid) -> Grid:
    # Fold into one half of a spike; its edge is the line between the tip and the notch.
    angle = np.abs((np.arctan2(u, v) + np.pi / 5) % (2 * np.pi / 5) - np.pi / 5)
    r = np.hypot(u, v)
    along, across = r * np.cos(angle), r * np.sin(angle)
    tip, notch = np.array([1.05, 0.0]), 0.45 * np.array([np.cos(np.pi / 5), np.sin(np.pi / 5)])
    edge = tip - notch
    normal = np.array([-edge[1], edge[0]]) / np.hypot(*edge)
    out: Grid = ((along - tip[0]) * normal[0] + across * normal[1]).astype(np.float32)
    return out


def _heart(u: Grid, v: Grid) -> Grid:
    # Two discs and the square that stands on its corner between them.
    u, v = np.abs(u), v + np.float32(0.05)
    lobe = np.hypot(u - 0.45, v - 0.4) - 0.53
    diamond = np.maximum((u - v) / np.sqrt(2) - 0.6, (u + v) / np.sqrt(2) - 0.6)
    out: Grid = np.minimum(lobe, np.maximum(diamond, v - 0.4)).astype(np.float32)
    return out


def _cross(u: Grid, v: Grid) -> Grid:
    u, v = np.abs(u), np.abs(v)
    out: Grid = np.maximum(np.maximum(u, v) - 0.95, np.minimum(u, v) - 0.3).astype(np.float32)
    return out


_DISTANCE = {
    "circle": _circle, "square": _square, "triangle": _triangle, "star": _star, "heart": _heart, "cross": _cross,
}  # fmt: skip
