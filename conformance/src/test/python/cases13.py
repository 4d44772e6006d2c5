# SPDX-FileCopyrightText: The Pingora for the JVM authors
# SPDX-License-Identifier: Apache-2.0
"""Malformed handshakes of TLS 1.3. Sections are those of RFC 8446."""

from peer import *
import socket
from registry import case

# Where no section names an alert: it cannot be parsed, or it contradicts itself (§6.2).
UNPARSED = ("decode_error", "illegal_parameter")


@case("a good handshake", "served")
def _(peer):
    peer.connect()
    return peer.ask()


# Records, §5.1


@case("record of unknown type", "unexpected_message")
def _(peer):
    peer.plain(0x7F, peer.standard().octets())
    return peer.answer()


@case("record version 3.127", "served")  # "MUST be ignored for all purposes"
def _(peer):
    peer.hello(peer.standard(), 0x037F)
    peer.server_hello()
    peer.server_flight()
    peer.finish()
    return peer.ask()


@case("record version 5.5", "protocol_version", "served")  # RFC 5246, appendix E.1
def _(peer):
    peer.hello(peer.standard(), 0x0505)
    peer.server_hello()
    peer.server_flight()
    peer.finish()
    return peer.ask()


@case("first record of 2^14 + 1", "record_overflow")
def _(peer):
    hello = peer.standard()
    hello.put(21, bytes(2**14 + 1 - 4 - len(hello.octets())))
    return greeted(peer, hello)


@case("first record of 2^16 - 1", "record_overflow")
def _(peer):
    peer.raw(b"\x16\3\1\xff\xff" + bytes(1000))
    return peer.answer()


# Only of protected ones a section says what to do (§5.4).
@case("empty handshake record", "unexpected_message", "decode_error", "accepted")
def _(peer):
    peer.plain(HANDSHAKE, b"")
    return greeted(peer, peer.standard())


@case("application data instead of a ClientHello", "unexpected_message")
def _(peer):
    peer.plain(DATA, b"abc")
    return peer.answer()


@case("Finished instead of a ClientHello", "unexpected_message")
def _(peer):
    peer.plain(HANDSHAKE, message(FINISHED, bytes(32)))
    return peer.answer()


@case("hello in TCP segments of one octet", "served")
def _(peer):
    hello = peer.standard()
    octets = hello.octets()
    for octet in b"\x16\3\1" + vector(octets):
        peer.raw(bytes([octet]))
    peer.said(hello, octets)
    peer.server_hello()
    peer.server_flight()
    peer.finish()
    return peer.ask()


