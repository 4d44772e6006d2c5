// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.openssl;

import static java.lang.foreign.ValueLayout.ADDRESS_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.pingora.tls.ClientAuth;
import dev.pingora.tls.ProtocolNames;
import dev.pingora.tls.ServerTls;
import dev.pingora.tls.TicketKeys;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.TrustRoots;
import dev.pingora.tls.ffm.NativeLibrary;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the callbacks of a server's context need.
///
/// @param alpn protocols as on the wire, the preferred first; empty for none
/// @param alpnRequired whether a client that offers none of them is refused
/// @param tickets keys of session tickets; null for the library's own
/// @param ocsp response to staple, DER; null for none
record ServerSide(
    byte[] alpn, boolean alpnRequired, @Nullable TicketKeys tickets, byte @Nullable [] ocsp)
    implements OpenSslContext.Side {
  /// A client that resumes uses one up and is given another, so two last while it keeps one
  /// connection at a time, and one spare.
  private static final int TICKETS = 2;

  static OpenSslContext open(OpenSsl library, ServerTls config) throws TlsException {
    try (ContextSetup setup = new ContextSetup(library)) {
      ContextCalls calls = library.contexts;
      Callbacks callbacks = library.callbacks;
      long context = setup.context;
      setup.profile(config.profile(), 0);
      // Our order of suites; who puts ChaCha20 first has no AES in hardware, and gets it. (The key
      // share that came is taken all the same.)
      calls.setOptions(context, Control.SERVER_PREFERENCE | Control.PRIORITIZE_CHACHA);
      setup.certificate(config.certificate());
      clients(setup, config);
      ServerSide side =
          new ServerSide(
              ProtocolNames.wire(config.alpn()),
              config.alpnRequired(),
              config.tickets(),
              config.certificate().ocsp());
      if (side.alpn.length > 0) {
        calls.setAlpnSelect(context, callbacks.alpn, 0);
      }
      calls.callbackControl(context, Control.SET_SERVER_NAME_CALLBACK, callbacks.serverName);
      if (side.ocsp != null) {
        calls.callbackControl(context, Control.SET_STATUS_CALLBACK, callbacks.status);
      }
      if (config.keyLog() != null) {
        calls.setKeyLog(context, callbacks.keyLog);
      }
      if (side.tickets != null) {
        setup.check(calls.setTicketKeyCallback(context, callbacks.ticket) == 1, "ticket keys");
      }
      setup.check(calls.setTickets(context, TICKETS) == 1, "tickets");
      // Tickets carry all; the cache inside is a lock that all threads meet at.
      calls.control(context, Control.SET_SESSION_CACHE_MODE, Control.CACHE_OFF, 0);
      byte[] id = sessionId(config);
      setup.check(
          calls.setSessionIdContext(context, setup.octets(id), id.length) == 1, "session id");
      setup.further(config.nativeSettings());
      return setup.take(config.keyLog(), side);
    }
  }

  private static void clients(ContextSetup setup, ServerTls config) throws TlsException {
    TrustRoots roots = config.clientRoots();
    if (config.clientAuth() == ClientAuth.OFF || roots == null) {
      return;
    }
    OpenSsl library = setup.library;
    ContextCalls calls = library.contexts;
    calls.setCertStore(setup.context, library.trust(roots));
    library.crypto.parameterFlags(calls.parameters(setup.context), Control.PARTIAL_CHAIN);
    int required = config.clientAuth() == ClientAuth.REQUIRED ? Control.VERIFY_REQUIRED : 0;
    calls.setVerify(setup.context, Control.VERIFY_PEER | required, 0);
    if (roots instanceof TrustRoots.Certificates(List<byte[]> certificates)) {
      for (byte[] der : certificates) {
        long certificate = Encoded.certificate(library.crypto, der);
        boolean added = certificate != 0 && calls.addClientCa(setup.context, certificate) == 1;
        library.crypto.certificateFree(certificate);
        setup.check(added, "names of those who vouch for clients");
      }
    }
  }

  /// {@return what a ticket is bound to} Keys are shared by contexts, and a session must not go on
  /// where its client was not asked for a certificate, or another server was meant (RFC 8446
  /// §4.6.1).
  private static byte[] sessionId(ServerTls config) throws TlsException {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (String name : config.certificate().names()) {
        digest.update(name.getBytes(StandardCharsets.ISO_8859_1));
        digest.update((byte) 0);
      }
      digest.update(config.clientAuth().name().getBytes(StandardCharsets.ISO_8859_1));
      if (config.clientRoots() instanceof TrustRoots.Certificates(List<byte[]> certificates)) {
        certificates.forEach(digest::update);
      }
      return digest.digest();
    } catch (NoSuchAlgorithmException e) {
      throw TlsException.of(TlsException.Reason.INTERNAL, "no SHA-256", e);
    }
  }

  /// Chooses a protocol (RFC 7301 §3.2): the first of ours that the client offers.
  ///
  /// @param chosen where the address of the name goes, which may lie in what the client sent
  /// @param chosenLength where its length goes, one octet
  /// @param offered names with a length octet before each, checked by OpenSSL
  int selectAlpn(long chosen, long chosenLength, long offered, int length) {
    // SAFETY: OpenSSL says that so many octets are there, and takes a pointer and an octet.
    MemorySegment memory = NativeLibrary.MEMORY;
    for (int own = 0; own < alpn.length; own += 1 + (alpn[own] & 0xff)) {
      for (int at = 0; at < length; ) {
        int size = memory.get(JAVA_BYTE, offered + at) & 0xff;
        if (at + 1 + size > length) {
          return Control.ALERT_FATAL;
        }
        if (equal(own, offered + at, size)) {
          memory.set(ADDRESS_UNALIGNED, chosen, MemorySegment.ofAddress(offered + at + 1));
          memory.set(JAVA_BYTE, chosenLength, (byte) size);
          return Control.ACCEPT;
        }
        at += 1 + size;
      }
    }
    return alpnRequired ? Control.ALERT_FATAL : Control.NO_ACKNOWLEDGEMENT;
  }

  /// {@return whether our name at `own` is theirs at `address`, length octets included}
  private boolean equal(int own, long address, int size) {
    if ((alpn[own] & 0xff) != size) {
      return false;
    }
    for (int i = 1; i <= size; i++) {
      if (alpn[own + i] != NativeLibrary.MEMORY.get(JAVA_BYTE, address + i)) {
        return false;
      }
    }
    return true;
  }

  /// Gives a session the OCSP response to staple.
  int staple(OpenSsl library, long ssl) {
    byte[] response = ocsp;
    if (response == null) {
      return Control.NO_ACKNOWLEDGEMENT;
    }
    long copy = library.transports.allocate(response.length, 0, 0);
    if (copy == 0) {
      return Control.NO_ACKNOWLEDGEMENT;
    }
    // SAFETY: so much was just allocated; the session takes it over.
    MemorySegment.copy(response, 0, NativeLibrary.MEMORY, JAVA_BYTE, copy, response.length);
    library.ssl.control(ssl, Control.SET_STATUS_RESPONSE, response.length, copy);
    return Control.ACCEPT;
  }

  @Override
  public boolean verifies() {
    return true; // nothing to find wrong unless clients are asked
  }

  @Override
  public void free(OpenSsl library) {
    // all in the SSL_CTX
  }
}
