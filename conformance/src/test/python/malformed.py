# SPDX-FileCopyrightText: The Pingora for the JVM authors
# SPDX-License-Identifier: Apache-2.0
"""Runs malformed handshakes against the port that is the argument.

Prints a line for each: name, answers that RFC 8446 (of TLS 1.2: RFC 5246) allows, answer, and
milliseconds, with tabs between. After each the server must serve a client without fault.
"""

import socket
import ssl
import sys
import time

import cases12  # registers its cases
import cases13  # registers its cases
from peer import PATIENCE, REQUEST, Ended, Peer
from registry import CASES


def serves(port):
    """Whether a client of another library is served."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        with socket.create_connection(("127.0.0.1", port), PATIENCE) as plain:
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
    port = int(sys.argv[1])
    wanted = sys.argv[2:]
    for case in CASES:
        if not wanted or any(part in case[0] for part in wanted):
            print(line(port, *case), flush=True)


main()
