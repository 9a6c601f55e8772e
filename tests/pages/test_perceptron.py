"""What the perceptron's page says in numbers is found again."""

import inspect

import numpy as np

from core import ahead
from core.classical.perceptron import fit, logistic, svm
from core.data import load
from pages.classical.perceptron import learn, order, who
from ui import catalog


def numbers():
    made = ahead.load("perceptron/presentation")
    data = load("iris")
    x, y = data.x[data.y > 0][:, [2, 3]], data.y[data.y > 0] - 1
    one, tenth = (len(fit(x, y, rate=rate, epochs=100, order="shuffled").samples) for rate in (1.0, 0.1))
    check = learn.CHECKS["outlier"]
    turns = check.measure(*(learn.compute(learn.Params(**fields)) for fields in check.sets))
    blame = who.compute(who.Params())
    firsts = np.flatnonzero(np.diff(blame.problem.y, prepend=-1))  # the first flower of each species
    return {
        "rate_one": one,
        "rate_tenth": tenth,
        "sorted": round(100 * made["fixed"].mean()),
        "shuffled": round(100 * made["shuffled"].mean()),
        "outlier_sorted": round(turns["fixed"]),
        "outlier_shuffled": round(turns["shuffled"]),
        "movers": blame.movers,
        "moves": blame.updates,
        "moves_of_first": int(blame.alpha[-1, firsts].sum()),
    }


def test_the_numbers_of_the_notes():
    assert catalog.lesson("perceptron").words["numbers"] == numbers()


def test_names_on_the_plane_tell_what_the_core_uses():
    defaults = [inspect.signature(f).parameters[name].default for f, name in ((logistic, "ridge"), (svm, "c"))]
    assert defaults == [0.001, 1.0]
    assert all(str(0.001) in learn.RIVALS["logistic"][1](lang) for lang in ("ja", "en"))
    assert all("C = 1" in learn.RIVALS["svm"][1](lang) for lang in ("ja", "en"))


def test_the_lead_tells_how_many_orders():
    assert all(str(order.RUNS) in catalog.lesson("perceptron").scene("order").lead(lang) for lang in ("ja", "en"))
