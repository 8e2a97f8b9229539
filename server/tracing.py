"""Where spans go: to an OpenTelemetry collector, if one is configured, by OTLP over HTTP."""

import asyncio
import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from opentelemetry import context as ambient
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, OTELResourceDetector, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Span, SpanKind
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from sqlalchemy import Connection, ExceptionContext, event
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.types import ASGIApp, Receive, Scope, Send

from models.span import failed, tracer

# OpenTelemetry's own variables, which its exporter reads with all the others that it knows.
STANDARD = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
# In what SQLAlchemy keeps with a connection: the span of the statement that runs on it.
RUNNING = "accrual_span"
PARENT = TraceContextTextMapPropagator()


def is_traced(endpoint: str | None) -> bool:
    """Whether there is anywhere for spans to go; `endpoint` is a collector's base address."""
    return endpoint is not None or any(name in os.environ for name in STANDARD)


@asynccontextmanager
async def tracing(endpoint: str | None, engine: AsyncEngine | None = None) -> AsyncGenerator[None, None]:
    """Within, spans are sent, those of an engine's statements too; what is left of them at the end."""
    if not is_traced(endpoint):
        yield
        return
    provider = _provider(endpoint)
    if engine is not None:
        _trace_statements(engine)
    try:
        yield
    finally:
        await asyncio.to_thread(provider.force_flush)


class Continued:
    """Wraps an application: its spans continue the trace that a request names in `traceparent`."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope.get("headers", ())}
        token = ambient.attach(PARENT.extract(headers))
        try:
            await self.app(scope, receive, send)
        finally:
            ambient.detach(token)


def _provider(endpoint: str | None) -> TracerProvider:
    """That of this process: OpenTelemetry takes one alone, and a command may open its store more than once."""
    found = trace.get_tracer_provider()
    if isinstance(found, TracerProvider):
        return found
    resource = Resource({SERVICE_NAME: "accrual"}).merge(OTELResourceDetector().detect())
    provider = TracerProvider(resource=resource)
    exporter = OTLPSpanExporter(endpoint=f"{endpoint}/v1/traces" if endpoint else None)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    return provider


def _trace_statements(engine: AsyncEngine) -> None:
    """A span for each statement, without its text: values may stand in it. The batch around it says what it is for."""

    @event.listens_for(engine.sync_engine, "before_cursor_execute")
    def begin(connection: Connection, _cursor: Any, statement: str, *_: Any) -> None:
        verb = statement.split(None, 1)[0].upper()
        attributes = {"db.system.name": engine.dialect.name, "db.operation.name": verb}
        connection.info[RUNNING] = tracer.start_span(f"SQL {verb}", kind=SpanKind.CLIENT, attributes=attributes)

    @event.listens_for(engine.sync_engine, "after_cursor_execute")
    def end(connection: Connection, *_: Any) -> None:
        connection.info.pop(RUNNING).end()

    @event.listens_for(engine.sync_engine, "handle_error")
    def fail(error: ExceptionContext) -> None:
        span: Span | None = error.connection.info.pop(RUNNING, None) if error.connection is not None else None
        if span is not None:
            failed(span, type(error.original_exception).__name__)
            span.end()
