"""`accrual sync ARGUMENT…` for each line that comes in: `python -m tests.sync.forked_syncs ARGUMENT…`."""

import sync.diff
import sync.observation
from server.cli import main
from tests.sync.forks import fork_for_each_line

# Small batches: many transactions to die between.
sync.diff.BATCH, sync.observation.SLICE = 50, 500

fork_for_each_line(lambda _: main())
