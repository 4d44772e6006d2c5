# SPDX-FileCopyrightText: The Pingora for the JVM authors
# SPDX-License-Identifier: Apache-2.0
"""A TLS client that does as it is told: each flight is in the hands of the case that is run.

Cryptography, key schedule and record protection are tlslite-ng's; messages are octets. What the
server shows of itself (certificate, signatures) is not checked: that is not what is tested.
"""

import hmac
import os
import socket

from tlslite.constants import AlertDescription
from tlslite.errors import BaseTLSException, TLSAbruptCloseError
from tlslite.handshakehashes import HandshakeHashes
from tlslite.keyexchange import ECDHKeyExchange
from tlslite.mathtls import calc_key
from tlslite.recordlayer import RecordLayer
from tlslite.utils.cryptomath import HKDF_expand_label, derive_secret, secureHMAC

CCS, ALERT, HANDSHAKE, DATA = 20, 21, 22, 23

# Handshake messages, RFC 8446 §4.
CLIENT_HELLO, SERVER_HELLO, TICKET, CERTIFICATE, FINISHED, KEY_UPDATE = 1, 2, 4, 11, 20, 24
KEY_EXCHANGE, HELLO_DONE, CLIENT_KEY_EXCHANGE = 12, 14, 16

# Extensions.
SNI, GROUPS, FORMATS, SCHEMES, ALPN, EMS = 0, 10, 11, 13, 16, 23
PSK, EARLY_DATA, VERSIONS, COOKIE, PSK_MODES, KEY_SHARE = 41, 42, 43, 44, 45, 51
RENEGOTIATION = 0xFF01

X25519, P256, X448, P521 = 29, 23, 30, 25
AES_128_GCM = 0x1301
ECDHE_ECDSA, ECDHE_RSA = 0xC02B, 0xC02F

REQUEST = b"GET / HTTP/1.1\r\nHost: origin.example\r\nConnection: close\r\n\r\n"
RETRY = bytes.fromhex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c")

# Seconds until a server that owes us something counts as silent.
PATIENCE = 8

# Seconds after which one that took what was wrong is known to wait for more.
QUIET = 1


# Those that end a connection.
ALERTS = {name for name in vars(AlertDescription) if name[0].islower()} - {"no_renegotiation"}


class Ended(Exception):
    """The server's last word: an alert's name, `closed` or `silent`."""


def number(value, octets):
    return value.to_bytes(octets, "big")


def vector(content, octets=2):
    return number(len(content), octets) + content


def numbers(values, octets=2):
    return b"".join(number(value, 2) for value in values)


def message(kind, body):
    return number(kind, 1) + vector(body, 3)


def share(group, key):
    return number(group, 2) + vector(key)


class Hello:
    """A ClientHello whose parts can be changed."""

    def __init__(self, version=0x0303, suites=(AES_128_GCM,), extensions=(), session=None):
        self.version = version
        self.random = os.urandom(32)
        self.session = os.urandom(32) if session is None else session
        self.suites = suites
        self.compression = b"\0"
        self.extensions = list(extensions)

    def put(self, kind, body):
        """Replaces the extension where it is, or adds it."""
        for i, (other, _) in enumerate(self.extensions):
            if other == kind:
                self.extensions[i] = (kind, body)
                return self
        self.extensions.append((kind, body))
        return self

    def drop(self, *kinds):
        self.extensions = [each for each in self.extensions if each[0] not in kinds]
        return self

    def start(self):
        """All before the extensions."""
        return (
            number(self.version, 2)
            + self.random
            + vector(self.session, 1)
            + vector(numbers(self.suites))
            + vector(self.compression, 1)
        )

    def block(self):
        """The extensions, without the length of all."""
        return b"".join(number(kind, 2) + vector(body) for kind, body in self.extensions)

    def octets(self):
        return message(CLIENT_HELLO, self.start() + vector(self.block()))


