"""In which order lists come, and how series are split and filled."""

from graph.words import Input, Words
from resolvers.part import Breakdown
from resolvers.roster import NullsOrder, ProtocolLevel, SortDirection
from resolvers.series import Fill

SAID: tuple[Words | Input, ...] = (
    Words(
        ProtocolLevel,
        "Which rows of the tree of protocols a list has.",
        {
            "ROOT": "Protocols that are nobody's part: parents and those without one, but no chains.",
            "CHILD": "Parts of a parent.",
            "CHAIN": "Chains, for the fees paid to themselves.",
            "ANY": "All of them; adding up their numbers would count parts twice.",
        },
    ),
    Words(SortDirection, "Which end comes first.", {"ASC": "The least first.", "DESC": "The most first."}),
    Words(
        NullsOrder,
        "Where those without a value come.",
        {"FIRST": "Before all others, in either direction.", "LAST": "After all others, in either direction."},
    ),
    Words(
        Breakdown,
        "By what a series is split.",
        {"CHAIN": "By the chain the money was earned on.", "STREAM": "By the named stream it comes from."},
    ),
    Words(
        Fill,
        "What stands in a bucket of which nothing is known.",
        {
            "NONE": "Null: gaps stay gaps.",
            "ZERO": "Zero, marked ESTIMATED.",
            "PREVIOUS": "The value before, marked ESTIMATED.",
        },
    ),
)
