"""From pages to tokens: what a language model reads, and what was done to it before.

===========  ==========================================================================
`pairs`      byte-pair encoding: training, encoding, decoding
`sentences`  the same 480 sentences in Japanese and in English, to train on and measure
`expansion`  new tokens for a small language model, and what their rows begin as
`copies`     shingles, MinHash, and bands that find near-duplicates
`web`        pages of which it is known what they are, and rules that filter them
`canary`     a number planted in the training text, and how far a model gives it away
===========  ==========================================================================
"""

from core.llm.tokens.canary import exposure as exposure
from core.llm.tokens.copies import agreeing as agreeing
from core.llm.tokens.copies import alike as alike
from core.llm.tokens.copies import edited as edited
from core.llm.tokens.copies import found as found
from core.llm.tokens.copies import jaccard as jaccard
from core.llm.tokens.copies import minhash as minhash
from core.llm.tokens.copies import shingles as shingles
from core.llm.tokens.pairs import BYTES as BYTES
from core.llm.tokens.pairs import Merges as Merges
from core.llm.tokens.pairs import Pair as Pair
from core.llm.tokens.pairs import common as common
from core.llm.tokens.pairs import merged as merged
from core.llm.tokens.pairs import spelled as spelled
from core.llm.tokens.pairs import train as train
from core.llm.tokens.sentences import corpus as corpus
from core.llm.tokens.sentences import counts as counts
from core.llm.tokens.sentences import measured as measured
from core.llm.tokens.sentences import sentences as sentences
from core.llm.tokens.web import KINDS as KINDS
from core.llm.tokens.web import Measured as Measured
from core.llm.tokens.web import Page as Page
from core.llm.tokens.web import kept as kept
from core.llm.tokens.web import measure as measure
from core.llm.tokens.web import pages as pages
