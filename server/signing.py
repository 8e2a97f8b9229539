"""Signatures on messages that leave, by the Standard Webhooks convention: https://www.standardwebhooks.com."""

import base64
import hmac
import secrets
from collections.abc import Sequence
from hashlib import sha256

PREFIX = "whsec_"
# Keeps these secrets apart from whatever else is derived from the same pepper.
PURPOSE = b"accrual: signs messages|"
SEED_BYTES = 32


def drawn_seed() -> str:
    """What is stored of a new secret: random, and with the server's pepper all that it is made of."""
    return secrets.token_hex(SEED_BYTES)


def secret_of(pepper: str, seed: str) -> bytes:
    """The secret of a seed: 32 bytes that nobody can make who has the store but not the pepper."""
    return hmac.new(pepper.encode(), PURPOSE + seed.encode(), sha256).digest()


def shown(secret: bytes) -> str:
    """A secret as its receiver keeps it."""
    return PREFIX + base64.b64encode(secret).decode()


def signed(keys: Sequence[bytes], id_: str, second: int, body: bytes) -> dict[str, str]:
    """The headers that prove who sent a message and when; one signature for each key, so that keys can be changed."""
    content = b"%s.%d.%s" % (id_.encode(), second, body)
    made = (base64.b64encode(hmac.new(key, content, sha256).digest()).decode() for key in keys)
    return {
        "webhook-id": id_,
        "webhook-timestamp": str(second),
        "webhook-signature": " ".join(f"v1,{each}" for each in made),
    }
