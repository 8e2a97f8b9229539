"""What the machine says of a process: the CPU it has used, the memory it holds."""

import os
import platform
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pids: set[int]) -> float:
    """User and system time of processes that are still there."""
    return sum(_ticks(pid) for pid in pids) / TICK


def family(pid: int) -> set[int]:
    """A process and all its descendants."""
    children: dict[int, list[int]] = {}
    for each in Path("/proc").iterdir():
        if each.name.isdigit():
            fields = _stat(int(each.name))
            if fields:
                children.setdefault(int(fields[1]), []).append(int(each.name))
    found, open_ = {pid}, [pid]
    while open_:
        below = children.get(open_.pop(), [])
        found.update(below)
        open_ += below
    return found


def resident_bytes(pid: int) -> int:
    """Memory of its own: pages of files that are mapped, a SQLite store's among them, are the kernel's to take back."""
    status = (Path("/proc") / str(pid) / "status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("RssAnon:"))
    return int(line.split()[1]) * 1024


def described() -> str:
    """The machine in one line."""
    cpu = next(
        (line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line),
        platform.machine(),
    )
    return (
        f"{os.cpu_count()} cores of {cpu}, {platform.system()} {platform.release()}, Python {platform.python_version()}"
    )


def _ticks(pid: int) -> int:
    fields = _stat(pid)
    return int(fields[11]) + int(fields[12]) if fields else 0


def _stat(pid: int) -> list[str]:
    """The fields after the name, from the state on; none for a process that has ended."""
    try:
        text = (Path("/proc") / str(pid) / "stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return []
    return text.rpartition(")")[2].split()
