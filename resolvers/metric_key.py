"""With what one value of a metric is asked."""

from typing import NamedTuple

from models.vocabulary import Metric, Window
from resolvers.given import Options
from resolvers.subject import Subject


class MetricKey(NamedTuple):
    """What one value is asked with. `chain_id` and `stream` narrow it to a part of its subject."""

    subject: Subject
    metric: Metric
    window: Window
    options: Options = Options()
    chain_id: int = 0
    stream: str = ""
