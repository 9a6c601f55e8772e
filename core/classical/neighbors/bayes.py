"""The truth where it is known: nobody can be right more often than whoever knows it."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.spatial.distance import cdist

from core import door
from core.classical.neighbors.distances import BLOCK, Floats, pair
from core.classical.neighbors.voting import counted


def bayes_proba(nodes: ArrayLike, labels: ArrayLike, noise: float, query: ArrayLike) -> Floats:
    """Give the true probability of each class where the data are points evenly on a shape, plus Gaussian noise.

    Parameters
    ----------
    nodes, labels
        (j, d) points spread evenly over each class's shape without noise, and their (j,) classes; classes with equally
        many nodes are equally likely.
    noise
        Standard deviation of the noise, above 0.
    query
        (m, d)

    Returns
    -------
    (m, classes) array
    """
    nodes, query = pair(nodes, query)
    labels, count = counted(labels, len(nodes))
    noise = door.number("noise", noise, above=0)
    out = np.empty((len(query), count))
    one_hot = np.eye(count)[labels]
    rows = max(16, BLOCK // len(nodes))
    for start in range(0, len(query), rows):
        part = slice(start, start + rows)
        # p(c | x) ∝ Σ_{nodes of c} exp(−‖x − node‖² / 2σ²), the nearest node's term taken out against underflow
        power = np.asarray(cdist(query[part], nodes, "sqeuclidean")) / (-2 * noise**2)
        density = np.exp(power - power.max(axis=1, keepdims=True)) @ one_hot
        out[part] = density / density.sum(axis=1, keepdims=True)
    return out
