"""Networks against sums over the whole joint table, d-separation against networkx, images against all images."""

import doctest
import itertools

import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_flow

from core.classical import graphs as g
from core.classical.graphs import cut, field, network, separation
from core.data import load

ALARM = g.Network(
    {"burglary": (), "quake": (), "alarm": ("burglary", "quake"), "john": ("alarm",), "mary": ("alarm",)},
    {
        "burglary": 0.001,
        "quake": 0.002,
        "alarm": [[0.001, 0.29], [0.94, 0.95]],
        "john": [0.05, 0.90],
        "mary": [0.01, 0.70],
    },
)


def drawn(seed, n=6, states=(2, 3)):
    """Draw a network: arrows from earlier nodes to later ones, tables at random."""
    rng = np.random.default_rng(seed)
    parents = {str(i): tuple(str(j) for j in range(i) if rng.uniform() < 0.45) for i in range(n)}
    count = {name: int(rng.choice(states)) for name in parents}
    tables = {name: rng.dirichlet(np.ones(count[name]), [count[p] for p in of]) for name, of in parents.items()}
    return g.Network(dict(reversed(parents.items())), tables)  # children first: no order is relied on


def whole(net):
    """Give the joint probabilities of all nodes, multiplied entry by entry."""
    sizes = [net.states(name) for name in net.nodes]
    joint = np.ones(sizes)
    for states in itertools.product(*map(range, sizes)):
        at = dict(zip(net.nodes, states, strict=True))
        for name, of in net.parents.items():
            joint[states] *= net.tables[name][tuple(at[each] for each in (*of, name))]
    return joint


def test_docstrings():
    for module in (network, separation, field):
        results = doctest.testmod(module)
        assert results.attempted > 0
        assert results.failed == 0


@pytest.mark.parametrize("seed", range(8))
def test_answers_are_sums_over_the_joint_table(seed):
    net, rng = drawn(seed), np.random.default_rng(seed)
    joint = whole(net)
    assert joint.sum() == pytest.approx(1)
    for _ in range(20):
        known = {n: int(rng.integers(net.states(n))) for n in net.nodes if rng.uniform() < 0.4}
        target = str(rng.choice(net.nodes))
        cut_out = np.zeros_like(joint)
        place = tuple(known.get(n, slice(None)) for n in net.nodes)
        cut_out[place] = joint[place]
        rest = tuple(i for i, n in enumerate(net.nodes) if n != target)
        exact = cut_out.sum(axis=rest) / cut_out.sum()
        np.testing.assert_allclose(g.query(net, target, known), exact, atol=1e-12)
    a, b = net.nodes[2], net.nodes[5]
    np.testing.assert_allclose(g.marginal(net, (b, a)), joint.sum(axis=(0, 1, 3, 4)).T)


def test_the_alarm_of_the_book():
    """Russell & Norvig, "Artificial intelligence: a modern approach" (4th ed. 2020), chapter 13: 0.284."""
    assert g.query(ALARM, "burglary", {"john": 1, "mary": 1})[1] == pytest.approx(0.284, abs=5e-4)
    both = g.marginal(ALARM, ("john", "mary", "alarm"), {"burglary": 0, "quake": 0})
    assert both[1, 1, 1] == pytest.approx(0.000628, abs=5e-7)
    assert g.query(ALARM, "burglary", {"alarm": 1})[1] > 0.37
    assert g.query(ALARM, "burglary", {"alarm": 1, "quake": 1})[1] < 0.004
    assert g.query(ALARM, "burglary", {"burglary": 1}).tolist() == [0, 1]


def test_a_network_by_numbers_and_one_of_many_nodes():
    chain = g.Network([(), (0,), (1,)], [0.5, [0.1, 0.9], [0.2, 0.7]])
    assert g.query(chain, 2, {0: 1})[1] == pytest.approx(0.1 * 0.2 + 0.9 * 0.7)
    long = g.Network([(), *((i,) for i in range(59))], [0.5, *([0.1, 0.9] for _ in range(59))])
    # P(x_n = 1 | x_0 = 1) = (1 + 0.8ⁿ) / 2
    assert g.query(long, 59, {0: 1})[1] == pytest.approx((1 + 0.8**59) / 2)


def queries(nodes):
    for a, b in itertools.combinations(nodes, 2):
        rest = [n for n in nodes if n not in (a, b)]
        for size in range(len(rest) + 1):
            yield from ((a, b, given) for given in itertools.combinations(rest, size))


