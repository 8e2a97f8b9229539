"""With what one value of a metric is asked."""

from typing import NamedTuple

from models.vocabulary import Metric, Window
from resolvers.given import Options
from resolvers.subject import Cell, Subject, cell_of


class MetricKey(NamedTuple):
    """What one value is asked with. `chain_id` and `stream` narrow it to a part of its subject."""

    subject: Subject
    metric: Metric
    window: Window
    options: Options = Options()
    chain_id: int = 0
    stream: str = ""

    @property
    def cell(self) -> Cell | None:
        """Where the metric is kept, if it is; None where the subject has no such thing."""
        return cell_of(self.subject, self.metric, self.chain_id, self.stream)
