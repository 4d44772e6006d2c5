# SPDX-FileCopyrightText: The Pingora for the JVM authors
# SPDX-License-Identifier: Apache-2.0
"""Processes: started pinned to a core, read from /proc, ended by their own id."""
import os
import re
import resource
import signal
import socket
import subprocess
import time

PROXY_CORE, LOAD_CORE = 0, os.cpu_count() - 1


def start(command, core, log, **more):
    """Starts a process on one core; its output goes to the log file."""
    with open(log, 'ab') as out:
        return subprocess.Popen([str(part) for part in command], stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                                preexec_fn=lambda: prepare(core), **more)


def prepare(core):
    os.sched_setaffinity(0, {core})
    raise_descriptor_limit()


def raise_descriptor_limit():
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def stop(process):
    """Ends what start() gave: politely, then not."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def free_port():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


def tree(pid):
    """The process and all its children: nginx and HAProxy work in children."""
    found, todo = [], [pid]
    while todo:
        p = todo.pop()
        found.append(p)
        try:
            for task in os.listdir(f'/proc/{p}/task'):
                with open(f'/proc/{p}/task/{task}/children') as f:
                    todo += map(int, f.read().split())
        except OSError:
            pass  # gone meanwhile
    return found


def cpu_us(pid):
    """User and system time so far, microseconds."""
    ticks = 0
    for p in tree(pid):
        try:
            with open(f'/proc/{p}/stat') as f:
                fields = f.read().rsplit(')', 1)[1].split()
            ticks += int(fields[11]) + int(fields[12])
        except OSError:
            pass
    return ticks * 1e6 / os.sysconf('SC_CLK_TCK')


def rss_kib(pid):
    kib = 0
    for p in tree(pid):
        try:
            with open(f'/proc/{p}/status') as f:
                kib += int(re.search(r'VmRSS:\s+(\d+)', f.read()).group(1))
        except (OSError, AttributeError):
            pass
    return kib


def get(port, path='/', timeout=5):
    """The body of a plain GET, or None: used before and between measurements, never within one."""
    try:
        with socket.create_connection(('127.0.0.1', port), timeout) as s:
            s.sendall(f'GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'.encode())
            data = b''
            while b'\r\n\r\n' not in data:
                data += s.recv(65536) or fail()
            head, body = data.split(b'\r\n\r\n', 1)
            length = int(re.search(rb'(?i)content-length: *(\d+)', head).group(1))
            while len(body) < length:
                body += s.recv(65536) or fail()
            return body if b' 200 ' in head else None
    except (OSError, AttributeError):
        return None


def fail():
    raise ConnectionError('closed early')


def await_answer(port, process, seconds):
    """Seconds until the first answer, or None."""
    begin = time.monotonic()
    while time.monotonic() - begin < seconds and process.poll() is None:
        if get(port) is not None:
            return time.monotonic() - begin
        time.sleep(0.002)
    return None
