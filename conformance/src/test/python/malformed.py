# SPDX-FileCopyrightText: The Pingora for the JVM authors
# SPDX-License-Identifier: Apache-2.0
"""Runs malformed handshakes against the port that is the argument.

Prints a line for each: name, answers that RFC 8446 (of TLS 1.2: RFC 5246) allows, answer, and
milliseconds, with tabs between. After each the server must serve a client without fault.

With --patient before the port all cases are run at once, against a server that may keep a failure
to itself for half a minute.
"""

import socket
import ssl
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import cases12  # registers its cases
import cases13  # registers its cases
import peer as waiting
from peer import REQUEST, Ended, Peer
from registry import CASES


def serves(port):
    """Whether a client of another library is served."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        with socket.create_connection(("127.0.0.1", port), waiting.PATIENCE) as plain:
            with context.wrap_socket(plain, server_hostname="origin.example") as secure:
                secure.sendall(REQUEST)
                page = b""
                while b"the page" not in page:
                    octets = secure.recv(65536)
                    if not octets:
                        return False
                    page += octets
                return True
    except OSError:
        return False


def run(port, case):
    peer = Peer(port)
    try:
        return case(peer)
    except Ended as e:
        return str(e) + peer.open(str(e))
    finally:
        peer.close()


def line(port, name, allowed, case):
    began = time.monotonic()
    answer = run(port, case)
    if not serves(port):
        answer += ", and nobody served afterwards"
    millis = round(1000 * (time.monotonic() - began))
    return f"{name}\t{' '.join(allowed)}\t{answer}\t{millis}"


def main():
    arguments = sys.argv[1:]
    patient = arguments[0] == "--patient"
    if patient:
        arguments = arguments[1:]
        waiting.QUIET = 35  # s2n-tls keeps silent for up to 30 seconds
        waiting.PATIENCE = 60
    port = int(arguments[0])
    wanted = arguments[1:]
    cases = [
        each for each in CASES if not wanted or any(part in each[0] for part in wanted)
    ]
    with ThreadPoolExecutor(len(cases) if patient else 1) as threads:
        for answer in threads.map(lambda case: line(port, *case), cases):
            print(answer, flush=True)


main()