@pytest.mark.parametrize("seed", range(6))
def test_separation_is_networkxs_and_that_of_paths(seed):
    nx = pytest.importorskip("networkx")  # comes with torch
    net = drawn(seed)
    theirs = nx.DiGraph([(parent, name) for name, of in net.parents.items() for parent in of])
    theirs.add_nodes_from(net.nodes)
    asked = list(queries(net.nodes))
    assert len(asked) == 240
    for a, b, given in asked:
        ours = g.separated(net, a, b, given)
        assert ours == g.separated(net, b, a, set(given)) == nx.is_d_separator(theirs, {a}, {b}, set(given))
        assert ours == all(g.blockers(net, path, given) for path in g.paths(net, a, b))
    ways = {path for path in g.paths(net, "0", "5")}
    assert ways == {tuple(path) for path in nx.all_simple_paths(theirs.to_undirected(), "0", "5")}


@pytest.mark.parametrize("seed", range(4))
def test_separated_nodes_tell_nothing_and_others_something(seed):
    net = drawn(seed, states=(2,))
    told = {asked: g.dependence(net, *asked) for asked in queries(net.nodes)}
    blind = {asked for asked in told if g.separated(net, *asked)}
    assert 0 < len(blind) < len(told)
    assert max(told[asked] for asked in blind) < 1e-12 < 1e-9 < min(told[asked] for asked in told.keys() - blind)


def test_dependence_of_a_coin_and_its_copy():
    copies = g.Network({"a": (), "b": ("a",), "c": ()}, {"a": 0.5, "b": [0.0, 1.0], "c": 0.3})
    assert g.dependence(copies, "a", "b") == pytest.approx(1)
    assert g.dependence(copies, "a", "c") == pytest.approx(0)


def test_doing_is_not_seeing():
    rain = g.Network({"rain": (), "wet": ("rain",), "slip": ("wet",)}, {"rain": 0.2, "wet": [0.1, 0.9], "slip": [0, 1]})
    assert g.query(rain, "rain", {"wet": 1})[1] == pytest.approx(0.18 / 0.26)
    done = g.intervene(rain, {"wet": 1})
    assert g.query(done, "rain")[1] == pytest.approx(0.2)
    assert g.query(done, "slip")[1] == pytest.approx(1)
    assert done.parents["wet"] == ()


def test_arrows_that_say_the_same_and_one_that_does_not():
    chain = g.Network({"x": (), "y": ("x",), "z": ("y",)}, {"x": 0.4, "y": [0.2, 0.8], "z": [0.3, 0.9]})
    fork, back, meet = (
        g.redrawn(chain, parents)
        for parents in (
            {"x": ("y",), "y": (), "z": ("y",)},
            {"x": ("y",), "y": ("z",), "z": ()},
            {"x": (), "y": ("x", "z"), "z": ()},
        )
    )
    assert g.divergence(chain, fork) == pytest.approx(0, abs=1e-12)
    assert g.divergence(chain, back) == pytest.approx(0, abs=1e-12)
    # Where x and z meet they are held to be independent: what is lost is what they tell of each other.
    assert g.divergence(chain, meet) == pytest.approx(g.dependence(chain, "x", "z"))
    done = [g.query(g.intervene(each, {"x": 1}), "z")[1] for each in (chain, fork, back)]
    assert done[0] == pytest.approx(g.query(chain, "z", {"x": 1})[1])
    assert done[1] == done[2] == pytest.approx(g.query(chain, "z")[1])


@pytest.mark.parametrize("seed", range(4))
def test_redrawn_is_the_nearest_with_these_arrows(seed):
    net, rng = drawn(seed, n=5), np.random.default_rng(seed)
    parents = {str(i): tuple(str(j) for j in range(i + 1, 5) if rng.uniform() < 0.4) for i in range(5)}
    near, joint = g.redrawn(net, parents), whole(net)
    least = g.divergence(net, near)
    order = [near.nodes.index(n) for n in net.nodes]
    assert least == pytest.approx((joint * np.log2(joint / whole(near).transpose(order))).sum(), abs=1e-12)
    for _ in range(5):
        mixed = {n: 0.97 * t + 0.03 * rng.dirichlet(np.ones(t.shape[-1]), t.shape[:-1]) for n, t in near.tables.items()}
        assert g.divergence(net, g.Network(parents, mixed)) > least
    never = g.redrawn(g.Network({"a": (), "b": ()}, {"a": 0.0, "b": 0.3}), {"a": (), "b": ("a",)})
    np.testing.assert_allclose(never.tables["b"], [[0.7, 0.3], [0.5, 0.5]])
    assert g.divergence(g.Network({"a": ()}, {"a": 0.5}), g.Network({"a": ()}, {"a": 0.0})) == np.inf


# ---- images


def every(h, w):
    return [np.array(bits).reshape(h, w) for bits in itertools.product((-1, 1), repeat=h * w)]


