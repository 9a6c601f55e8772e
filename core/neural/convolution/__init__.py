"""Convolution: a small window that slides; networks made of it; and which pixels their answers hang on.

==========  ==============================================================================
`windows`   correlation, pooling, and the dense layer that a convolution is in disguise
`network`   small networks on digits: conv, ReLU, pooling, dense, both trips, training
`shifts`    what a shift by a pixel does to them
`trained`   networks trained ahead, and what was measured on them
`explain`   gradients, integrated gradients, deletion, and a test whether a map is about the model
==========  ==============================================================================

References
----------
Y. LeCun, L. Bottou, Y. Bengio, P. Haffner (1998), Gradient-based learning applied to document recognition. Proc. IEEE.
R. Zhang (2019), Making convolutional networks shift-invariant again. ICML.
M. Sundararajan, A. Taly, Q. Yan (2017), Axiomatic attribution for deep networks. ICML.
J. Adebayo et al. (2018), Sanity checks for saliency maps. NeurIPS.
"""

from core.neural.convolution.explain import MAPS as MAPS
from core.neural.convolution.explain import deletion as deletion
from core.neural.convolution.explain import integrated_gradients as integrated_gradients
from core.neural.convolution.explain import rank_correlation as rank_correlation
from core.neural.convolution.explain import saliency as saliency
from core.neural.convolution.network import KINDS as KINDS
from core.neural.convolution.network import SIDE as SIDE
from core.neural.convolution.network import Network as Network
from core.neural.convolution.network import digits as digits
from core.neural.convolution.network import initial as initial
from core.neural.convolution.network import train as train
from core.neural.convolution.shifts import moved as moved
from core.neural.convolution.shifts import turned as turned
from core.neural.convolution.trained import SEEDS as SEEDS
from core.neural.convolution.trained import WAYS as WAYS
from core.neural.convolution.trained import Made as Made
from core.neural.convolution.trained import made as made
from core.neural.convolution.trained import randomised as randomised
from core.neural.convolution.windows import KERNELS as KERNELS
from core.neural.convolution.windows import as_matrix as as_matrix
from core.neural.convolution.windows import correlate as correlate
from core.neural.convolution.windows import pool as pool
