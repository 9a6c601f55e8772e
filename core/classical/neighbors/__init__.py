"""Classify by what is near: the k nearest examples vote, or the nearest centre of a class decides.

k nearest neighbours keeps all examples and asks the k that lie nearest to a query. The nearest centroid classifier
(NCC) keeps one point a class, its mean. Between the two stand several prototypes a class, and Gaussians with ever freer
covariances: NCC, linear and quadratic discriminant analysis.

===============  =================================================================
`distances`      six metrics, their balls, how much "nearest" means
`nearest`        the k nearest of many queries
`voting`         what the neighbours say
`accuracy`       for many k from one ranking, leaving one out
`centres`        one centre a class, or several
`discriminants`  one Gaussian a class; the bridge from NCC to kNN
`bayes`          the truth, where it is known
`tree`           a search that tells what it did
===============  =================================================================

Wherever numbers are equal, a rule decides, so that the answer depends neither on the machine nor on the order of the
rows: examples as far as the k-th share the votes that are left for them; of classes with equal votes the one whose
voters are nearer on average wins, then the smaller label. Only `kneighbors`, which has to name k examples, takes the
smaller index.

References
----------
Fix & Hodges, "Discriminatory analysis. Nonparametric discrimination: consistency properties" (1951).
Cover & Hart, "Nearest neighbor pattern classification" (1967).
Hastie, Tibshirani & Friedman, "The elements of statistical learning" (2nd ed. 2009), chapters 2, 4 and 13.
"""

from core.classical.neighbors.accuracy import accuracy_over_k as accuracy_over_k
from core.classical.neighbors.accuracy import loo_accuracy as loo_accuracy
from core.classical.neighbors.bayes import bayes_proba as bayes_proba
from core.classical.neighbors.centres import Centroids as Centroids
from core.classical.neighbors.centres import centroid_scores as centroid_scores
from core.classical.neighbors.centres import centroids as centroids
from core.classical.neighbors.centres import ncc_predict as ncc_predict
from core.classical.neighbors.centres import prototypes as prototypes
from core.classical.neighbors.discriminants import Gaussians as Gaussians
from core.classical.neighbors.discriminants import bridge_scores as bridge_scores
from core.classical.neighbors.discriminants import gaussian_proba as gaussian_proba
from core.classical.neighbors.discriminants import gaussian_scores as gaussian_scores
from core.classical.neighbors.discriminants import gaussians as gaussians
from core.classical.neighbors.distances import METRICS as METRICS
from core.classical.neighbors.distances import ball as ball
from core.classical.neighbors.distances import contrast as contrast
from core.classical.neighbors.distances import has_volume as has_volume
from core.classical.neighbors.nearest import Voters as Voters
from core.classical.neighbors.nearest import kneighbors as kneighbors
from core.classical.neighbors.nearest import voters as voters
from core.classical.neighbors.tree import Search as Search
from core.classical.neighbors.tree import Tree as Tree
from core.classical.neighbors.tree import kdtree as kdtree
from core.classical.neighbors.tree import search as search
from core.classical.neighbors.voting import WEIGHTS as WEIGHTS
from core.classical.neighbors.voting import Vote as Vote
from core.classical.neighbors.voting import knn_predict as knn_predict
from core.classical.neighbors.voting import knn_proba as knn_proba
from core.classical.neighbors.voting import vote as vote
from core.classical.neighbors.voting import votes_of_samples as votes_of_samples