def cost(x, y, coupling, fidelity):
    """Give E, pair by pair."""
    (h, w), total = x.shape, 0.0
    for i, j in np.ndindex(h, w):
        total -= fidelity * x[i, j] * y[i, j]
        total -= coupling * sum(x[i, j] * x[a, b] for a, b in ((i + 1, j), (i, j + 1)) if a < h and b < w)
    return total


@pytest.mark.parametrize("shape", [(1, 1), (1, 4), (3, 3), (2, 5)])
def test_the_cut_is_the_likeliest_of_all_images(shape):
    rng = np.random.default_rng(sum(shape))
    for coupling, fidelity in ((0.0, 1.0), (0.4, 1.0), (0.9, 1.0), (2.0, 0.3), (0.5, -0.7), (1.0, 0.0)):
        y = rng.choice([-1, 1], shape)
        low = min(cost(x, y, coupling, fidelity) for x in every(*shape))
        found = g.best_cut(y, coupling=coupling, fidelity=fidelity)
        assert set(np.unique(found)) <= {-1, 1}
        assert g.energy(found, y, coupling=coupling, fidelity=fidelity) == pytest.approx(low)
        assert cost(found, y, coupling, fidelity) == pytest.approx(low)


@pytest.mark.parametrize("coupling", [0.4, 0.8, 1.6])
def test_the_cut_is_as_small_as_scipys_flow_is_large(coupling):
    y = g.turned(g.digit(3), 0.15, seed=1)
    found, n, scale = g.best_cut(y, coupling=coupling, fidelity=1.0), y.size, 10
    rows, columns, room = [], [], []
    for i, (a, b) in enumerate(np.ndindex(y.shape)):
        rows, columns, room = [*rows, n if y[a, b] > 0 else i], [*columns, i if y[a, b] > 0 else n + 1], [*room, scale]
        for j in ([i + 1] if b < 15 else []) + ([i + 16] if a < 15 else []):
            rows, columns = [*rows, i, j], [*columns, j, i]
            room += [round(scale * coupling)] * 2
    flow = maximum_flow(csr_array((np.array(room, np.int32), (rows, columns)), (n + 2, n + 2)), n, n + 1).flow_value
    differ = (found[:, 1:] != found[:, :-1]).sum() + (found[1:] != found[:-1]).sum()
    assert scale * (coupling * differ + (found != y).sum()) == pytest.approx(flow)


def test_flow_through_edges_that_lead_nowhere_and_back():
    edges = [(0, 1, 3, 0), (0, 2, 2, 0), (1, 2, 5, 1), (1, 3, 2, 0), (2, 3, 3, 0), (1, 4, 9, 0), (4, 4, 1, 0)]
    # From 0 to 3 flow 5: the edges out of 0 are full.
    assert cut.smallest_cut(5, edges, 0, 3).tolist() == [True, False, False, False, False]
    assert cut.smallest_cut(3, [(0, 1, 1, 1)], 0, 2).tolist() == [True, True, False]


@pytest.mark.parametrize("seed", range(4))
def test_icm_goes_downhill_and_ends_where_no_pixel_wants_to_change(seed):
    y = g.turned(g.digit(seed), 0.15, seed=seed)
    how = {"coupling": 0.7, "fidelity": 1.0}
    frames = g.icm_path(y, **how)
    np.testing.assert_array_equal(frames[0], y)
    np.testing.assert_array_equal(frames[-1], g.icm(y, **how))
    assert ((frames[1:] != frames[:-1]).sum(axis=(1, 2)) == 1).all()
    steps = [g.energy(x, y, **how) for x in frames]
    assert (np.diff(steps) < 0).all()
    for i, j in np.ndindex(16, 16):
        other = frames[-1].copy()
        other[i, j] *= -1
        assert g.energy(other, y, **how) >= steps[-1] - 1e-9
    assert g.energy(g.best_cut(y, **how), y, **how) <= steps[-1] + 1e-9


def test_without_coupling_nothing_changes_and_with_much_all_agree():
    y = g.turned(g.digit(5), 0.1)
    for repair in (g.icm, g.best_cut):
        np.testing.assert_array_equal(repair(y, coupling=0.0, fidelity=1.0), y)
    assert abs(g.best_cut(y, coupling=50.0, fidelity=1.0).sum()) == y.size


@pytest.mark.parametrize("coupling", [-0.7, 0.0, 0.5, 1.2])
def test_the_law_of_four_pixels(coupling):
    """Neighbours on a ring of four agree on average by (t + t³)/(1 + t⁴), opposite ones by 2t²/(1 + t⁴), t = tanh β."""
    law, t = g.law(2, 2, coupling=coupling), np.tanh(coupling)
    weight = np.array([np.exp(-cost(x, x, coupling, 0.0)) for x in law.images])
    np.testing.assert_allclose(law.probability, weight / weight.sum())
    a, b, c, d = law.images.reshape(-1, 4).T
    assert law.probability @ (a * b) == pytest.approx((t + t**3) / (1 + t**4))
    assert law.probability @ (a * d) == pytest.approx(2 * t**2 / (1 + t**4))
    known = (b == 1) & (c == -1)
    table = np.array([[law.probability[known & (a == s) & (d == u)].sum() for u in (-1, 1)] for s in (-1, 1)])
    assert np.linalg.det(table / table.sum()) == pytest.approx(0)  # the two others known, a tells nothing of d