class Peer:
    """One connection."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.layer = RecordLayer(self.socket)
        self.layer.client = True
        self.layer.version = (3, 3)
        self.transcript = HandshakeHashes()
        self.pending = b""  # handshake octets that came and are not read yet
        self.keys = {}
        self.private = {}
        self.content = b""

    def close(self):
        self.socket.close()

    # Sending

    def raw(self, octets):
        try:
            self.socket.sendall(octets)
        except OSError:
            pass  # what the server said before it closed is still to be read

    def plain(self, kind, content, version=0x0303):
        self.raw(number(kind, 1) + number(version, 2) + vector(content))

    def seal(self, kind, content):
        """A protected record."""
        if self.layer._is_tls13_plus():
            body = self.layer._encryptThenSeal(bytearray(content + number(kind, 1)), DATA)
            kind = DATA
        else:
            body = self.layer._encryptThenSeal(bytearray(content), kind)
        return number(kind, 1) + b"\3\3" + vector(bytes(body))

    def send(self, kind, content):
        self.raw(self.seal(kind, content))

    def hello(self, hello, version=0x0301):
        octets = hello.octets()
        self.plain(HANDSHAKE, octets, version)
        self.said(hello, octets)

    def said(self, hello, octets=None):
        """Takes a hello into the transcript."""
        self.greeting = hello
        self.transcript.update(bytearray(octets or hello.octets()))

    def key(self, group):
        """The public half of a new key."""
        exchange = ECDHKeyExchange(group, (3, 4))
        private = exchange.get_random_private_key()
        self.private.setdefault(group, private)  # of two, servers take the first
        return bytes(exchange.calc_public_value(private))

    def standard(self, groups=(X25519, P256), shares=(X25519,)):
        """A good ClientHello of TLS 1.3."""
        self.private.clear()
        entries = b"".join(share(group, self.key(group)) for group in shares)
        return Hello(
            extensions=[
                (SNI, vector(b"\0" + vector(b"origin.example"))),
                (GROUPS, vector(numbers(groups))),
                (SCHEMES, vector(numbers([0x0403, 0x0804, 0x0401]))),
                (VERSIONS, vector(numbers([0x0304]), 1)),
                (PSK_MODES, b"\1\1"),
                (KEY_SHARE, vector(entries)),
            ]
        )

    def older(self):
        """A good ClientHello of TLS 1.2."""
        return Hello(
            suites=(ECDHE_ECDSA, ECDHE_RSA),
            session=b"",
            extensions=[
                (SNI, vector(b"\0" + vector(b"origin.example"))),
                (GROUPS, vector(numbers([P256]))),
                (FORMATS, b"\1\0"),
                (SCHEMES, vector(numbers([0x0403, 0x0804, 0x0401]))),
                (EMS, b""),
                (RENEGOTIATION, b"\0"),
            ],
        )

    # Receiving

    def record(self):
        """The next record; an alert ends the conversation."""
        try:
            for result in self.layer.recvRecord():
                if result not in (0, 1):
                    header, parser = result
                    break
        except TLSAbruptCloseError:
            raise Ended("closed") from None
        except TimeoutError:
            raise Ended("silent") from None
        except OSError:
            raise Ended("closed") from None  # with or without a reset: that depends on what was unread
        except BaseTLSException as e:
            raise Ended(f"unreadable: {type(e).__name__}") from None
        content = bytes(parser.bytes)
        if header.type == ALERT:
            raise Ended(AlertDescription.toStr(content[1]))
        return header.type, content

    def next(self, *kinds):
        """The next handshake message, which must be of one of these kinds."""
        while len(self.pending) < 4 or len(self.pending) < 4 + self.length():
            kind, content = self.record()
            if kind == HANDSHAKE:
                self.pending += content
            elif kind != CCS:
                raise Ended(f"a record of type {kind}")
        octets = self.pending[: 4 + self.length()]
        self.pending = self.pending[len(octets) :]
        if octets[0] not in kinds:
            raise Ended(f"handshake message {octets[0]}")
        return octets[0], octets[4:], octets

    def length(self):
        return int.from_bytes(self.pending[1:4], "big")

    def answer(self):
        """What the server says to what is wrong; `accepted` when it waits for more."""
        self.socket.settimeout(QUIET)
        word = self.response()
        return "accepted" if word == "silent" else word

    def response(self):
        """What the server says in the end: `served` for a response, else the last word."""
        try:
            while True:
                kind, content = self.record()
                self.content += content if kind == DATA else b""
                if b"the page" in self.content:
                    return "served"
        except Ended as e:
            return str(e) + self.open(str(e))

    def verdict(self):
        """The answer to a ClientHello that should be refused."""
        if self.server_hello():
            return "retry"
        self.server_flight()
        return self.answer()

    def open(self, word):
        """An alert of the server's is its last word: nothing but the end may come (§6.2)."""
        self.socket.settimeout(PATIENCE)
        if word not in ALERTS:
            return ""
        try:
            while self.socket.recv(65536):
                pass
            return ""
        except TimeoutError:
            return ", and not closed"
        except OSError:
            return ""

    # TLS 1.3

    def server_hello(self):
        """Reads a ServerHello; true when it asks for another ClientHello."""
        _, body, octets = self.next(SERVER_HELLO)
        retry = body[2:34] == RETRY
        if retry:  # RFC 8446 §4.4.1
            first = HandshakeHashes()
            first.update(bytearray(message(254, bytes(self.transcript.digest("sha256")))))
            self.transcript = first
            self.cookie = self.chosen(body)[1].get(COOKIE)
        self.transcript.update(bytearray(octets))
        if not retry:
            self.derive(body)
        return retry

    @staticmethod
    def chosen(body):
        """The suite and the extensions of a ServerHello."""
        at = 35 + body[34]
        suite = int.from_bytes(body[at : at + 2], "big")
        extensions, at, chosen = body[at + 5 :], 0, {}
        while at < len(extensions):
            kind, length = (int.from_bytes(extensions[at + i : at + i + 2], "big") for i in (0, 2))
            chosen[kind] = extensions[at + 4 : at + 4 + length]
            at += 4 + length
        return suite, chosen

    def derive(self, body):
        suite, chosen = self.chosen(body)
        if suite != AES_128_GCM or KEY_SHARE not in chosen:
            raise Ended(f"suite {suite:04x} accepted")
        self.resumed = PSK in chosen
        group = int.from_bytes(chosen[KEY_SHARE][:2], "big")
        if group not in self.private:
            raise Ended(self.answer())  # not our key: we cannot read on
        exchange = ECDHKeyExchange(group, (3, 4))
        secret = exchange.calc_shared_key(self.private[group], bytearray(chosen[KEY_SHARE][4:]))
        self.schedule(secret, self.psk if self.resumed else bytearray(32))

    def schedule(self, secret, psk):
        early = secureHMAC(bytearray(32), psk, "sha256")
        derived = derive_secret(early, b"derived", None, "sha256")
        self.stage = secureHMAC(derived, secret, "sha256")
        self.switch("hs", write=True)

    def switch(self, label, write):
        """Takes the keys of the next stage."""
        sides = [
            derive_secret(self.stage, f"{side} {label} traffic".encode(), self.transcript, "sha256")
            for side in "cs"
        ]
        self.keys[label] = sides
        self.layer.version = (3, 4)
        self.layer.tls13record = True
        self.layer.calcTLS1_3PendingState(AES_128_GCM, *sides, ["python"])
        self.layer.changeReadState()
        if write:
            self.layer.changeWriteState()

    def server_flight(self):
        """Reads to the server's Finished. Keys to write with stay those of the handshake."""
        kind = 0
        while kind != FINISHED:
            kind, _, octets = self.next(8, 13, CERTIFICATE, 15, FINISHED)
            self.transcript.update(bytearray(octets))
        derived = derive_secret(self.stage, b"derived", None, "sha256")
        self.stage = secureHMAC(derived, bytearray(32), "sha256")
        self.switch("ap", write=False)

    def finished(self):
        """Our Finished message."""
        key = HKDF_expand_label(self.keys["hs"][0], b"finished", b"", 32, "sha256")
        digest = self.transcript.digest("sha256")
        return message(FINISHED, hmac.digest(bytes(key), bytes(digest), "sha256"))

    def to_finished(self, hello=None):
        """All of a handshake but our Finished."""
        self.hello(hello or self.standard())
        if self.server_hello():
            raise Ended("HelloRetryRequest")
        self.server_flight()

    def finish(self):
        octets = self.finished()
        self.send(HANDSHAKE, octets)
        self.transcript.update(bytearray(octets))
        self.layer.changeWriteState()

    def connect(self, hello=None):
        """A whole handshake."""
        self.to_finished(hello)
        self.finish()

    def ask(self):
        """Sends a request, and says how it is answered."""
        self.send(DATA, REQUEST)
        return self.response()

    def update_keys(self, requested=False):
        """A KeyUpdate of ours. The server's answer is not followed."""
        self.send(HANDSHAKE, message(KEY_UPDATE, b"\1" if requested else b"\0"))
        client, server = self.keys["ap"]
        client, server = self.layer.calcTLS1_3KeyUpdate_reciever(AES_128_GCM, client, server)
        self.keys["ap"] = [client, server]

    def ticket(self):
        """The first ticket after a handshake: its name, its key and, sealed, its age, which is none
        (RFC 8446 §4.6.1)."""
        resumption = derive_secret(self.stage, b"res master", self.transcript, "sha256")
        _, body, _ = self.next(TICKET)
        nonce = body[9 : 9 + body[8]]
        at = 9 + body[8]
        name = body[at + 2 : at + 2 + int.from_bytes(body[at : at + 2], "big")]
        key = HKDF_expand_label(resumption, b"resumption", bytearray(nonce), 32, "sha256")
        return name, key, body[4:8]

    def offer(self, hello, name, psk, age=bytes(4)):
        """Adds a ticket with its binder to a hello (RFC 8446 §4.2.11.2)."""
        self.psk = psk
        identities = vector(vector(name) + age)
        hello.put(PSK, identities + vector(vector(bytes(32), 1)))
        early = secureHMAC(bytearray(32), psk, "sha256")
        binder_key = derive_secret(early, b"res binder", None, "sha256")
        key = HKDF_expand_label(binder_key, b"finished", b"", 32, "sha256")
        partial = HandshakeHashes()
        partial.update(bytearray(hello.octets()[:-35]))
        binder = hmac.digest(bytes(key), bytes(partial.digest("sha256")), "sha256")
        return hello.put(PSK, identities + vector(vector(binder, 1)))

    # TLS 1.2

    def older_flight(self):
        """Reads the server's flight; its ServerHello's random is kept."""
        kind, suite, exchange = 0, 0, b""
        while kind != HELLO_DONE:
            kind, body, octets = self.next(SERVER_HELLO, CERTIFICATE, 22, KEY_EXCHANGE, HELLO_DONE)
            self.transcript.update(bytearray(octets))
            if kind == SERVER_HELLO:
                self.server_random = body[2:34]
                at = 35 + body[34]
                suite = int.from_bytes(body[at : at + 2], "big")
            elif kind == KEY_EXCHANGE:
                exchange = body
        self.suite, self.server_key = suite, exchange[4 : 4 + exchange[3]]

    def key_exchange(self):
        """Our ClientKeyExchange; afterwards the keys are there to be used."""
        exchange = ECDHKeyExchange(P256, (3, 3))
        public = self.key(P256)
        octets = message(CLIENT_KEY_EXCHANGE, vector(public, 1))
        self.transcript.update(bytearray(octets))
        premaster = exchange.calc_shared_key(self.private[P256], bytearray(self.server_key))
        self.master = calc_key(
            (3, 3),
            premaster,
            self.suite,
            b"extended master secret",
            handshake_hashes=self.transcript,
            output_length=48,
        )
        client, server = (bytearray(each) for each in (self.greeting.random, self.server_random))
        self.layer.calcPendingStates(self.suite, self.master, client, server, ["python"])
        return octets

    def older_finished(self):
        verify = calc_key(
            (3, 3),
            self.master,
            self.suite,
            b"client finished",
            handshake_hashes=self.transcript,
            output_length=12,
        )
        return message(FINISHED, bytes(verify))

    def older_connect(self, hello=None):
        """A whole handshake of TLS 1.2."""
        self.hello(hello or self.older())
        self.older_flight()
        self.plain(HANDSHAKE, self.key_exchange())
        self.plain(CCS, b"\1")
        self.layer.changeWriteState()
        self.send(HANDSHAKE, self.older_finished())
        self.older_end()

    def older_end(self):
        """Reads the server's ticket, if there is one, ChangeCipherSpec and Finished."""
        while True:
            kind, content = self.record()
            if kind == CCS:
                self.layer.changeReadState()
            elif kind == HANDSHAKE and content[0] == FINISHED:
                return
