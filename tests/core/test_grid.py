import numpy as np
import pytest

from core.grid import Grid, border, contour, crossings, joined


def lattice(w=60, h=40):
    return Grid.over((-3.0, 3.0, -2.0, 2.0), w, h)


def test_cells_fill_the_window():
    grid = lattice()
    assert grid.window == pytest.approx((-3, 3, -2, 2))
    points = grid.points()
    assert points.shape == (2400, 2)
    np.testing.assert_allclose(points[0], [-2.95, -1.95])
    np.testing.assert_allclose(points[59], [2.95, -1.95])  # row by row
    np.testing.assert_allclose(points.mean(axis=0), 0, atol=1e-12)


def test_equal_axes_show_more_than_the_window():
    x0, x1, y0, y1 = Grid.over((0.0, 1.0, 0.0, 1.0), 4, 4, equal=True).window
    assert (x1 - x0, y1 - y0) == pytest.approx((1.7, 1.25))
    assert (x0 + x1, y0 + y1) == pytest.approx((1, 1))


def test_a_contour_of_a_plane_is_a_straight_line():
    grid = lattice()
    x, y = grid.points().T
    path = contour(0.5 + x - 2 * y, grid).reshape(-1, 3, 2)
    assert np.isnan(path[:, 2]).all()
    ends = path[:, :2].reshape(-1, 2)
    np.testing.assert_allclose(0.5 + ends[:, 0] - 2 * ends[:, 1], 0, atol=1e-12)
    assert np.ptp(ends[:, 1]) == pytest.approx(2.95, abs=0.1)


def test_a_contour_of_a_ring_is_one_closed_line_of_its_length():
    grid = lattice()
    x, y = grid.points().T
    path = joined(contour(x**2 + y**2 - 2.25, grid))
    assert np.isnan(path).any(axis=1).nonzero()[0].tolist() == [len(path) - 1]
    line = path[:-1]
    np.testing.assert_allclose(line[0], line[-1])
    np.testing.assert_allclose(np.linalg.norm(line, axis=1), 1.5, atol=0.005)
    assert np.linalg.norm(np.diff(line, axis=0), axis=1).sum() == pytest.approx(2 * np.pi * 1.5, rel=0.01)


def test_a_saddle_is_two_lines_and_a_level_field_none():
    grid = Grid.over((0.0, 2.0, 0.0, 2.0), 2, 2)
    assert len(contour([[1.0, -1.0], [-1.0, 1.0]], grid)) == 6
    assert len(contour(np.ones((2, 2)), grid)) == 0
    assert joined(np.zeros((0, 2))).shape == (0, 2)


@pytest.mark.parametrize("classes", [2, 3])
def test_a_border_lies_between_the_nearest_centres(classes):
    grid = lattice()
    centres = np.array([[-1.0, 0.0], [1.0, 0.3], [0.2, 1.2]])[:classes]
    squared = ((grid.points()[:, None] - centres) ** 2).sum(axis=2)
    path = border(squared.argmin(axis=1), -squared, grid).reshape(-1, 3, 2)[:, :2].reshape(-1, 2)
    near = np.sort(((path[:, None] - centres) ** 2).sum(axis=2), axis=1)
    np.testing.assert_allclose(near[:, 1], near[:, 0], atol=1e-7)


def test_equal_scores_follow_the_label():
    grid = lattice()
    label = (grid.points()[:, 0] > 0).astype(int)
    path = border(label, np.full((len(label), 2), 0.5), grid)
    np.testing.assert_allclose(path[~np.isnan(path[:, 0]), 0], 0, atol=1e-9)
    assert len(border(np.zeros(2400, int), np.ones((2400, 1)), grid)) == 0


def test_crossings_are_shares_of_fields():
    grid = lattice(7, 5)
    x = np.tile(grid.xs, (5, 1))
    fine = grid.finer(3)
    share = crossings([x - 0.05, x - 0.05, x - 1.05, np.ones((5, 7))], 3)
    assert share.shape == (fine.h, fine.w) == (12, 18)
    assert fine.window == pytest.approx((grid.xs[0], grid.xs[-1], grid.ys[0], grid.ys[-1]))
    columns = share[:-1].max(axis=0)
    assert sorted(columns[columns > 0]) == [0.25, 0.5]
    assert abs(fine.xs[columns.argmax()] - 0.05) < fine.dx
    assert (share[:-1] == columns).all()
