"""The Transformer, in parts.

`heads`    one attention head, its mask, and which keys can win
`places`   codes of places, and what a shift does to them
`chains`   Markov chains in context: what can be foretold, and networks that learned to
`blocks`   a block forwards and backwards, with the norm before or after
`costs`    operations, bytes, and the roofline
"""

from core.pretraining.transformer.blocks import Block as Block
from core.pretraining.transformer.blocks import Signals as Signals
from core.pretraining.transformer.blocks import drawn as drawn
from core.pretraining.transformer.blocks import stack as stack
from core.pretraining.transformer.chains import Made as Made
from core.pretraining.transformer.chains import Net as Net
from core.pretraining.transformer.chains import bigram as bigram
from core.pretraining.transformer.chains import followers as followers
from core.pretraining.transformer.chains import learned as learned
from core.pretraining.transformer.chains import loss as loss
from core.pretraining.transformer.chains import previous as previous
from core.pretraining.transformer.chains import run as run
from core.pretraining.transformer.chains import sample as sample
from core.pretraining.transformer.chains import unigram as unigram
from core.pretraining.transformer.costs import Cost as Cost
from core.pretraining.transformer.costs import cost as cost
from core.pretraining.transformer.costs import roof as roof
from core.pretraining.transformer.heads import attention as attention
from core.pretraining.transformer.heads import causal as causal
from core.pretraining.transformer.heads import spread as spread
from core.pretraining.transformer.heads import winnable as winnable
from core.pretraining.transformer.places import positions as positions
from core.pretraining.transformer.places import shift as shift
from core.pretraining.transformer.places import speeds as speeds
