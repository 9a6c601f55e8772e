"""The vocabulary of figures: arrays that move, kept or not, held for several frames."""

import numpy as np
import pytest

from core.text import T
from figures.marks import line
from figures.plot import axes
from figures.spec import Figure, Frames, Kept, Playhead, Scaled, Stage
from ui import stage


@pytest.mark.parametrize(
    "make",
    [
        lambda: Frames(np.zeros(0)),
        lambda: Frames(Kept(np.zeros((0, 3)))),
        lambda: Frames(np.zeros(3), every=3, since=3),
        lambda: Frames(np.zeros(3), every=3, since=-1),
        lambda: Frames(np.zeros(3), every=0),
    ],
)
def test_frames_that_cannot_be(make):
    with pytest.raises(ValueError, match="Frames need"):
        make()


def stage_of(*traces):
    figure = Figure(
        "one", axes("x", "y", (0, 1), (0, 1), view="v"), traces, title=T("図", "Figure"), alt=T("図。", "A figure.")
    )
    return Stage((figure,), ("one",), playhead=Playhead(np.arange(len(NOW)), T("ステップ", "Step"), 2.0))


NOW = np.linspace(0, 1, 3000, dtype=np.float32)


def test_what_is_the_same_travels_once():
    one, two = (line(Frames(NOW[:, None]), Frames(NOW[:, None].copy()), "#000000") for _ in range(2))
    other = line(Frames(NOW[:, None]), Frames(1 - NOW[:, None]), "#000000")
    alone, same, more = (stage.encode(stage_of(*traces), "en") for traces in ((one,), (one, two), (one, two, other)))
    assert len(same.frames) == len(alone.frames)
    assert len(more.frames) == len(alone.frames) + NOW.nbytes


def test_what_is_kept_does_not_travel_with_a_move():
    moves = stage.encode(stage_of(line(Frames(NOW[:, None]), Frames(NOW[:, None]), "#000000")), "en")
    kept = Frames(Kept(NOW[:, None]))
    stays = stage.encode(stage_of(line(kept, kept, "#000000")), "en")
    assert moves.kept is None
    assert len(stays.kept) > NOW.nbytes
    assert moves.size - stays.size > NOW.nbytes - 200


@pytest.mark.parametrize(
    ("values", "size"), [(np.arange(200), 1), (np.arange(300), 2), (np.arange(70_000), 4), (np.array([-1, 5]), 4)]
)
def test_integers_travel_in_the_narrowest_type(values, size):
    blob = stage._Blob()
    name, where, *shape = blob.add(values)
    assert (where, tuple(shape)) == (0, values.shape)
    sent = np.frombuffer(blob.parts[0], dtype=f"<{name}")[: len(values)]
    assert sent.dtype.itemsize == size
    np.testing.assert_array_equal(sent, values)


def test_rows_of_one_shape_travel_as_their_parts():
    shape, scale, offset = np.linspace(-3, 3, 41), 1 + NOW, np.where(NOW < 0.5, NOW, np.nan)
    rows = Scaled(shape, scale, offset)
    expected = np.float32(offset[:, None]) + np.float32(scale[:, None]) * np.float32(shape)
    np.testing.assert_array_equal(rows.values, expected)
    whole, parts = (stage.encode(stage_of(line(Frames(x), Frames(x), "#000000")), "en") for x in (rows.values, rows))
    assert len(whole.frames) > 40 * NOW.nbytes
    assert len(parts.frames) < 4 * NOW.nbytes