def in_records(peer, count):
    hello = peer.standard()
    octets = hello.octets()
    size = -(-len(octets) // count)
    for at in range(0, len(octets), size):
        peer.plain(HANDSHAKE, octets[at : at + size])
    peer.said(hello, octets)
    peer.server_hello()
    peer.server_flight()
    peer.finish()
    return peer.ask()


@case("hello in 16 records", "served")
def _(peer):
    return in_records(peer, 16)


# Legal, but more records than we bound a ClientHello to (HelloReader.MAX_RECORDS).
@case("hello in records of one octet", "illegal_parameter")
def _(peer):
    return in_records(peer, 10_000)


@case("hello of 2^24 - 1 octets", "illegal_parameter", "decode_error")
def _(peer):
    peer.plain(HANDSHAKE, b"\1\xff\xff\xff" + peer.standard().octets()[4:])
    return peer.answer()


@case("data between the records of a hello", "unexpected_message")  # §5.1
def _(peer):
    octets = peer.standard().octets()
    peer.plain(HANDSHAKE, octets[:50])
    peer.plain(DATA, b"abc")
    peer.plain(HANDSHAKE, octets[50:])
    return peer.answer()


@case("more octets after the hello in its record", "unexpected_message")  # §5.1, key change
def _(peer):
    hello = peer.standard()
    peer.plain(HANDSHAKE, hello.octets() + message(FINISHED, bytes(32)))
    peer.said(hello)
    return peer.verdict()


# ClientHello, §4.1.2


def greeted(peer, hello):
    peer.hello(hello)
    return peer.verdict()


def sent(peer, octets):
    peer.plain(HANDSHAKE, octets)
    peer.said(None, octets)
    return peer.verdict()


def cut(peer, length):
    octets = peer.standard().octets()[4:]
    return sent(peer, message(CLIENT_HELLO, octets[:length]))


@case("hello without content", "decode_error")
def _(peer):
    return cut(peer, 0)


@case("hello that ends in its random", "decode_error")
def _(peer):
    return cut(peer, 20)


@case("hello that ends in its suites", "decode_error")
def _(peer):
    return cut(peer, 2 + 32 + 33 + 3)


@case("hello that ends in its extensions", "decode_error")
def _(peer):
    return cut(peer, -3)


@case("octets after the extensions", "decode_error")
def _(peer):
    hello = peer.standard()
    body = hello.start() + vector(hello.block()) + b"\0\0\0"
    return sent(peer, message(CLIENT_HELLO, body))


@case("extension that is longer than the block", "decode_error")
def _(peer):
    hello = peer.standard()
    block = hello.block() + number(0x1234, 2) + number(100, 2) + b"abc"
    return sent(peer, message(CLIENT_HELLO, hello.start() + vector(block)))


@case("session id of 33 octets", "decode_error", "illegal_parameter")
def _(peer):
    hello = peer.standard()
    hello.session = bytes(33)
    return greeted(peer, hello)


@case("no suites", *UNPARSED, "handshake_failure")
def _(peer):
    hello = peer.standard()
    hello.suites = ()
    return greeted(peer, hello)


@case("suites of odd length", "decode_error")
def _(peer):
    hello = peer.standard()
    octets = number(0x0303, 2) + bytes(32) + vector(bytes(32), 1) + vector(b"\x13\1\x13")
    octets += b"\1\0" + vector(hello.block())
    return sent(peer, message(CLIENT_HELLO, octets))


@case("no common suite", "handshake_failure", "insufficient_security")
def _(peer):
    hello = peer.standard()
    hello.suites = (0x1305, 0xC030 + 0x2000)
    return greeted(peer, hello)


@case("compression", "illegal_parameter")
def _(peer):
    hello = peer.standard()
    hello.compression = b"\0\1"
    return greeted(peer, hello)


@case("unknown compression only", "illegal_parameter")
def _(peer):
    hello = peer.standard()
    hello.compression = b"\7"
    return greeted(peer, hello)


@case("no compression methods", *UNPARSED)
def _(peer):
    hello = peer.standard()
    hello.compression = b""
    return greeted(peer, hello)


@case("legacy version 3.4", "served")  # §4.2.1: the extension alone counts
def _(peer):
    hello = peer.standard()
    hello.version = 0x0304
    peer.connect(hello)
    return peer.ask()


@case("legacy version 3.0", "protocol_version")  # appendix D.5
def _(peer):
    hello = peer.standard()
    hello.version = 0x0300
    peer.connect(hello)
    return peer.ask()


@case("no common version", "protocol_version")
def _(peer):
    return greeted(peer, peer.standard().put(VERSIONS, vector(numbers([0x0302, 0x7A7A]), 1)))


@case("no versions", *UNPARSED, "protocol_version")
def _(peer):
    return greeted(peer, peer.standard().put(VERSIONS, b"\0"))


@case("versions of odd length", "decode_error")
def _(peer):
    return greeted(peer, peer.standard().put(VERSIONS, b"\3\3\4\3"))


# Extensions, §4.2


@case("extension twice", *UNPARSED)
def _(peer):
    hello = peer.standard()
    hello.extensions.append(hello.extensions[2])
    return greeted(peer, hello)


@case("unknown extension twice", *UNPARSED)
def _(peer):
    hello = peer.standard()
    hello.extensions += [(0x1234, b"a"), (0x1234, b"b")]
    return greeted(peer, hello)


@case("no supported groups", "missing_extension")  # §9.2
def _(peer):
    return greeted(peer, peer.standard().drop(GROUPS))


@case("no key share", "missing_extension")  # §9.2
def _(peer):
    return greeted(peer, peer.standard().drop(KEY_SHARE))


@case("neither groups nor key share", "missing_extension")  # §9.2
def _(peer):
    return greeted(peer, peer.standard().drop(GROUPS, KEY_SHARE))


@case("no signature algorithms", "missing_extension")  # §9.2
def _(peer):
    return greeted(peer, peer.standard().drop(SCHEMES))


@case("no common signature algorithm", "handshake_failure")
def _(peer):
    return greeted(peer, peer.standard().put(SCHEMES, vector(numbers([0x0807, 0x0808]))))


@case("empty list of groups", *UNPARSED)
def _(peer):
    return greeted(peer, peer.standard().put(GROUPS, vector(b"")))


@case("no common group", "handshake_failure", "insufficient_security")
def _(peer):
    hello = peer.standard().put(GROUPS, vector(numbers([X448, 0x7A7A])))
    return greeted(peer, hello.put(KEY_SHARE, vector(share(X448, bytes(56)))))


# §4.2.8: a server MAY look, and abort with illegal_parameter.
@case("key share of a group that is not offered", "illegal_parameter", "served")
def _(peer):
    peer.connect(peer.standard(groups=(P256,), shares=(X25519, P256)))
    return peer.ask()


@case("two key shares of a group", "illegal_parameter", "served")
def _(peer):
    peer.connect(peer.standard(shares=(X25519, X25519)))
    return peer.ask()


@case("key share that is longer than its extension", "decode_error")
def _(peer):
    return greeted(peer, peer.standard().put(KEY_SHARE, b"\0\x26\0\x1d\0\x30" + bytes(34)))


@case("X25519 key of 31 octets", "illegal_parameter", "decode_error")
def _(peer):
    return greeted(peer, peer.standard().put(KEY_SHARE, vector(share(X25519, bytes(31)))))


@case("X25519 key of small order", "illegal_parameter")  # §7.4.2
def _(peer):
    return greeted(peer, peer.standard().put(KEY_SHARE, vector(share(X25519, bytes(32)))))


@case("P-256 point that is not on the curve", "illegal_parameter")  # §4.2.8.2
def _(peer):
    point = b"\4" + bytes(31) + b"\1" + bytes(31) + b"\1"
    hello = peer.standard(groups=(P256,), shares=())
    return greeted(peer, hello.put(KEY_SHARE, vector(share(P256, point))))


@case("empty key of P-256", *UNPARSED)
def _(peer):
    hello = peer.standard(groups=(P256,), shares=())
    return greeted(peer, hello.put(KEY_SHARE, vector(share(P256, b""))))


@case("server name without a name", *UNPARSED)  # RFC 6066 §3
def _(peer):
    return greeted(peer, peer.standard().put(SNI, vector(b"\0\0\0")))


@case("server name that is longer than its list", "decode_error")
def _(peer):
    return greeted(peer, peer.standard().put(SNI, vector(b"\0\0\x20abc")))


@case("two server names of a type", *UNPARSED)
def _(peer):
    name = b"\0" + vector(b"origin.example")
    return greeted(peer, peer.standard().put(SNI, vector(name + name)))


@case("empty list of protocols", "decode_error", "illegal_parameter")
def _(peer):
    return greeted(peer, peer.standard().put(ALPN, vector(b"")))


@case("empty name of a protocol", "decode_error", "illegal_parameter")
def _(peer):
    return greeted(peer, peer.standard().put(ALPN, vector(b"\0\x08http/1.1")))


# HelloRetryRequest, §4.1.4


def retried(peer, change, groups=(X25519, P256)):
    hello = peer.standard(groups=groups, shares=())
    peer.hello(hello)
    if not peer.server_hello():
        raise Ended("no HelloRetryRequest")
    hello.put(KEY_SHARE, vector(share(groups[0], peer.key(groups[0]))))
    if peer.cookie:  # RFC 8446 §4.2.2
        hello.put(COOKIE, peer.cookie)
    change(hello)
    peer.hello(hello)
    if peer.server_hello():
        raise Ended("another HelloRetryRequest")
    peer.server_flight()
    peer.finish()
    return peer.ask()


@case("retry", "served")
def _(peer):
    return retried(peer, lambda hello: None)


@case("retry with P-256", "served")
def _(peer):
    return retried(peer, lambda hello: None, (P256,))


@case("retry without a key share", "illegal_parameter", "unexpected_message")
def _(peer):
    return retried(peer, lambda hello: hello.put(KEY_SHARE, vector(b"")))


@case("retry with a key share of another group", "illegal_parameter")
def _(peer):
    entry = share(P256, peer.key(P256))
    return retried(peer, lambda hello: hello.put(KEY_SHARE, vector(entry)))


@case("retry with other suites", "illegal_parameter", "handshake_failure")
def _(peer):
    def change(hello):
        hello.suites = (0x1302,)

    return retried(peer, change)


@case("retry with an older version", "illegal_parameter", "protocol_version")
def _(peer):
    def change(hello):
        hello.put(VERSIONS, vector(numbers([0x0303]), 1))
        hello.suites = (AES_128_GCM, ECDHE_ECDSA)

    return retried(peer, change)


@case("retry with application data", "unexpected_message")
def _(peer):
    peer.hello(peer.standard(shares=()))
    peer.server_hello()
    peer.plain(DATA, bytes(30))
    return peer.answer()


# Tickets and early data, §4.2.10 and §4.2.11


def ticket(peer):
    """A ticket, got by another connection."""
    other = Peer(peer.socket.getpeername()[1])
    try:
        other.connect()
        return other.ticket()
    finally:
        other.close()


@case("ticket", "served")
def _(peer):
    peer.connect(peer.offer(peer.standard(), *ticket(peer)))
    answer = peer.ask()
    return answer if peer.resumed else answer + ", but not resumed"


@case("ticket with a wrong binder", "decrypt_error", "illegal_parameter")  # §6.2, §4.2.11
def _(peer):
    hello = peer.offer(peer.standard(), *ticket(peer))
    kind, body = hello.extensions.pop()
    peer.connect(hello.put(kind, body[:-1] + bytes([body[-1] ^ 1])))
    return peer.ask()


@case("ticket with a binder of 31 octets", "decode_error", "illegal_parameter", "decrypt_error")
def _(peer):
    hello = peer.standard()
    name, _, age = ticket(peer)
    hello.put(PSK, vector(vector(name) + age) + vector(vector(bytes(31), 1)))
    peer.connect(hello)
    return peer.ask()


@case("ticket with two binders", *UNPARSED)
def _(peer):
    hello = peer.standard()
    name, _, age = ticket(peer)
    binders = vector(bytes(32), 1) * 2
    return greeted(peer, hello.put(PSK, vector(vector(name) + age) + vector(binders)))


@case("ticket that nobody knows", "served")
def _(peer):
    peer.connect(peer.offer(peer.standard(), b"x" * 100, bytearray(32)))
    return peer.ask()


@case("ticket without key exchange modes", "missing_extension")  # §4.2.9: MUST abort
def _(peer):
    hello = peer.standard().drop(PSK_MODES)
    return greeted(peer, peer.offer(hello, b"x" * 100, bytearray(32)))


@case("ticket that is not the last extension", "illegal_parameter")  # §4.2.11
def _(peer):
    hello = peer.offer(peer.standard(), b"x" * 100, bytearray(32))
    return greeted(peer, hello.put(0x1234, b""))


@case("early data that was announced", "served")  # §4.2.10: is skipped
def _(peer):
    hello = peer.standard().put(EARLY_DATA, b"")
    peer.hello(peer.offer(hello, b"x" * 100, bytearray(32)))
    for _ in range(3):
        peer.plain(DATA, bytes(200))
    peer.server_hello()
    peer.server_flight()
    peer.finish()
    return peer.ask()


@case("early data that was not announced", "bad_record_mac", "unexpected_message")
def _(peer):
    hello = peer.standard()
    peer.raw(b"\x16\3\1" + vector(hello.octets()) + b"\x17\3\3\0\xc8" + bytes(200))
    peer.said(hello)
    return peer.verdict()


@case("early data without end", "unexpected_message", "bad_record_mac")
def _(peer):
    hello = peer.standard().put(EARLY_DATA, b"")
    peer.hello(peer.offer(hello, b"x" * 100, bytearray(32)))
    for _ in range(64):
        peer.plain(DATA, bytes(16000))
    return peer.verdict()


# The client's last flight


def before_finished(peer, kind, content):
    peer.to_finished()
    peer.send(kind, content)
    return peer.answer()


@case("wrong Finished", "decrypt_error")  # §4.4.4
def _(peer):
    return before_finished(peer, HANDSHAKE, message(FINISHED, bytes(32)))


@case("Finished of 31 octets", "decode_error", "decrypt_error")
def _(peer):
    return before_finished(peer, HANDSHAKE, message(FINISHED, bytes(31)))


@case("octets after Finished in its record", "unexpected_message")  # §5.1, key change
def _(peer):
    peer.to_finished()
    peer.send(HANDSHAKE, peer.finished() + message(KEY_UPDATE, b"\0"))
    return peer.answer()


@case("Certificate that nobody asked for", "unexpected_message")
def _(peer):
    return before_finished(peer, HANDSHAKE, message(CERTIFICATE, b"\0\0\0\0"))


@case("another ClientHello instead of Finished", "unexpected_message")
def _(peer):
    return before_finished(peer, HANDSHAKE, peer.standard().octets())


@case("KeyUpdate instead of Finished", "unexpected_message")  # §4.6.3
def _(peer):
    return before_finished(peer, HANDSHAKE, message(KEY_UPDATE, b"\0"))


@case("application data instead of Finished", "unexpected_message")
def _(peer):
    return before_finished(peer, DATA, REQUEST)


@case("empty protected handshake record", "unexpected_message")  # §5.4
def _(peer):
    return before_finished(peer, HANDSHAKE, b"")


@case("plain Finished", "unexpected_message", "bad_record_mac")
def _(peer):
    peer.to_finished()
    peer.plain(HANDSHAKE, peer.finished())
    return peer.answer()


@case("Finished in records of one octet", "served")
def _(peer):
    peer.to_finished()
    for octet in peer.finished():
        peer.send(HANDSHAKE, bytes([octet]))
    peer.layer.changeWriteState()
    return peer.ask()


@case("end of the connection instead of Finished", "closed")
def _(peer):
    peer.to_finished()
    peer.socket.shutdown(socket.SHUT_WR)
    return peer.answer()


# ChangeCipherSpec, §5


def with_ccs(peer, *octets):
    peer.to_finished()
    for each in octets:
        peer.plain(CCS, each)
    peer.finish()
    return peer.ask()


@case("ChangeCipherSpec", "served")
def _(peer):
    return with_ccs(peer, b"\1")


@case("ChangeCipherSpec twice", "served")
def _(peer):
    return with_ccs(peer, b"\1", b"\1")


@case("ChangeCipherSpec of value 2", "unexpected_message")
def _(peer):
    return with_ccs(peer, b"\2")


@case("ChangeCipherSpec of two octets", "unexpected_message")
def _(peer):
    return with_ccs(peer, b"\1\1")


@case("empty ChangeCipherSpec", "unexpected_message")
def _(peer):
    return with_ccs(peer, b"")


@case("protected ChangeCipherSpec", "unexpected_message")
def _(peer):
    return before_finished(peer, CCS, b"\1")


@case("ChangeCipherSpec before the hello", "unexpected_message")
def _(peer):
    peer.plain(CCS, b"\1")
    peer.connect()
    return peer.ask()


@case("ChangeCipherSpec after Finished", "unexpected_message")
def _(peer):
    peer.connect()
    peer.plain(CCS, b"\1")
    return peer.ask()


@case("ChangeCipherSpec a thousand times", "unexpected_message", "served", "closed")
def _(peer):
    return with_ccs(peer, *[b"\1"] * 1000)


# After the handshake


def connected(peer, kind, content):
    peer.connect()
    peer.send(kind, content)
    return peer.ask()


@case("protected record of unknown type", "unexpected_message")
def _(peer):
    return connected(peer, 99, b"abc")


@case("protected record of zeros", "unexpected_message")  # §5.4
def _(peer):
    return connected(peer, 0, bytes(20))


@case("plain record of unknown type", "unexpected_message")
def _(peer):
    peer.connect()
    peer.plain(99, bytes(40))
    return peer.answer()


@case("plain application data", "bad_record_mac")
def _(peer):
    peer.connect()
    peer.plain(DATA, bytes(40))
    return peer.answer()


@case("record that is shorter than its tag", "bad_record_mac", "decode_error")
def _(peer):
    peer.connect()
    peer.plain(DATA, bytes(5))
    return peer.answer()


@case("empty record where protection is due", "bad_record_mac", "decode_error")
def _(peer):
    peer.connect()
    peer.plain(DATA, b"")
    return peer.answer()


@case("bad tag", "bad_record_mac")  # §5.2
def _(peer):
    peer.connect()
    octets = peer.seal(DATA, REQUEST)
    peer.raw(octets[:-1] + bytes([octets[-1] ^ 1]))
    return peer.answer()


@case("protected record of 2^14 + 257", "record_overflow")  # §5.2
def _(peer):
    peer.connect()
    peer.plain(DATA, bytes(2**14 + 257))
    return peer.answer()


@case("content of 2^14 + 1", "record_overflow")  # §5.1, §5.2
def _(peer):
    return connected(peer, DATA, REQUEST.ljust(2**14 + 1, b"\0"))


@case("padding", "served")  # §5.4
def _(peer):
    peer.connect()
    peer.raw(padded(peer, REQUEST, 3000))
    return peer.answer()


def padded(peer, content, zeros):
    body = peer.layer._encryptThenSeal(bytearray(content + b"\x17" + bytes(zeros)), DATA)
    return b"\x17\3\3" + vector(bytes(body))


# Floods: how long they are borne is nobody's rule, nor how they end.
@case("500 empty records", "served", "unexpected_message", "closed")
def _(peer):
    peer.connect()
    peer.raw(b"".join(peer.seal(DATA, b"") for _ in range(500)))
    return peer.ask()


@case("KeyUpdate", "served")
def _(peer):
    peer.connect()
    peer.update_keys()
    return peer.ask()


@case("KeyUpdate of value 2", "illegal_parameter")  # §4.6.3
def _(peer):
    return connected(peer, HANDSHAKE, message(KEY_UPDATE, b"\2"))


@case("KeyUpdate of two octets", "decode_error", "illegal_parameter")
def _(peer):
    return connected(peer, HANDSHAKE, message(KEY_UPDATE, b"\0\0"))


@case("octets after KeyUpdate in its record", "unexpected_message")  # §5.1, key change
def _(peer):
    return connected(peer, HANDSHAKE, 2 * message(KEY_UPDATE, b"\0"))


@case("500 KeyUpdates", "served", "unexpected_message", "closed")
def _(peer):
    peer.connect()
    for _ in range(500):
        peer.update_keys()
    return peer.ask()


@case("KeyUpdates to be answered, never read", "closed", "unexpected_message", "served")
def _(peer):
    peer.connect()
    for _ in range(200):
        peer.update_keys(requested=True)
    peer.send(DATA, REQUEST)
    return followed(peer)


def followed(peer):
    """The answer, with the server's own KeyUpdates followed."""
    try:
        while True:
            kind, content = peer.record()
            if kind == HANDSHAKE and content[0] == KEY_UPDATE:
                client, server = peer.keys["ap"]
                peer.keys["ap"] = list(
                    peer.layer.calcTLS1_3KeyUpdate_sender(AES_128_GCM, client, server)
                )
            elif kind == DATA and b"the page" in content:
                return "served"
    except Ended as e:
        return str(e)


@case("ClientHello after the handshake", "unexpected_message")  # §4.1.2
def _(peer):
    return connected(peer, HANDSHAKE, peer.standard().octets())


@case("ticket from the client", "unexpected_message")
def _(peer):
    body = bytes(8) + b"\0" + vector(b"abc") + vector(b"")
    return connected(peer, HANDSHAKE, message(TICKET, body))


@case("Finished after the handshake", "unexpected_message")
def _(peer):
    return connected(peer, HANDSHAKE, message(FINISHED, bytes(32)))


@case("unknown message after the handshake", "unexpected_message")
def _(peer):
    return connected(peer, HANDSHAKE, message(0x63, b"abc"))


@case("message of 2^24 - 1 after the handshake", *UNPARSED, "unexpected_message")
def _(peer):
    return connected(peer, HANDSHAKE, b"\x18\xff\xff\xff" + bytes(1000))


@case("data inside a handshake message", "unexpected_message")  # §5.1
def _(peer):
    peer.connect()
    peer.send(HANDSHAKE, message(KEY_UPDATE, b"\0")[:2])
    peer.send(DATA, REQUEST)
    return peer.answer()


# Alerts and the end, §6


@case("close_notify", "close_notify")
def _(peer):
    peer.connect()
    peer.send(ALERT, b"\1\0")
    peer.socket.shutdown(socket.SHUT_WR)
    return peer.answer()


@case("end without close_notify", "closed", "close_notify")
def _(peer):
    peer.connect()
    peer.send(DATA, REQUEST[:10])
    peer.socket.shutdown(socket.SHUT_WR)
    return peer.answer()


@case("fatal alert", "closed")  # §6.2: closed without sending more
def _(peer):
    peer.connect()
    peer.send(ALERT, b"\2\x28")
    return peer.ask()


@case("fatal alert of unknown kind", "closed")
def _(peer):
    peer.connect()
    peer.send(ALERT, b"\2\xfe")
    return peer.ask()


@case("alert of unknown kind, as a warning", "closed")  # §6: treated as an error alert
def _(peer):
    peer.connect()
    peer.send(ALERT, b"\1\xfe")
    return peer.ask()


@case("user_canceled, then close_notify", "close_notify")
def _(peer):
    peer.connect()
    peer.send(ALERT, b"\1\x5a")
    peer.send(ALERT, b"\1\0")
    return peer.answer()


@case("alert of one octet", "decode_error", "unexpected_message")
def _(peer):
    return connected(peer, ALERT, b"\2")


@case("empty alert", "unexpected_message")  # §5.4
def _(peer):
    return connected(peer, ALERT, b"")


@case("two alerts in a record", "decode_error", "unexpected_message")  # §5.1
def _(peer):
    return connected(peer, ALERT, b"\1\x5a\1\x5a")


@case("alert instead of a ClientHello", "closed", "unexpected_message")
def _(peer):
    peer.plain(ALERT, b"\2\x28")
    return peer.answer()
