"""The contestants as processes: one worker of uvicorn each, with uvloop and httptools, on a free port."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import httpx

START_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Server:
    """A running one."""

    name: str
    url: str
    pid: int


@contextmanager
def serving(
    name: str, application: str, environment: Mapping[str, str], probe: str = "/livez"
) -> Generator[Server, None, None]:
    """`application` is a module and the name of a factory in it; `probe` answers once it is ready."""
    port = _free_port()
    command = [sys.executable, "-m", "uvicorn", "--factory", application, "--port", str(port), "--loop", "uvloop"]
    command += ["--http", "httptools", "--no-access-log", "--log-level", "warning", "--no-server-header"]
    process = subprocess.Popen(command, env={**os.environ, **environment})
    try:
        url = f"http://127.0.0.1:{port}"
        _await(process, url + probe)
        yield Server(name, url, process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=START_SECONDS)


def _await(process: "subprocess.Popen[bytes]", url: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}")
        try:
            httpx.get(url, timeout=1).raise_for_status()
        except httpx.HTTPError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"nothing answers at {url}")


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port
