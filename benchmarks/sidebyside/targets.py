# SPDX-FileCopyrightText: The Pingora for the JVM authors
# SPDX-License-Identifier: Apache-2.0
"""What is measured: the floor, two well-known proxies, and the gateway."""
import contextlib
import os
import shutil
import string
import subprocess

from . import machine

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ROOT = os.path.dirname(HERE)
WORK = os.path.join(ROOT, '.build', 'benchmarks')
PATH = os.environ['PATH'] + ':/usr/sbin'

FLOOR, OURS = 'relay', 'pingora'


class Target:
    """One running proxy: its process and where it answers."""

    def __init__(self, name, process, port, large=None):
        self.name, self.process, self.port = name, process, port
        self.large = large or self  # the floor has one process a body size

    def stop(self):
        machine.stop(self.process)
        if self.large is not self:
            self.large.stop()

    @property
    def pid(self):
        return self.process.pid


class Bench(contextlib.ExitStack):
    """Owns every process that it starts; leaving it ends them all."""

    def __enter__(self):
        super().__enter__()
        os.makedirs(WORK, exist_ok=True)
        for name in ('origin', 'relay'):
            subprocess.run(['gcc', '-O2', '-o', f'{WORK}/{name}', f'{HERE}/c/{name}.c'], check=True)
        self.small = self.origin(128)
        self.large = self.origin(1 << 20)
        return self

    def origin(self, body_bytes):
        port = machine.free_port()
        process = self.run([f'{WORK}/origin', port, body_bytes], machine.LOAD_CORE, 'origin')
        if machine.await_answer(port, process, 5) is None:
            raise SystemExit('the origin does not answer')
        return port

    def run(self, command, core, name, **more):
        process = machine.start(command, core, f'{WORK}/{name}.log', **more)
        self.callback(machine.stop, process)
        return process

    def stats(self):
        """(connections, requests) that the small origin has seen."""
        return tuple(map(int, machine.get(self.small, '/stats').split()))

    def target(self, name, wait=30, **settings):
        """Starts one; None, with a line of why, when it is not here or does not answer."""
        try:
            target = getattr(self, '_' + name)(**settings)
        except FileNotFoundError as missing:
            print(f'{name}: left out, {missing}')
            return None
        if machine.await_answer(target.port, target.process, wait) is None:
            print(f'{name}: left out, no answer (see {os.path.relpath(WORK, ROOT)}/{name}.log)')
            target.stop()
            return None
        return target

    def _relay(self):
        small, large = machine.free_port(), machine.free_port()
        large = Target('relay', self.run([f'{WORK}/relay', large, self.large], machine.PROXY_CORE, 'relay'), large)
        return Target('relay', self.run([f'{WORK}/relay', small, self.small], machine.PROXY_CORE, 'relay'), small, large)

    def _nginx(self):
        port, path = self.configuration('nginx.conf')
        return Target('nginx', self.run([find('nginx'), '-p', WORK, '-c', path], machine.PROXY_CORE, 'nginx'), port)

    def _haproxy(self):
        port, path = self.configuration('haproxy.cfg')
        return Target('haproxy', self.run([find('haproxy'), '-db', '-f', path], machine.PROXY_CORE, 'haproxy'), port)

    def _pingora(self, threads=1, java_options=''):
        port, path = self.configuration('pingora.yaml', THREADS=threads)
        environment = dict(os.environ, JDK_JAVA_OPTIONS=java_options) if java_options else None
        command = [os.path.join(ROOT, 'pingora'), '-c', path]
        return Target('pingora', self.run(command, machine.PROXY_CORE, 'pingora', env=environment), port)

    def configuration(self, name, **more):
        """Writes a peer's configuration with a free port; gives both."""
        port = machine.free_port()
        with open(f'{HERE}/peers/{name}') as f:
            text = string.Template(f.read()).substitute(PORT=port, SMALL=self.small, LARGE=self.large, **more)
        path = f'{WORK}/{port}-{name}'
        with open(path, 'w') as f:
            f.write(text)
        self.callback(os.unlink, path)
        return port, path


def find(command):
    path = shutil.which(command, path=PATH)
    if path is None:
        raise FileNotFoundError(f'{command} is not installed')
    return path
