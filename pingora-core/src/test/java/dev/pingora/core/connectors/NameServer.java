// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.connectors;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.pingora.testkit.Events;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// A name server as a test wants it, over UDP and TCP of one port of the loopback: RFC 1035 in the
/// few bytes that are needed. Thread-safe.
final class NameServer implements AutoCloseable {
  private static final int A = 1;
  private static final int CNAME = 5;
  private static final int AAAA = 28;
  static final int SRV = 33;
  private static final int NOERROR = 0;
  static final int SERVFAIL = 2;
  private static final int NXDOMAIN = 3;
  private static final int QUERY_HEAD = 12;

  private final DatagramSocket udp;
  private final ServerSocket tcp;
  private final Map<String, List<Entry>> zone = new ConcurrentHashMap<>();
  private final Map<String, Integer> codes = new ConcurrentHashMap<>();
  private final Set<String> silent = ConcurrentHashMap.newKeySet();
  private final Set<String> truncated = ConcurrentHashMap.newKeySet();
  private final Set<Integer> sources = ConcurrentHashMap.newKeySet();

  /// `A name`, `AAAA name`, with ` tcp` behind it when it came that way.
  final Events<String> asked = new Events<>();

  private record Entry(int type, int ttl, byte[] content) {}

  NameServer() throws IOException {
    tcp = new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1"));
    udp = new DatagramSocket(tcp.getLocalSocketAddress()); // few UDP ports are taken
    Thread.ofPlatform().daemon().start(this::serveUdp);
    Thread.ofPlatform().daemon().start(this::serveTcp);
  }

  InetSocketAddress address() {
    return (InetSocketAddress) udp.getLocalSocketAddress();
  }

  /// Ports that questions came from.
  Set<Integer> sources() {
    return sources;
  }

  NameServer host(String name, int ttl, String... literals) {
    for (String literal : literals) {
      byte[] octets = InetAddress.ofLiteral(literal).getAddress();
      add(name, new Entry(octets.length == 4 ? A : AAAA, ttl, octets));
    }
    return this;
  }

  NameServer alias(String name, int ttl, String target) {
    add(name, new Entry(CNAME, ttl, wire(target)));
    return this;
  }

  /// @param pointer whether the target points at the owner's name in the question
  NameServer service(
      String name, int ttl, int priority, int weight, int port, String target, boolean pointer) {
    byte[] host = pointer ? new byte[] {(byte) 0xc0, QUERY_HEAD} : wire(target);
    ByteBuffer content = ByteBuffer.allocate(6 + host.length);
    content.putShort((short) priority).putShort((short) weight).putShort((short) port).put(host);
    add(name, new Entry(SRV, ttl, content.array()));
    return this;
  }

  /// A record of any form.
  NameServer record(String name, int type, int ttl, byte... content) {
    add(name, new Entry(type, ttl, content));
    return this;
  }

  /// Answers questions for `A name` or `AAAA name` with this code.
  NameServer fail(String question, int code) {
    codes.put(question, code);
    return this;
  }

  /// Never answers questions for `A name` or `AAAA name`.
  NameServer silent(String question) {
    silent.add(question);
    return this;
  }

  /// Answers by TCP only.
  NameServer truncate(String question) {
    truncated.add(question);
    return this;
  }

  private void add(String name, Entry entry) {
    zone.computeIfAbsent(name, _ -> new ArrayList<>()).add(entry);
  }

  private void serveUdp() {
    byte[] buffer = new byte[4096];
    try {
      while (true) {
        DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
        udp.receive(packet);
        sources.add(packet.getPort());
        byte[] reply = reply(ByteBuffer.wrap(buffer, 0, packet.getLength()), false);
        if (reply.length > 0) {
          udp.send(new DatagramPacket(reply, reply.length, packet.getSocketAddress()));
        }
      }
    } catch (IOException e) {
      // closed
    }
  }

  private void serveTcp() {
    try {
      while (true) {
        try (Socket socket = tcp.accept()) {
          DataInputStream in = new DataInputStream(socket.getInputStream());
          byte[] query = new byte[in.readUnsignedShort()];
          in.readFully(query);
          byte[] reply = reply(ByteBuffer.wrap(query), true);
          DataOutputStream out = new DataOutputStream(socket.getOutputStream());
          out.writeShort(reply.length);
          out.write(reply);
          out.flush();
        }
      }
    } catch (IOException e) {
      // closed
    }
  }

  private byte[] reply(ByteBuffer query, boolean byTcp) {
    query.position(query.position() + QUERY_HEAD);
    StringBuilder text = new StringBuilder();
    for (int length = query.get(); length > 0; length = query.get()) {
      byte[] label = new byte[length];
      query.get(label);
      text.append(text.isEmpty() ? "" : ".").append(new String(label, ISO_8859_1));
    }
    int type = query.getShort();
    String name = text.toString();
    String question =
        (type == A ? "A " : type == AAAA ? "AAAA " : type == SRV ? "SRV " : type + " ") + name;
    asked.add(byTcp ? question + " tcp" : question);
    if (silent.contains(question)) {
      return new byte[0];
    }
    return encode(query.getShort(0), name, type, !byTcp && truncated.contains(question), question);
  }

  private byte[] encode(short id, String name, int type, boolean cut, String question) {
    List<byte[]> records = new ArrayList<>();
    String owner = name;
    for (int hops = 0; owner != null && hops < 20; hops++) {
      String next = null;
      for (Entry entry : zone.getOrDefault(owner, List.of())) {
        if (entry.type == type || entry.type == CNAME) {
          records.add(record(owner, entry));
          next = entry.type == CNAME ? text(entry.content) : next;
        }
      }
      owner = next;
    }
    int code = codes.getOrDefault(question, zone.containsKey(name) ? NOERROR : NXDOMAIN);
    if (code != NOERROR || cut) {
      records.clear();
    }
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    ByteBuffer head = ByteBuffer.allocate(QUERY_HEAD);
    int flags = 0x8180 | code | (cut ? 0x0200 : 0); // QR, RD, RA, TC
    head.putShort(id).putShort((short) flags).putShort((short) 1);
    head.putShort((short) records.size()).putInt(0);
    all.writeBytes(head.array());
    all.writeBytes(wire(name));
    all.writeBytes(ByteBuffer.allocate(4).putShort((short) type).putShort((short) 1).array());
    records.forEach(all::writeBytes);
    return all.toByteArray();
  }

  private static byte[] record(String owner, Entry entry) {
    byte[] name = wire(owner);
    return ByteBuffer.allocate(name.length + 10 + entry.content.length)
        .put(name)
        .putShort((short) entry.type)
        .putShort((short) 1)
        .putInt(entry.ttl)
        .putShort((short) entry.content.length)
        .put(entry.content)
        .array();
  }

  private static byte[] wire(String name) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (String label : name.split("\\.", -1)) {
      out.write(label.length());
      out.writeBytes(label.getBytes(ISO_8859_1));
    }
    out.write(0);
    return out.toByteArray();
  }

  private static String text(byte[] wire) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; wire[i] > 0; i += wire[i] + 1) {
      text.append(text.isEmpty() ? "" : ".").append(new String(wire, i + 1, wire[i], ISO_8859_1));
    }
    return text.toString();
  }

  @Override
  public void close() throws IOException {
    udp.close();
    tcp.close();
  }
}
