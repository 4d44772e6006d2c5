# SPDX-FileCopyrightText: The Pingora for the JVM authors
# SPDX-License-Identifier: Apache-2.0
"""Malformed handshakes of TLS 1.2. Sections are those of RFC 5246, unless said otherwise."""

from peer import *
import socket
from registry import case


@case("1.2: a good handshake", "served")
def _(peer):
    peer.older_connect()
    return peer.ask()


@case("1.2: downgrade sentinel", "there")  # RFC 8446 §4.1.3
def _(peer):
    peer.hello(peer.older())
    peer.older_flight()
    return "there" if peer.server_random.endswith(b"DOWNGRD\1") else "not there"


@case("1.2: fallback signal", "inappropriate_fallback")  # RFC 7507
def _(peer):
    hello = peer.older()
    hello.suites += (0x5600,)
    peer.older_connect(hello)
    return peer.ask()


@case("1.2: version 3.2", "protocol_version")
def _(peer):
    hello = peer.older()
    hello.version = 0x0302
    peer.hello(hello)
    return peer.answer()


@case("1.2: version 3.4 without the extension", "served", "protocol_version")  # RFC 8446 §4.2.1
def _(peer):
    hello = peer.older()
    hello.version = 0x0304
    peer.older_connect(hello)
    return peer.ask()


@case("1.2: no common suite", "handshake_failure", "insufficient_security")
def _(peer):
    hello = peer.older()
    hello.suites = (0x000A,)
    peer.hello(hello)
    return peer.answer()


@case("1.2: compression without null", "illegal_parameter", "handshake_failure", "decode_error")
def _(peer):
    hello = peer.older()
    hello.compression = b"\1"
    peer.hello(hello)
    return peer.answer()


@case("1.2: renegotiation_info that is not empty", "handshake_failure")  # RFC 5746 §3.6
def _(peer):
    peer.hello(peer.older().put(RENEGOTIATION, vector(bytes(12), 1)))
    return peer.answer()


@case("1.2: no common group", "handshake_failure", "insufficient_security")
def _(peer):
    peer.hello(peer.older().put(GROUPS, vector(numbers([X448]))))
    return peer.answer()


def flight(peer):
    peer.hello(peer.older())
    peer.older_flight()


@case("1.2: point that is not on the curve", "illegal_parameter", "handshake_failure")  # RFC 8422
def _(peer):
    flight(peer)
    point = b"\4" + bytes(31) + b"\1" + bytes(31) + b"\1"
    peer.plain(HANDSHAKE, message(CLIENT_KEY_EXCHANGE, vector(point, 1)))
    peer.plain(CCS, b"\1")
    return peer.answer()


@case("1.2: ClientKeyExchange without content", "decode_error", "illegal_parameter")
def _(peer):
    flight(peer)
    peer.plain(HANDSHAKE, message(CLIENT_KEY_EXCHANGE, b""))
    return peer.answer()


@case("1.2: ClientKeyExchange that is too long", "decode_error", "illegal_parameter")
def _(peer):
    flight(peer)
    peer.plain(HANDSHAKE, message(CLIENT_KEY_EXCHANGE, vector(peer.key(P256), 1) + b"abc"))
    return peer.answer()


@case("1.2: Certificate that nobody asked for", "unexpected_message")
def _(peer):
    flight(peer)
    peer.plain(HANDSHAKE, message(CERTIFICATE, b"\0\0\0"))
    return peer.answer()


@case("1.2: Finished instead of ClientKeyExchange", "unexpected_message")
def _(peer):
    flight(peer)
    peer.plain(HANDSHAKE, message(FINISHED, bytes(12)))
    return peer.answer()


@case("1.2: ChangeCipherSpec too early", "unexpected_message")
def _(peer):
    flight(peer)
    peer.plain(CCS, b"\1")
    return peer.answer()


