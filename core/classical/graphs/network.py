"""Bayesian networks: one table a node, and answers by exact sums."""

import functools
import string
from collections.abc import Collection, Hashable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core import door
from core.result import result

Floats = NDArray[np.float64]
Name = Any  # hashable
Factor = tuple[tuple[Name, ...], Floats]  # the nodes of its axes, and its values
LETTERS = string.ascii_letters  # names of axes


@result
class Network:
    """Nodes, the arrows between them, and the probability of each node's states given its parents'.

    Parameters
    ----------
    parents
        Each node's parents, by name: {"rain": (), "wet": ("rain",)}. A sequence stands for nodes 0, 1, …
    tables
        Each node's table, by name or as a sequence. Its axes are the parents, in their order, and last the node's own
        states 0, 1, …, over which it sums to 1. A table without that last axis holds the probabilities of state 1 of
        a node that has two.

    Raises
    ------
    ValueError
        The arrows run in a circle, a parent is not a node, or a table does not fit.

    Examples
    --------
    >>> wet = Network({"rain": (), "wet": ("rain",)}, {"rain": 0.2, "wet": [0.1, 0.9]})
    >>> query(wet, "rain", {"wet": 1}).round(3).tolist()
    [0.308, 0.692]
    """

    parents: Mapping[Name, tuple[Name, ...]]
    tables: Mapping[Name, Floats]

    def __post_init__(self) -> None:
        """Check the graph and its tables, and write the tables out."""
        arrows, tables = _graph(self.parents), _named("tables", self.tables)
        if set(tables) != set(arrows):
            raise ValueError("tables must hold one table for each node.")
        written = {name: _table(name, tables[name], len(arrows[name])) for name in arrows}
        for name, of in arrows.items():
            wanted = tuple(written[parent].shape[-1] for parent in of)
            if written[name].shape[:-1] != wanted:
                raise ValueError(
                    f"The table of {name!r} must have shape {(*wanted, 'states')}, not {written[name].shape}."
                )
        object.__setattr__(self, "parents", arrows)
        object.__setattr__(self, "tables", written)

    @property
    def nodes(self) -> tuple[Name, ...]:
        """Their names, as given."""
        return tuple(self.parents)

    @functools.cached_property
    def order(self) -> tuple[Name, ...]:
        """Their names, parents first."""
        return _sorted(self.parents)

    def states(self, name: Name) -> int:
        """Give the number of a node's states."""
        return int(self.tables[self.node(name)].shape[-1])

    def node(self, name: Name) -> Name:
        """Take the name of a node."""
        if not isinstance(name, Hashable) or name not in self.parents:
            raise ValueError(f"There is no node {name!r}; there are {', '.join(map(str, self.parents))}.")
        return name

    def seen(self, evidence: Mapping[Name, int] | None) -> dict[Name, int]:
        """Take what is known: a state for each of some nodes."""
        if evidence is not None and not isinstance(evidence, Mapping):
            raise ValueError("evidence must map nodes to their states.")
        given = (evidence or {}).items()
        return {self.node(n): door.whole(f"evidence of {n}", s, least=0, most=self.states(n) - 1) for n, s in given}


def query(network: Network, target: Name, evidence: Mapping[Name, int] | None = None) -> Floats:
    """Give the probabilities of a node's states, given what is known of others.

    Parameters
    ----------
    evidence
        {node: its state}; nothing is known by default.

    Returns
    -------
    probabilities
        (states,) exact, by sums.

    Raises
    ------
    ValueError
        There is no such node or state, or what is known cannot be.
    """
    seen, target = network.seen(evidence), network.node(target)
    # p(t, e) = Σ over all other nodes of Π p(node | parents); p(t | e) = p(t, e) / Σ_t p(t, e)
    joint = _summed(network, (target,) if target not in seen else (), seen)
    if not joint.sum() > 0:
        raise ValueError("What is known has probability 0.")
    probabilities: Floats = np.eye(network.states(target))[seen[target]] if target in seen else joint / joint.sum()
    return probabilities


def marginal(network: Network, names: Sequence[Name], evidence: Mapping[Name, int] | None = None) -> Floats:
    """Give the joint probability of some nodes and of the evidence: one axis a node, in the order of `names`."""
    names, seen = tuple(map(network.node, names)), network.seen(evidence)
    if len(set(names)) < len(names) or set(names) & set(seen):
        raise ValueError("names must differ from each other and from what is known.")
    return _summed(network, names, seen)


def dependence(network: Network, a: Name, b: Name, given: Collection[Name] = ()) -> float:
    """Give what a and b tell of each other where `given` is known: conditional mutual information in bits."""
    given = tuple(given)
    p = marginal(network, (a, b, *given)).reshape(network.states(a), network.states(b), -1)
    # I(A; B | G) = Σ p(a, b, g) log₂ (p(a, b, g) p(g) / (p(a, g) p(b, g)))
    apart = p.sum(axis=1, keepdims=True) * p.sum(axis=0, keepdims=True)
    real = p > 0
    ratio = (p * p.sum(axis=(0, 1)))[real] / apart[real]
    return max(0.0, float((p[real] * np.log2(ratio)).sum()))


def intervene(network: Network, values: Mapping[Name, int]) -> Network:
    """Set nodes by hand, Pearl's do(): the arrows into them are gone, and each has its state for certain."""
    done = network.seen(values)
    return Network(
        {name: () if name in done else of for name, of in network.parents.items()},
        {name: np.eye(network.states(name))[done[name]] if name in done else t for name, t in network.tables.items()},
    )


