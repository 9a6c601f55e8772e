"""Backpropagation by hand: one trip up for the answer, one trip down for every weight's share in the loss.

==========  ===============================================================================
`passes`    both trips, three losses, gradients, and the finite differences to check them by
`training`  a small network learns points in classes, and keeps a film of its weights
`inputs`    squares, products and sines of two inputs
`luck`      many networks at once that differ in nothing but where they start
`pulled`    a network of digits, asked without some of its layers
==========  ===============================================================================

A network is a list of (W, b), W (in, out) and b (out,): h = φ(h W + b) in each hidden layer, plus h where a residual
network's layer is as wide as the one before; the last layer has no φ.

References
----------
D. E. Rumelhart, G. E. Hinton, R. J. Williams (1986), Learning representations by back-propagating errors. Nature 323.
"""

from core.neural.backprop.inputs import INPUTS as INPUTS
from core.neural.backprop.inputs import lifted as lifted
from core.neural.backprop.luck import Luck as Luck
from core.neural.backprop.luck import luck as luck
from core.neural.backprop.passes import ACTIVATIONS as ACTIVATIONS
from core.neural.backprop.passes import LOSSES as LOSSES
from core.neural.backprop.passes import Pass as Pass
from core.neural.backprop.passes import Weights as Weights
from core.neural.backprop.passes import differences as differences
from core.neural.backprop.passes import gradients as gradients
from core.neural.backprop.passes import outputs as outputs
from core.neural.backprop.passes import run as run
from core.neural.backprop.training import INITS as INITS
from core.neural.backprop.training import OPTIMIZERS as OPTIMIZERS
from core.neural.backprop.training import Training as Training
from core.neural.backprop.training import initial as initial
from core.neural.backprop.training import train as train
