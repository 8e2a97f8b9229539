"""Global ids: what a thing is and its number, which it keeps for good."""

import base64
import binascii
from typing import NamedTuple

from resolvers.errors import BadId

# The longest type name, a colon and a 64-bit number fit well into this.
LONGEST = 100


class Identity(NamedTuple):
    """`type_`: the name of a GraphQL type that has ids."""

    type_: str
    number: int


def global_id(type_: str, number: int) -> str:
    return base64.urlsafe_b64encode(f"{type_}:{number}".encode()).decode()


def identity_of(id_: str, *types: str) -> Identity:
    """What a global id stands for, which must be one of `types`; raises BadId."""
    try:
        if len(id_) > LONGEST or not id_.isascii():
            raise BadId(f"not an id of this API: {id_[:LONGEST]}")
        type_, _, digits = base64.b64decode(id_, altchars=b"-_", validate=True).decode("ascii").partition(":")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise BadId(f"not an id of this API: {id_}") from error
    # A number of more digits than 64 bits have was never given out, and would be slow to read.
    if not digits.isdecimal() or len(digits) > 18 or digits != str(int(digits)):
        raise BadId(f"not an id of this API: {id_}")
    if type_ not in types:
        raise BadId(f"this is the id of a {type_}, not of a {' or a '.join(types)}" if type_.isalpha() else "not an id")
    return Identity(type_, int(digits))
