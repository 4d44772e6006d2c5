# SPDX-FileCopyrightText: The Pingora for the JVM authors
# SPDX-License-Identifier: Apache-2.0
"""Figures that only a JVM gives about itself, by jcmd and an attached reader."""
import os
import re
import subprocess

from . import machine
from .targets import ROOT


def java_home():
    script = f'source "{ROOT}/build/jdk.sh" && echo "$JAVA_HOME"'
    return subprocess.run(['bash', '-c', script], capture_output=True, text=True, check=True).stdout.strip()


def jdk(tool, *arguments):
    command = [os.path.join(java_home(), 'bin', tool), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60,
                          preexec_fn=lambda: machine.prepare(machine.LOAD_CORE)).stdout


def live_heap_kib(pid):
    """What survives a full collection."""
    jdk('jcmd', pid, 'GC.run')
    used = re.findall(r'total \d+K, used (\d+)K', jdk('jcmd', pid, 'GC.heap_info'))  # a line for each generation
    if not used:
        raise ValueError('jcmd GC.heap_info tells no generation')
    return sum(map(int, used))


def native_kib(pid):
    """Memory that the JVM knows of beside the heap; needs -XX:NativeMemoryTracking=summary."""
    out = jdk('jcmd', pid, 'VM.native_memory', 'summary')
    total = re.search(r'Total: reserved=\d+KB, committed=(\d+)KB', out)
    heap = re.search(r'Java Heap \(reserved=\d+KB, committed=(\d+)KB', out)
    return int(total.group(1)) - int(heap.group(1)) if total and heap else None


def allocated_bytes(pid):
    """Heap allocated since the start, by all threads, ended ones too."""
    return int(jdk('java', os.path.join(os.path.dirname(__file__), 'Allocated.java'), pid).split()[-1])
