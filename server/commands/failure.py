"""What a failed command says, and returns."""

from sqlalchemy.exc import DBAPIError

from models.engine import in_one_line
from models.epoch import EpochError
from models.lock import Locked
from models.publication import RecordingRefused
from server.edge.keyring import KeyRefused
from server.edge.persisted import BadManifest
from server.settings import BadSettings
from sync.bundle import StoreInUse
from sync.generate import HoldsRealData

FAILED, MISUSED, LOCKED = 1, 2, 3

CODES: dict[type[Exception], int] = {
    BadSettings: MISUSED,
    Locked: LOCKED,
    RecordingRefused: FAILED,
    HoldsRealData: FAILED,
    KeyRefused: FAILED,
    BadManifest: MISUSED,
    StoreInUse: FAILED,
    EpochError: FAILED,
    DBAPIError: FAILED,
    OSError: FAILED,
}
EXPECTED = tuple(CODES)


def code_of(error: Exception) -> int:
    """The exit code for one of the EXPECTED."""
    return next(code for kind, code in CODES.items() if isinstance(error, kind))


def sentence_of(error: Exception) -> str:
    """One line, without what a driver says of its statement and parameters."""
    if isinstance(error, DBAPIError):
        return f"the store refused: {in_one_line(error)}"
    if isinstance(error, OSError):
        return f"the system refused: {error}"
    return str(error)