@case("1.2: ChangeCipherSpec instead of a hello", "unexpected_message")
def _(peer):
    peer.plain(CCS, b"\1")
    peer.older_connect()
    return peer.ask()


@case("1.2: ChangeCipherSpec of value 2", "unexpected_message", "decode_error", "illegal_parameter")
def _(peer):
    flight(peer)
    peer.plain(HANDSHAKE, peer.key_exchange())
    peer.plain(CCS, b"\2")
    return peer.answer()


@case("1.2: Finished before ChangeCipherSpec", "unexpected_message")
def _(peer):
    flight(peer)
    peer.plain(HANDSHAKE, peer.key_exchange())
    peer.plain(HANDSHAKE, peer.older_finished())
    return peer.answer()


def changed(peer):
    flight(peer)
    peer.plain(HANDSHAKE, peer.key_exchange())
    peer.plain(CCS, b"\1")
    peer.layer.changeWriteState()


@case("1.2: wrong Finished", "decrypt_error")
def _(peer):
    changed(peer)
    peer.send(HANDSHAKE, message(FINISHED, bytes(12)))
    return peer.answer()


@case("1.2: Finished of 11 octets", "decode_error", "decrypt_error")
def _(peer):
    changed(peer)
    peer.send(HANDSHAKE, message(FINISHED, bytes(11)))
    return peer.answer()


@case("1.2: application data instead of Finished", "unexpected_message")
def _(peer):
    changed(peer)
    peer.send(DATA, REQUEST)
    return peer.answer()


@case("1.2: Finished with a bad tag", "bad_record_mac")
def _(peer):
    changed(peer)
    octets = peer.seal(HANDSHAKE, peer.older_finished())
    peer.raw(octets[:-1] + bytes([octets[-1] ^ 1]))
    return peer.answer()


@case("1.2: ChangeCipherSpec after the handshake", "unexpected_message")
def _(peer):
    peer.older_connect()
    peer.send(CCS, b"\1")
    return peer.ask()


# §7.2.2: no_renegotiation is a warning; a server may also give up.
@case("1.2: renegotiation", "no_renegotiation", "handshake_failure", "unexpected_message")
def _(peer):
    peer.older_connect()
    peer.send(HANDSHAKE, peer.older().octets())
    return peer.ask()


@case("1.2: bad tag", "bad_record_mac")
def _(peer):
    peer.older_connect()
    octets = peer.seal(DATA, REQUEST)
    peer.raw(octets[:-1] + bytes([octets[-1] ^ 1]))
    return peer.answer()


@case("1.2: record that is shorter than its tag", "bad_record_mac", "decode_error")
def _(peer):
    peer.older_connect()
    peer.plain(DATA, bytes(5))
    return peer.answer()


@case("1.2: record of 2^14 + 2049", "record_overflow")
def _(peer):
    peer.older_connect()
    peer.plain(DATA, bytes(2**14 + 2049))
    return peer.answer()


@case("1.2: content of 2^14 + 1", "record_overflow")
def _(peer):
    peer.older_connect()
    peer.send(DATA, REQUEST.ljust(2**14 + 1, b"\0"))
    return peer.ask()


@case("1.2: record of another version", "protocol_version", "unexpected_message")
def _(peer):
    peer.older_connect()
    peer.plain(DATA, bytes(50), 0x0301)
    return peer.answer()


@case("1.2: 500 empty records", "served", "unexpected_message", "closed")
def _(peer):
    peer.older_connect()
    peer.raw(b"".join(peer.seal(DATA, b"") for _ in range(500)))
    return peer.ask()


@case("1.2: end without close_notify", "closed", "close_notify")
def _(peer):
    peer.older_connect()
    peer.send(DATA, REQUEST[:10])
    peer.socket.shutdown(socket.SHUT_WR)
    return peer.answer()


@case("1.2: close_notify", "close_notify")
def _(peer):
    peer.older_connect()
    peer.send(ALERT, b"\1\0")
    return peer.answer()
