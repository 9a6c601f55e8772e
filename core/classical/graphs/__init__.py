"""Graphs of chance: which of many variables depend on which, and what is known of the others once some are seen.

A Bayesian network draws arrows, and its joint probability is a product of one table a node; a Markov random field draws
lines between equals, here the pixels of an image, and its probability is the exponential of a sum over the lines.

=============  ===================================================================
`network`      tables, exact answers by sums, other arrows, interventions
`separation`   which nodes cannot tell anything of which: d-separation
`field`        black and white images whose neighbours agree, and their repair
`cut`          the minimum cut of a graph
`pictures`     digits in black and white, and pixels that turn over
=============  ===================================================================

References
----------
Pearl, "Probabilistic reasoning in intelligent systems" (1988), chapters 2 and 3.
Koller & Friedman, "Probabilistic graphical models" (2009), chapters 3, 4 and 9.
Besag, "On the statistical analysis of dirty pictures" (1986).
Greig, Porteous & Seheult, "Exact maximum a posteriori estimation for binary images" (1989).
"""

from core.classical.graphs.field import Law as Law
from core.classical.graphs.field import best_cut as best_cut
from core.classical.graphs.field import energy as energy
from core.classical.graphs.field import icm as icm
from core.classical.graphs.field import icm_path as icm_path
from core.classical.graphs.field import law as law
from core.classical.graphs.network import Network as Network
from core.classical.graphs.network import dependence as dependence
from core.classical.graphs.network import divergence as divergence
from core.classical.graphs.network import intervene as intervene
from core.classical.graphs.network import marginal as marginal
from core.classical.graphs.network import query as query
from core.classical.graphs.network import redrawn as redrawn
from core.classical.graphs.pictures import digit as digit
from core.classical.graphs.pictures import turned as turned
from core.classical.graphs.separation import blockers as blockers
from core.classical.graphs.separation import paths as paths
from core.classical.graphs.separation import separated as separated
