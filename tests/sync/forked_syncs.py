"""`accrual sync` as many processes as lines come in, each split off one that has loaded everything.

`python -m tests.sync.forked_syncs ARGUMENT…`: prints the number of each process, and what it returned.
"""

import os
import sys

import sync.diff
import sync.observation
from server.cli import main

# Small batches: many transactions to die between.
sync.diff.BATCH, sync.observation.SLICE = 50, 500

for _ in sys.stdin:
    number = os.fork()
    if not number:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        main()
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()
    _, status = os.waitpid(number, 0)
    sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
    sys.stdout.flush()