def redrawn(network: Network, parents: Mapping[Name, Collection[Name]]) -> Network:
    """Draw other arrows between the nodes, and take from the network what the tables then ask for.

    Of all networks with these arrows it is the nearest (the smallest `divergence` from the first), and the likeliest
    for endless data drawn from it. Parents in states that never occur leave all states equally likely.
    """
    arrows = _graph(parents)
    if set(arrows) != set(network.nodes):
        raise ValueError("parents must be drawn between the same nodes.")
    tables = {}
    for name, of in arrows.items():
        joint = marginal(network, (*of, name))
        total = joint.sum(axis=-1, keepdims=True)
        # p(state | parents) = p(parents, state) / p(parents)
        tables[name] = np.where(total > 0, joint / np.where(total > 0, total, 1), 1 / network.states(name))
    return Network(arrows, tables)


def divergence(network: Network, other: Network) -> float:
    """Give how many bits a case drawn from one network costs more if another is believed: 0 where they agree, or more.

    Both have the same nodes, and few enough that all their states fit a table.
    """
    if set(network.nodes) != set(other.nodes):
        raise ValueError("Both networks must have the same nodes.")
    p, q = (marginal(each, network.nodes) for each in (network, other))
    if p.shape != q.shape:
        raise ValueError("Both networks must have the same states.")
    # D(p ‖ q) = Σ p log₂ (p / q)
    with np.errstate(divide="ignore"):
        return max(0.0, float((p[p > 0] * np.log2(p[p > 0] / q[p > 0])).sum()))


def _summed(network: Network, keep: tuple[Name, ...], seen: Mapping[Name, int]) -> Floats:
    """Sum the product of all tables over all nodes but `keep`, those seen being fixed: nodes go out one by one."""
    factors = [_factor(network, name, seen) for name in network.nodes]
    left = [name for name in network.nodes if name not in keep and name not in seen]
    while left:
        # Next goes the node whose factors have the fewest nodes together, so that the tables made remain small.
        name = min(left, key=lambda n: len({other for names, _ in factors if n in names for other in names}))
        left.remove(name)
        touching = [factor for factor in factors if name in factor[0]]
        rest = tuple(dict.fromkeys(other for names, _ in touching for other in names if other != name))
        factors = [factor for factor in factors if name not in factor[0]] + [(rest, _product(touching, rest))]
    return _product(factors, keep)


def _factor(network: Network, name: Name, seen: Mapping[Name, int]) -> Factor:
    names = (*network.parents[name], name)
    cut = tuple(seen.get(each, slice(None)) for each in names)
    return tuple(each for each in names if each not in seen), np.asarray(network.tables[name][cut])


def _product(factors: Sequence[Factor], keep: tuple[Name, ...]) -> Floats:
    """Multiply factors and sum over all nodes but `keep`."""
    number = {name: i for i, name in enumerate(dict.fromkeys(n for names, _ in factors for n in names))}
    product: Factor = ((), np.ones(()))
    for i, (names, values) in enumerate(factors):
        after = {n for later, _ in factors[i + 1 :] for n in later} | set(keep)
        stay = tuple(n for n in dict.fromkeys((*product[0], *names)) if n in after)
        first, second, out = ("".join(LETTERS[number[n]] for n in each) for each in (product[0], names, stay))
        product = stay, np.einsum(f"{first},{second}->{out}", product[1], values)
    return np.asarray(product[1].transpose([product[0].index(n) for n in keep]), dtype=float)


def _named(what: str, given: Any) -> dict[Name, Any]:
    if isinstance(given, Mapping):
        return dict(given)
    if isinstance(given, Sequence) and not isinstance(given, str):
        return dict(enumerate(given))
    raise ValueError(f"{what} must map nodes to theirs, or list them.")


def _graph(parents: Any) -> dict[Name, tuple[Name, ...]]:
    """Take nodes and their parents."""
    given = _named("parents", parents)
    if not given:
        raise ValueError("A network needs a node.")
    arrows: dict[Name, tuple[Name, ...]] = {}
    for name, of in given.items():
        if isinstance(of, str) or not isinstance(of, Collection):
            raise ValueError(f"The parents of {name!r} must be a tuple of nodes.")
        arrows[name] = tuple(of)
        if len(set(arrows[name])) < len(arrows[name]) or not set(arrows[name]) <= set(given):
            raise ValueError(f"The parents of {name!r} must be other nodes, each once.")
    _sorted(arrows)
    return arrows


def _sorted(arrows: Mapping[Name, tuple[Name, ...]]) -> tuple[Name, ...]:
    """Give the nodes, parents first."""
    order: list[Name] = []
    while len(order) < len(arrows):
        ready = [name for name in arrows if name not in order and all(parent in order for parent in arrows[name])]
        if not ready:
            raise ValueError("The arrows run in a circle.")
        order += ready
    return tuple(order)


def _table(name: Name, values: Any, parents: int) -> Floats:
    """Take a table, with its last axis or without."""
    table = door.numbers(f"The table of {name!r}", values)
    if table.ndim == parents:
        table = np.stack([1 - table, table], axis=-1)
    if table.ndim != parents + 1 or not table.size:
        raise ValueError(f"The table of {name!r} must have an axis for each parent and one for its own states.")
    if (table < 0).any() or (np.abs(table.sum(axis=-1) - 1) > 1e-9).any():
        raise ValueError(f"The table of {name!r} must hold probabilities that sum to 1 over its states.")
    return table
