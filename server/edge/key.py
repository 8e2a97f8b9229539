"""API keys as text: made, read, and hashed for the store."""

import hmac
import secrets
from dataclasses import dataclass
from hashlib import sha256
from zlib import crc32

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
PREFIX = "accrual_live"
ID_LENGTH, SECRET_LENGTH, CHECK_LENGTH = 8, 43, 6
LENGTH = len(PREFIX) + ID_LENGTH + SECRET_LENGTH + CHECK_LENGTH + 3


@dataclass(frozen=True, slots=True)
class Key:
    """`accrual_live_<id>_<secret>_<check>`: the id is public, the secret has 256 bits."""

    key_id: str
    secret: str

    @property
    def text(self) -> str:
        body = f"{PREFIX}_{self.key_id}_{self.secret}"
        return f"{body}_{_check(body)}"

    def hashed(self, pepper: str) -> str:
        """What the store keeps. A secret drawn at random needs no slow hash, which would be a way to wear us out."""
        return hmac.new(pepper.encode(), self.secret.encode(), sha256).hexdigest()


def drawn() -> Key:
    """A new key."""
    return Key(_random(ID_LENGTH), _random(SECRET_LENGTH))


def read(text: str) -> Key | None:
    """The key of a text, None for one that was never ours: mistyped, cut short, or another service's."""
    if len(text) != LENGTH or not text.isascii() or not text.startswith(f"{PREFIX}_"):
        return None
    body, _, check = text.rpartition("_")
    if not hmac.compare_digest(check, _check(body)):
        return None
    key_id, _, secret = body.removeprefix(f"{PREFIX}_").partition("_")
    return Key(key_id, secret) if len(key_id) == ID_LENGTH else None


def _random(length: int) -> str:
    return "".join(secrets.choice(DIGITS) for _ in range(length))


def _check(body: str) -> str:
    """Tells a slip of the hand without a look into the store; it proves nothing."""
    number, digits = crc32(body.encode()), ""
    for _ in range(CHECK_LENGTH):
        number, digit = divmod(number, len(DIGITS))
        digits = DIGITS[digit] + digits
    return digits
