"""What a metric is called within a sentence."""

from models.vocabulary import Metric
from valuation.definition import DEFINITIONS


def label_of(metric: Metric) -> str:
    """The label of its definition; an abbreviation stays in capitals."""
    label = DEFINITIONS[metric.name].label
    return label if label[:2].isupper() else label[:1].lower() + label[1:]
