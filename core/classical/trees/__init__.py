"""Trees that ask one question at a time, and what comes of many of them: forests, boosting.

=============  ====================================================================================
`growing`      the best cut at each node, level by level, for one tree or for many at once
`questions`    one tree for classes or for numbers; its gains; the best tree of two questions
`woods`        the random forest, what its trees share, and what they say of what they did not see
`boosting`     AdaBoost and gradient boosting: each tree mends what the ones before it left
=============  ====================================================================================

A question is "is x_f at most c?"; c lies half-way between two neighbouring values. Of cuts that gain the same, the
first feature's lowest is taken, so that the answer does not depend on the machine.

References
----------
Breiman, Friedman, Olshen & Stone, "Classification and regression trees" (1984).
Breiman, "Random forests" (2001).
Freund & Schapire, "A decision-theoretic generalization of on-line learning and an application to boosting" (1997).
Friedman, "Greedy function approximation: a gradient boosting machine" (2001).
Hastie, Tibshirani & Friedman, "The elements of statistical learning" (2nd ed. 2009), chapters 9, 10 and 15.
"""

from core.classical.trees.boosting import Ensemble as Ensemble
from core.classical.trees.boosting import adaboost as adaboost
from core.classical.trees.boosting import gradient_boost as gradient_boost
from core.classical.trees.growing import CRITERIA as CRITERIA
from core.classical.trees.growing import Tree as Tree
from core.classical.trees.questions import best_of_two as best_of_two
from core.classical.trees.questions import gains as gains
from core.classical.trees.questions import grow as grow
from core.classical.trees.questions import grow_regression as grow_regression
from core.classical.trees.woods import Forest as Forest
from core.classical.trees.woods import Shared as Shared
from core.classical.trees.woods import forest as forest
from core.classical.trees.woods import shared as shared