def test_digits_and_turned_pixels():
    ink = load("digits").x[0].reshape(8, 8)
    x = g.digit(0)
    assert x.shape == (16, 16)
    coarse = x.reshape(8, 2, 8, 2).mean(axis=(1, 3))
    assert np.corrcoef(coarse.ravel(), ink.ravel())[0, 1] > 0.85
    few, more = g.turned(x, 0.1, seed=3) != x, g.turned(x, 0.3, seed=3) != x
    assert few.sum() < more.sum()
    assert not (few & ~more).any()
    assert np.mean([(g.turned(x, 0.1, seed=s) != x).mean() for s in range(40)]) == pytest.approx(0.1, abs=0.01)


WRONG = [
    (lambda: g.Network({"a": ("b",), "b": ("a",)}, {"a": [0.1, 0.2], "b": [0.1, 0.2]}), "circle"),
    (lambda: g.Network({"a": ("x",)}, {"a": [0.1, 0.2]}), "other nodes"),
    (lambda: g.Network({}, {}), "needs a node"),
    (lambda: g.Network({"a": "b", "b": ()}, {"a": [0.1, 0.2], "b": 0.5}), "tuple"),
    (lambda: g.Network({"a": ()}, {"b": 0.5}), "one table"),
    (lambda: g.Network({"a": ()}, {"a": 1.5}), "sum to 1"),
    (lambda: g.Network({"a": ()}, {"a": [0.5, 0.4]}), "sum to 1"),
    (lambda: g.Network({"a": ()}, {"a": "x"}), "numbers"),
    (lambda: g.Network({"a": ()}, {"a": float("nan")}), "finite"),
    (lambda: g.Network({"a": (), "b": ("a",)}, {"a": 0.5, "b": [0.1, 0.2, 0.3]}), "shape"),
    (lambda: g.Network({"a": (), "b": ("a",)}, {"a": 0.5, "b": 0.1}), "axis"),
    (lambda: g.query(ALARM, "cat", {}), "no node"),
    (lambda: g.query(ALARM, ["alarm"], {}), "no node"),
    (lambda: g.query(ALARM, "alarm", {"cat": 1}), "no node"),
    (lambda: g.query(ALARM, "alarm", {"john": 2}), "0 to 1"),
    (lambda: g.query(ALARM, "alarm", ["john"]), "map"),
    (lambda: g.query(g.Network({"a": (), "b": ()}, {"a": 1.0, "b": 0.5}), "b", {"a": 0}), "probability 0"),
    (lambda: g.marginal(ALARM, ("john", "john")), "differ"),
    (lambda: g.separated(ALARM, "john", "john", ()), "differ"),
    (lambda: g.separated(ALARM, "john", "mary", ("mary",)), "differ"),
    (lambda: g.separated(ALARM, "john", "mary", "alarm"), "collection"),
    (lambda: g.redrawn(ALARM, {"alarm": ()}), "same nodes"),
    (lambda: g.divergence(ALARM, g.Network({"a": ()}, {"a": 0.5})), "same nodes"),
    (lambda: g.divergence(g.Network([()], [0.5]), g.Network([()], [[0.2, 0.2, 0.6]])), "same states"),
    (lambda: g.icm([[0, 1]], coupling=1, fidelity=1), "−1 and"),
    (lambda: g.icm([1, -1], coupling=1, fidelity=1), "dimensions"),
    (lambda: g.icm([[1]], coupling=float("inf"), fidelity=1), "finite"),
    (lambda: g.best_cut([[1, -1]], coupling=-1, fidelity=1), "at least 0"),
    (lambda: g.best_cut([[1, 2]], coupling=1, fidelity=1), "−1 and"),
    (lambda: g.best_cut(np.ones((0, 3)), coupling=1, fidelity=1), "−1 and"),
    (lambda: g.energy([[1]], [[1, 1]], coupling=1, fidelity=1), "one shape"),
    (lambda: g.law(5, 4, coupling=1), "at most 16"),
    (lambda: g.turned([[1]], 1.5), "0 to 1"),
    (lambda: g.digit(-1), "0 to"),
]


@pytest.mark.parametrize(("call", "says"), WRONG)
def test_a_sentence_for_what_cannot_be(call, says):
    with pytest.raises(ValueError, match=says) as wrong:
        call()
    assert str(wrong.value).endswith(".")
