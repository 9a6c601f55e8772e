"""The perceptron, four of its relatives, two rivals, and whether a line can separate at all.

A perceptron is a line (a plane, a hyperplane) with a side for each class. It scores a point x with w·[1, x], the bias
being w's first number, says 1 where the score is at least 0 and 0 elsewhere, and learns from its mistakes only: each
moves w by a share of the point it was made on.

==============  =======================================================================================================
`lines`         scores, classes, squared features, angles between lines
`rules`         learning: the perceptron's rule and its relatives
`shuffled`      the same examples in many orders
`dual`          the weights from how often each example moved them
`convergence`   whether a line separates, and the most updates that it can take
`hulls`         what of the plane lies within both classes
`rivals`        logistic regression and the support vector machine
==============  =======================================================================================================

References
----------
Rosenblatt, "The perceptron: a probabilistic model for information storage and organization in the brain" (1958).
Novikoff, "On convergence proofs on perceptrons" (1962).
"""

from core.classical.perceptron.convergence import Separability as Separability
from core.classical.perceptron.convergence import separability as separability
from core.classical.perceptron.dual import blame as blame
from core.classical.perceptron.dual import rebuild as rebuild
from core.classical.perceptron.hulls import hull as hull
from core.classical.perceptron.hulls import hull_overlap as hull_overlap
from core.classical.perceptron.lines import FEATURES as FEATURES
from core.classical.perceptron.lines import angle as angle
from core.classical.perceptron.lines import features as features
from core.classical.perceptron.lines import predict as predict
from core.classical.perceptron.lines import score as score
from core.classical.perceptron.lines import spread as spread
from core.classical.perceptron.lines import step as step
from core.classical.perceptron.rivals import logistic as logistic
from core.classical.perceptron.rivals import svm as svm
from core.classical.perceptron.rules import INITS as INITS
from core.classical.perceptron.rules import ORDERS as ORDERS
from core.classical.perceptron.rules import RULES as RULES
from core.classical.perceptron.rules import Trace as Trace
from core.classical.perceptron.rules import fit as fit
from core.classical.perceptron.shuffled import Orders as Orders
from core.classical.perceptron.shuffled import orders as orders
