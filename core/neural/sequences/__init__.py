"""Networks that read one step after another.

`cells`      the plain recurrent network and the LSTM, and what a step of long ago still counts
`adder`      a recurrent network that adds: three threshold units by hand, others by training
`suitcase`   what fits into a state of fixed size, and attention, which carries nothing
"""

from core.neural.sequences.adder import Addition as Addition
from core.neural.sequences.adder import Learned as Learned
from core.neural.sequences.adder import adder_units as adder_units
from core.neural.sequences.adder import adding as adding
from core.neural.sequences.adder import bits as bits
from core.neural.sequences.adder import by_hand as by_hand
from core.neural.sequences.adder import carry_read as carry_read
from core.neural.sequences.adder import learned as learned
from core.neural.sequences.adder import no_carry as no_carry
from core.neural.sequences.adder import number as number
from core.neural.sequences.adder import tried as tried
from core.neural.sequences.adder import wrong_end as wrong_end
from core.neural.sequences.cells import LSTM as LSTM
from core.neural.sequences.cells import drawn as drawn
from core.neural.sequences.cells import lstm as lstm
from core.neural.sequences.cells import lstm_reach as lstm_reach
from core.neural.sequences.cells import rnn as rnn
from core.neural.sequences.cells import rnn_reach as rnn_reach
from core.neural.sequences.suitcase import attention as attention
from core.neural.sequences.suitcase import positions as positions
from core.neural.sequences.suitcase import recall as recall
from core.neural.sequences.suitcase import recall_ceiling as recall_ceiling
