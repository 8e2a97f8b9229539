"""What was measured, as a table, as JSON and against the bars."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from bench.contest import Measure
from bench.during import During
from bench.growth import Memory

Medians = Mapping[str, Mapping[str, Measure]]

# Requests per second of the first over those of the second, at least.
BARS: dict[tuple[str, str], tuple[float, ...]] = {
    ("T1", "g"): (1.2, 1.3, 1.2, 0.8),
    ("T2", "g"): (0.5, 0.25, 0.5, 0.4),
    ("T2", "f"): (1.3, 1.8, 3, 10),
    ("T3", "f"): (0.25, 0.4, 0.7, 1.8),
}
# CPU of the reference over that of T3, at least.
REFERENCE_BAR = (3, 8, 10, 20)
# p99 beside a publish over p99 without, at most; and the time of a publish over that of one without packs.
BESIDE_BAR, PACKS_BAR = 3, 1.5


def rows(engine: str, medians: Medians) -> list[list[str]]:
    """One line per contestant and query."""
    return [
        [engine, name, query, *_figures(m), _over(medians, "f", query, m), _over(medians, "g", query, m)]
        for name, queries in medians.items()
        for query, m in queries.items()
    ]


HEAD = ["engine", "server", "query", "requests/s", "p50 ms", "p99 ms", "CPU µs", "database µs", "÷ (f)", "÷ (g)"]


def bars(medians: Medians) -> list[list[str]]:
    """Each bar, what was reached, and whether that is enough."""
    found = []
    for (name, other), least in BARS.items():
        for (query, mine), bar in zip(medians[name].items(), least, strict=True):
            found.append(_bar(f"{name} ÷ ({other})", query, mine.rps / medians[other][query].rps, bar))
    for (query, mine), bar in zip(medians["T3"].items(), REFERENCE_BAR, strict=True):
        # A slow answer may leave none to measure in a short round.
        if query in medians["reference"]:
            found.append(_bar("reference CPU ÷ T3 CPU", query, medians["reference"][query].cpu_us / mine.cpu_us, bar))
    return found


def memory_line(held: Memory) -> str:
    before, after, bound = held.before_bytes / 1e6, held.after_bytes / 1e6, held.bound_bytes / 1e6
    return f"A worker with caches of {bound:.0f} MB: {before:.0f} MB, after {held.requests:,} requests {after:.0f} MB"


BESIDE = ["query", "p99 ms", "p99 ms beside a publish", "times", "bar", "met"]


def beside(found: During) -> list[list[str]]:
    """p99 of requests that were never asked, while an epoch is published."""
    lines = []
    for query in found.beside_ms:
        quiet = found.quiet_ms[query]
        times = found.beside_ms[query] / quiet
        met = "yes" if times <= BESIDE_BAR else "NO"
        lines.append([query, f"{quiet:.1f}", f"{found.beside_ms[query]:.1f}", f"{times:.1f}", f"{BESIDE_BAR:g}", met])
    return lines


def publish_line(found: During) -> str:
    seconds, packs, days = found.refresh
    times = seconds / (seconds - packs)
    met = "yes" if times <= PACKS_BAR else "NO"
    return (
        f"The publish of {days:,} days of series took {seconds:.1f} s, {packs:.1f} s of it for packs: "
        f"{times:.2f} times what it takes without (bar {PACKS_BAR:g}: {met})"
    )


def table(head: list[str], lines: list[list[str]]) -> str:
    """A Markdown table with its columns aligned."""
    widths = [max(len(line[n]) for line in [head, *lines]) for n in range(len(head))]
    ruled = [head, ["-" * width for width in widths], *lines]
    return "\n".join("| " + " | ".join(c.ljust(w) for c, w in zip(line, widths, strict=True)) + " |" for line in ruled)


def as_json(medians: Medians) -> dict[str, Any]:
    """{tier: {query: figures}}."""
    return {
        name: {
            query: {**asdict(m), "over_f": m.rps / medians["f"][query].rps, "over_g": m.rps / medians["g"][query].rps}
            for query, m in queries.items()
        }
        for name, queries in medians.items()
    }


def _figures(m: Measure) -> list[str]:
    return [f"{m.rps:,.0f}", f"{m.p50_ms:.2f}", f"{m.p99_ms:.2f}", f"{m.cpu_us:,.0f}", f"{m.database_us:,.0f}"]


def _bar(ratio: str, query: str, reached: float, bar: float) -> list[str]:
    return [ratio, query, f"{reached:.2f}", f"{bar:g}", "yes" if reached >= bar else "NO"]


def _over(medians: Medians, other: str, query: str, mine: Measure) -> str:
    return f"{mine.rps / medians[other][query].rps:.2f}"
