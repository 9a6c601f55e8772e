"""What is special to the lesson of graphs: the numbers of its words, and what a click sets."""

import numpy as np
import pytest

from core.classical import graphs as g
from pages.classical.graphs import alarm, asked, repair
from ui import catalog

LESSON = catalog.lesson("graphs")
AWAY, BLIND, SIXTEEN, RESTORE = (LESSON.scene(name) for name in ("away", "blind", "sixteen", "restore"))


def test_numbers_in_the_words():
    numbers = LESSON.words["numbers"]
    net = g.Network(alarm.PARENTS, {"burglary": 0.001, **alarm.TABLES})
    assert f"{100 * g.query(net, 'burglary', {'alarm': 1})[1]:.1f}" == numbers["alarm"]
    assert f"{100 * g.query(net, 'burglary', {'alarm': 1, 'quake': 1})[1]:.2f}" == numbers["quake"]
    # On a ring of four, with t = tanh β, neighbours agree by (t + t³)/(1 + t⁴) on average, the others by 2t²/(1 + t⁴).
    for beta, name in ((0.5, "neighbours"), (-0.5, "against")):
        t = np.tanh(beta)
        assert f"{50 * (1 + (t + t**3) / (1 + t**4)):.1f}" == numbers[name]
    t = np.tanh(0.5)
    assert f"{50 * (1 + 2 * t**2 / (1 + t**4)):.1f}" == numbers["diagonal"]
    truths = [g.digit(row) for row in range(10)]
    pairs = [(truth, g.turned(truth, 0.1, seed=seed)) for truth in truths for seed in (0, 1)]
    assert sum((truth != seen).sum() for truth, seen in pairs) == numbers["noisy"]
    for repaired, coupling, name in ((g.best_cut, 0.5, "weak"), (g.best_cut, 1.3, "strong"), (g.icm, 1.3, "stuck")):
        wrong = sum((repaired(seen, coupling=coupling, fidelity=1.0) != truth).sum() for truth, seen in pairs)
        assert wrong == numbers[name]


@pytest.mark.parametrize("scene", [AWAY, BLIND, SIXTEEN])
def test_a_click_sets_what_can_be_set_and_a_round_of_clicks_comes_back(scene):
    for click in range(len(pressed(scene, scene.Params()))):
        p, seen = scene.Params(), []
        for _ in range(3):
            seen.append(p)
            p = scene.Params(**{**vars(p), **pressed(scene, p)[click]})
            scene.picture(scene.result(p), p)
        assert p in seen
        assert seen[0] != seen[1]


def pressed(scene, p):
    marks = [mark for figure in scene.picture(scene.result(p), p).figures for mark in figure.under]
    return next(mark["values"] for mark in marks if mark["type"] == "press")


def test_what_is_asked_and_known_stays_unchanged_by_the_menu_of_the_other():
    p = BLIND.Params(one="A", other="A", C=True)
    assert BLIND.result(p).bits is None
    assert "同じ箱" in BLIND.picture(BLIND.result(p), p).note.ja
    ends = BLIND.result(BLIND.Params(one="C", other="A", C=True))  # an end is not known
    assert ends.known == ()


def test_all_questions_are_asked_once():
    assert len(set(asked.ASKED)) == len(asked.ASKED) == 240


def test_curves_go_through_what_is_shown():
    for coupling in (0.4, 1.3):
        r = RESTORE.result(RESTORE.Params(coupling=coupling))
        k = int(np.flatnonzero(coupling == repair.COUPLINGS)[0])
        assert r.curves[:, k].tolist() == [r.icm, r.exact]
