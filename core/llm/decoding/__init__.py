"""Text out of a language model: which string to take, which words to allow, and what more answers are worth.

`chains`    a model small enough to list all of its strings: the best one, greedy and beam search, samples
`cuts`      temperature, top-k and top-p on the scores of the next word, in either order
`votes`     many answers: majority, best of n by a verifier, pass@k, refinement
`tools`     an adder that drops carries and knows how often: when is a calculator worth its price?
"""

from core.llm.decoding.chains import Chain as Chain
from core.llm.decoding.chains import Level as Level
from core.llm.decoding.chains import beam as beam
from core.llm.decoding.chains import best as best
from core.llm.decoding.chains import drawn as drawn
from core.llm.decoding.chains import entropy as entropy
from core.llm.decoding.chains import greedy as greedy
from core.llm.decoding.chains import log_probability as log_probability
from core.llm.decoding.chains import ranked as ranked
from core.llm.decoding.chains import sample as sample
from core.llm.decoding.chains import searched as searched
from core.llm.decoding.cuts import following as following
from core.llm.decoding.cuts import narrowed as narrowed
from core.llm.decoding.cuts import nucleus as nucleus
from core.llm.decoding.cuts import top_k as top_k
from core.llm.decoding.tools import added as added
from core.llm.decoding.tools import carries as carries
from core.llm.decoding.tools import carries_law as carries_law
from core.llm.decoding.tools import worth as worth
from core.llm.decoding.votes import majority as majority
from core.llm.decoding.votes import pass_at as pass_at
from core.llm.decoding.votes import refined as refined
from core.llm.decoding.votes import verified as verified
