"""Alignment: from comparisons to a reward, from a reward to a policy, and what a flawed reward makes of it.

All of it is exact and small: answers are few and numbered, a policy is a vector of probabilities over them.

================  ============================================================================
`preferences`     scores from comparisons (Bradley–Terry), how sure they are, what to ask next
`policies`        RLHF's best policy in closed form, DPO's by descent and at its optimum
`displacement`    DPO where answers share weights: who rises and who falls
`selection`       best-of-n, exactly, and answers whose reward is flawed
================  ============================================================================

References
----------
Bradley & Terry, "Rank analysis of incomplete block designs" (1952). Ford, "Solution of a ranking problem from binary
comparisons" (1957): when there are finite scores.
Rafailov et al., "Direct preference optimization: your language model is secretly a reward model" (2023).
Azar et al., "A general theoretical paradigm to understand learning from human preferences" (2023).
Razin et al., "Unintentional unalignment: likelihood displacement in direct preference optimization" (2024).
Pang et al., "Iterative reasoning preference optimization" (2024): the chosen answer's own likelihood in the loss.
Gao et al., "Scaling laws for reward model overoptimization" (2022).
Kwa et al., "Catastrophic Goodhart: regularizing RLHF with KL divergence does not mitigate heavy-tailed reward
misspecification" (2024).
"""

from core.llm.alignment.displacement import Walk as Walk
from core.llm.alignment.displacement import pull as pull
from core.llm.alignment.displacement import walk as walk
from core.llm.alignment.policies import divergence as divergence
from core.llm.alignment.policies import dpo as dpo
from core.llm.alignment.policies import dpo_loss as dpo_loss
from core.llm.alignment.policies import dpo_steps as dpo_steps
from core.llm.alignment.policies import rlhf as rlhf
from core.llm.alignment.preferences import answered as answered
from core.llm.alignment.preferences import around_mean as around_mean
from core.llm.alignment.preferences import bradley_terry as bradley_terry
from core.llm.alignment.preferences import chances as chances
from core.llm.alignment.preferences import foretold as foretold
from core.llm.alignment.preferences import next_pair as next_pair
from core.llm.alignment.preferences import spread as spread
from core.llm.alignment.preferences import tally as tally
from core.llm.alignment.selection import Answers as Answers
from core.llm.alignment.selection import best_of_n as best_of_n
from core.llm.alignment.selection import best_policy as best_policy
from core.llm.alignment.selection import bound as bound
from core.llm.alignment.selection import flawed as flawed
