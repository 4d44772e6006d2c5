# SPDX-FileCopyrightText: The Pingora for the JVM authors
# SPDX-License-Identifier: Apache-2.0
"""TLS through the proxies: new connections, much content, idle connections; beside nginx."""
import re
import socket
import ssl
import statistics
import subprocess
import time

from . import load, machine
from .targets import ROOT, WORK, Target, find

PEER = 'nginx'
A_ROUND, WARM_ROUNDS = 3000, 10  # connections; JIT compilers work on the first 20,000
PROVIDERS = ['s2n', 'boringssl', 'rustls', 'openssl', 'jsse']


def certificate():
    """A P-256 pair for localhost."""
    cert, key = f'{WORK}/bench.pem', f'{WORK}/bench.key'
    subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '30',
                    '-keyout', key, '-out', cert, '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'],
                   check=True, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
    return {'CERT': cert, 'KEY': key}


def targets(bench):
    """nginx and the gateway with each library that is here; None of those that do not start."""
    pair = certificate()
    available = subprocess.run([f'{ROOT}/pingora', '--tls-providers'], capture_output=True, text=True, check=True).stdout
    found = [start(bench, PEER, 'nginx-tls.conf', lambda path: [find('nginx'), '-p', WORK, '-c', path], pair)]
    for name in PROVIDERS:
        if re.search(rf'^{name} +(?!not here)', available, re.M):
            found.append(start(bench, name, 'pingora-tls.yaml', lambda path: [f'{ROOT}/pingora', '-c', path],
                               pair | {'PROVIDER': name}))
    return [t for t in found if t]


def start(bench, name, conf, command, more):
    secure = machine.free_port()
    port, path = bench.configuration(conf, SECURE=secure, **more)
    target = Target(name, bench.run(command(path), machine.PROXY_CORE, name), port)
    target.secure = secure
    if machine.await_answer(port, target.process, 30) is None:
        print(f'{name}: left out, no answer')
        target.stop()
        return None
    return target


def connect(port, count):
    """So many new TLS 1.3 connections with one request each; gives how many were answered."""
    out = subprocess.run([find('ab'), '-q', '-n', str(count), '-c', '32', '-f', 'TLS1.3', f'https://127.0.0.1:{port}/a'],
                         capture_output=True, text=True, stdin=subprocess.DEVNULL,
                         preexec_fn=lambda: machine.prepare(machine.LOAD_CORE)).stdout
    done = re.search(r'Complete requests:\s+(\d+)', out)
    failed = re.search(r'Failed requests:\s+(\d+)', out)
    return int(done.group(1)) - int(failed.group(1)) if done and failed else 0


def table(title, found, work, options, unit, warm_rounds=1):
    print(f'\n## CPU per {title}, {options.rounds} rounds')
    spent = {t: [] for t in found}
    for t in found:  # warm-up, not counted
        until, rounds = time.monotonic() + options.warmup, 0
        while (rounds < warm_rounds or time.monotonic() < until) and work(t):
            rounds += 1
    for _ in range(options.rounds):
        for t in found:
            before = machine.cpu_us(t.pid)
            done = work(t)
            if done:
                spent[t].append((machine.cpu_us(t.pid) - before) / done)
    floor = next((spent[t] for t in found if t.name == PEER and spent[t]), None)
    print(f'{"target":<10}{"min " + unit:>9}{"median":>9}{"min/nginx":>11}{"med/nginx":>11}')
    for t in found:
        s = spent[t]
        ratios = (min(s) / min(floor), statistics.median(s) / statistics.median(floor)) if s and floor else (0, 0)
        print(f'{t.name:<10}{min(s):9.1f}{statistics.median(s):9.1f}{ratios[0]:11.2f}{ratios[1]:11.2f}' if s else f'{t.name:<10} no answer')


def wrk(port, seconds):
    command = [find('wrk'), '-t1', '-c16', f'-d{seconds}s', f'https://127.0.0.1:{port}/large']
    out = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL,
                         preexec_fn=lambda: machine.prepare(machine.LOAD_CORE)).stdout
    count = re.search(r'(\d+) requests in', out)
    return int(count.group(1)) if count else 0


def idle(t, count):
    """RSS of a connection that waits for its next request."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    for _ in range(3):
        connect(t.secure, 300)
    load.run(t.port, seconds=2)
    time.sleep(2)
    before, held = machine.rss_kib(t.pid), []
    for _ in range(count):
        s = context.wrap_socket(socket.create_connection(('127.0.0.1', t.secure), 10))
        s.sendall(b'GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n')
        data = b''
        while not data.endswith(b'x' * 128):
            data += s.recv(4096) or machine.fail()
        held.append(s)
    time.sleep(3)
    print(f'{t.name:<10} RSS {(machine.rss_kib(t.pid) - before) / count:6.2f} KiB')
    load.close_all(held)


def run(bench, options):
    found = targets(bench)
    table('new TLS 1.3 connection (P-256) with one request', found, lambda t: connect(t.secure, A_ROUND), options, 'µs', WARM_ROUNDS)
    table('1 MiB response over TLS', found, lambda t: wrk(t.secure, options.seconds), options, 'µs')
    print('\n## Memory of an idle kept-alive TLS connection, at 2000')
    for t in found:
        idle(t, 2000)
        t.stop()
