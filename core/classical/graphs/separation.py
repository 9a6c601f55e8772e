"""d-separation: which nodes of a Bayesian network can tell nothing of each other, whatever the tables are."""

from collections.abc import Collection

from core.classical.graphs.network import Name, Network


def separated(network: Network, a: Name, b: Name, given: Collection[Name] = ()) -> bool:
    """Tell whether every path between two nodes is blocked by what is given (Koller & Friedman, algorithm 3.1).

    Parameters
    ----------
    a, b
        Two nodes.
    given
        Nodes that are known, neither a nor b.

    Examples
    --------
    >>> alarm = Network({"burglary": (), "quake": (), "alarm": ("burglary", "quake")},
    ...                 {"burglary": 0.01, "quake": 0.02, "alarm": [[0, 0.3], [0.9, 0.95]]})
    >>> separated(alarm, "burglary", "quake", ()), separated(alarm, "burglary", "quake", ("alarm",))
    (True, False)
    """
    known = _known(network, a, b, given)
    telling = _telling(network, known)
    # A message walks from a: down an arrow it comes from a parent, up it comes from a child. At a known node it can
    # only turn from down to up; at a node with a known descendant, or itself known, parents hear of each other.
    reached, ways = set(), [(a, "up")]
    while ways:
        node, way = ways.pop()
        if (node, way) in reached:
            continue
        reached.add((node, way))
        if node not in known and node == b:
            return False
        if node not in known:
            ways += [(child, "down") for child in _children(network, node)]
        if (way == "up" and node not in known) or (way == "down" and node in telling):
            ways += [(parent, "up") for parent in network.parents[node]]
    return True


def paths(network: Network, a: Name, b: Name) -> list[tuple[Name, ...]]:
    """Give all paths between two nodes along arrows of either direction, no node twice; the shortest first."""
    found: list[tuple[Name, ...]] = []
    ways: list[tuple[Name, ...]] = [(network.node(a),)]
    network.node(b)
    while ways:
        way = ways.pop(0)
        if way[-1] == b:
            found.append(way)
            continue
        beside = (*network.parents[way[-1]], *_children(network, way[-1]))
        ways += [(*way, node) for node in beside if node not in way]
    return found


def blockers(network: Network, path: Collection[Name], given: Collection[Name]) -> tuple[Name, ...]:
    """Give the nodes of a path that let nothing through.

    Where two arrows meet, → node ←, that is a node of which nothing is known, nor of what follows from it; anywhere
    else it is a node that is known.
    """
    way = tuple(path)
    known = _known(network, way[0], way[-1], given)
    telling = _telling(network, known)
    stops = []
    for before, node, after in zip(way, way[1:], way[2:], strict=False):
        meet = before in network.parents[node] and after in network.parents[node]
        if (node not in telling) if meet else (node in known):
            stops.append(node)
    return tuple(stops)


def _known(network: Network, a: Name, b: Name, given: Collection[Name]) -> set[Name]:
    if isinstance(given, str) or not isinstance(given, Collection):
        raise ValueError("given must be a collection of nodes.")
    known = {network.node(name) for name in given}
    if network.node(a) == network.node(b) or {a, b} & known:
        raise ValueError("The two nodes must differ, and neither may be given.")
    return known


def _telling(network: Network, known: set[Name]) -> set[Name]:
    """Give the nodes of which something is known: themselves or what follows from them."""
    telling, ways = set(), list(known)
    while ways:
        node = ways.pop()
        if node not in telling:
            telling.add(node)
            ways += network.parents[node]
    return telling


def _children(network: Network, node: Name) -> list[Name]:
    return [name for name, of in network.parents.items() if node in of]
