"""The small dispute that an analyst begins with, explained in comments."""

FORM = """\
# A dispute: who decides, what each can do, and what each prefers.
#   hikiwake dispute solve FILE        which outcomes are stable
#   hikiwake dispute explain FILE      why
#   hikiwake dispute inverse FILE      what would have to change
# In a dossier the same lines stand below `dispute:`, two spaces further in.
analyst: who judged the preferences, and when    # the ranking is a judgement: say whose
decision_makers:
  - {id: A, name: Country A}
  - {id: B, name: Country B}

# An option is taken or not. `taken` and `not_taken` complete the sentence "Country A …".
# Where a step cannot be undone: direction: forward (or backward).
options:
  - {id: offer, owner: A, taken: offers trade, not_taken: offers no trade}
  - {id: claim, owner: A, taken: keeps its claim, not_taken: gives up its claim}
  - {id: withdraw, owner: B, taken: withdraws, not_taken: stays}

# Conditions use not, and, or, if … then …, iff, "at least one of (a, b)", "at most one of (a, b)".
infeasible: [not claim and withdraw]             # outcomes that cannot be
definitions:
  settled: withdraw and offer
status_quo: NYN                                  # Y or N for each option, in the order above
wanted:
  - {id: settlement, name: a settlement, holds: settled}

# What each prefers, the most important first; a state that fulfils a more important line is better.
# Other ways: ranking: [YYY, [YYN, NYN], …] (best first, ties in brackets) or weights: {offer: 2, claim: -1}
preferences:
  A:
    statements:
      - {id: A1, holds: withdraw, label: sees B withdraw, why: what it has asked for since the war}
      - {id: A2, holds: claim, label: keeps its claim, why: opinion at home}
      - {id: A3, holds: if offer then withdraw, label: gives nothing for nothing}
  B:
    statements:
      - {id: B1, holds: offer, label: has A's trade, why: it needs the market}
      - {id: B2, holds: not withdraw, label: stays, why: its navy}
    # A preference may also say what is not known of it, and what is much better and not only better:
    # unknown: [{whether: B2}]       # or {order: [B1, B2]}, or {between: [YYY, NYN]}
    # strong: [{down_to: B1}]        # or {between: [YYY, NYN]}, or {by: dW, least: 0.5}

# States that a side does not see (labels or conditions):
# unaware: {B: [offer and withdraw]}
# Changes of welfare, and what a deal is worth beside trade (hikiwake dispute economics FILE):
# quantities:
#   dW: {unit: "%", rows: [{where: settled, values: {A: 0.2, B: 0.5}}, {where: "*", values: {A: 0, B: 0}}]}
# economics: {payment: {payer: A, receiver: B, payer_value: [0, 4], receiver_value: [1, 3]}}
"""
