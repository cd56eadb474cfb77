"""Talking to a server that a test has just started."""

from __future__ import annotations

import socket
import subprocess
import urllib.error
import urllib.request


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def ask(url: str, method: str = "GET") -> bytes:
    """The body of one answer."""
    request = urllib.request.Request(url, method=method)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return bytes(answer.read())


def first_answer(process: subprocess.Popen, url: str) -> bytes:
    """The first answer of a server that is still starting; fails as soon as its process has ended."""
    while True:
        try:
            return ask(url)
        except urllib.error.URLError as error:
            if isinstance(error, urllib.error.HTTPError):
                raise
        try:
            status = process.wait(timeout=0.1)
        except subprocess.TimeoutExpired:
            continue
        raise RuntimeError(f"server: ended with status {status} (must run)")
