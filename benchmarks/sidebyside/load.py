# SPDX-FileCopyrightText: The Pingora for the JVM authors
# SPDX-License-Identifier: Apache-2.0
"""Load: wrk on the other core, and connections that do nothing."""
import os
import re
import socket
import subprocess
from collections import namedtuple

from . import machine
from .targets import find

Result = namedtuple('Result', 'requests p99 trouble')


def run(port, path='/a', seconds=3, connections=64):
    """Keep-alive requests for so many seconds."""
    command = [find('wrk'), '-t1', f'-c{connections}', f'-d{seconds}s', '--latency', f'http://127.0.0.1:{port}{path}']
    out = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL,
                         preexec_fn=lambda: machine.prepare(machine.LOAD_CORE)).stdout
    count = re.search(r'(\d+) requests in', out)
    p99 = re.search(r'99%\s+(\S+)', out)
    trouble = re.findall(r'Non-2xx or 3xx responses: \d+|Socket errors: .*', out)
    return Result(int(count.group(1)) if count else 0, p99.group(1) if p99 else '', ' '.join(trouble))


def hold_idle(port, count):
    """So many connections, each idle after one answered request."""
    machine.raise_descriptor_limit()
    os.sched_setaffinity(0, {machine.LOAD_CORE})
    held = []
    request = b'GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n'
    for _ in range(count):
        s = socket.create_connection(('127.0.0.1', port), 10)
        s.sendall(request)
        data = b''
        while not data.endswith(b'x' * 128):
            data += s.recv(4096) or machine.fail()
        held.append(s)
    return held


def close_all(held):
    for s in held:
        s.close()
