"""Spans of a trace: what was done and for how long. How it failed is told by its kind: the words may quote a caller."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager

from opentelemetry.trace import Span, SpanKind, StatusCode, get_tracer
from opentelemetry.util.types import AttributeValue

# Costs microseconds and goes nowhere until a program sets up where spans are sent.
tracer = get_tracer("accrual")


@contextmanager
def span(
    name: str, attributes: Mapping[str, AttributeValue], kind: SpanKind = SpanKind.INTERNAL
) -> Generator[Span, None, None]:
    """Spans what is done within, as a part of the span around it."""
    with tracer.start_as_current_span(
        name, kind=kind, attributes=attributes, record_exception=False, set_status_on_exception=False
    ) as current:
        try:
            yield current
        except BaseException as error:
            failed(current, type(error).__name__)
            raise


def failed(current: Span, kind: str) -> None:
    """Mark a span as failed."""
    current.set_status(StatusCode.ERROR)
    current.set_attribute("error.type", kind)
