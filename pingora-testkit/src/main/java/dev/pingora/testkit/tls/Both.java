// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.testkit.tls;

import dev.pingora.tls.Availability;
import dev.pingora.tls.Capability;
import dev.pingora.tls.ClientTls;
import dev.pingora.tls.ServerTls;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.TlsProfile;
import dev.pingora.tls.TlsProvider;
import dev.pingora.tls.TlsVersion;
import dev.pingora.tls.Verify;
import java.util.Arrays;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The two providers that a check is about, and what checks share.
record Both(TlsProvider client, TlsProvider server) {
  /// {@return what a provider can}
  static Set<Capability> capabilities(TlsProvider provider) {
    return switch (provider.availability()) {
      case Availability.Available available -> available.capabilities();
      case Availability.Missing(String reason) ->
          throw new AssertionError(provider.id() + " cannot be used here: " + reason);
    };
  }

  boolean clientCan(Capability what) {
    return capabilities(client).contains(what);
  }

  boolean serverCan(Capability what) {
    return capabilities(server).contains(what);
  }

  boolean can(Capability what) {
    return clientCan(what) && serverCan(what);
  }

  /// {@return whether both speak it}
  boolean speak(TlsVersion version) {
    return can(version == TlsVersion.TLS_1_2 ? Capability.TLS_1_2 : Capability.TLS_1_3);
  }

  static TlsProfile only(TlsVersion version) {
    return TlsProfile.INTERMEDIATE.withVersions(version, version);
  }

  /// {@return a client that trusts the test root, and looks at the name}
  static ClientTls clientConfig(TlsVersion version) {
    return ClientTls.standard()
        .withProfile(only(version))
        .withVerify(Verify.CHAIN_AND_NAME, TestCertificates.roots());
  }

  /// {@return a server with a good certificate}
  static ServerTls serverConfig(TlsVersion version) {
    return ServerTls.of(TestCertificates.server()).withProfile(only(version));
  }

  /// {@return a connection to the good name; nothing was said yet}
  TlsPair pair(ClientTls asking, ServerTls serving) throws TlsException {
    return TlsPair.of(client, asking, server, serving, TestCertificates.NAME);
  }

  /// {@return a connection to the good name}
  TlsPair connected(ClientTls asking, ServerTls serving) throws TlsException {
    return pair(asking, serving).handshake();
  }

  static void same(String what, @Nullable Object found, @Nullable Object expected) {
    if (!Objects.equals(found, expected)) {
      throw new AssertionError(what + ": " + found + " (expected: " + expected + ")");
    }
  }

  static void that(String claim, boolean holds) {
    if (!holds) {
      throw new AssertionError("not so: " + claim);
    }
  }

  static void arrived(String where, byte[] found, byte[] sent) {
    if (!Arrays.equals(found, sent)) {
      throw new AssertionError(
          where
              + ": "
              + found.length
              + " octets, the first difference at "
              + Arrays.mismatch(found, sent)
              + " (expected: the "
              + sent.length
              + " that were sent)");
    }
  }

  /// Octets go both ways.
  static void talks(TlsPair pair) {
    byte[] question = {1, 2, 3};
    byte[] answer = {4, 5, 6, 7};
    arrived("server", pair.toServer(question), question);
    arrived("client", pair.toClient(answer), answer);
    if (pair.failure() != null) {
      throw new AssertionError("failed: " + pair);
    }
  }

  /// {@return the failure of one side, for this reason}
  static TlsException failed(TlsEnd end, TlsException.Reason... reasons) {
    TlsException failure = end.failure();
    if (failure == null) {
      throw new AssertionError("no failure: " + end);
    }
    if (!Arrays.asList(reasons).contains(failure.reason())) {
      throw new AssertionError(
          "failed by "
              + failure.reason()
              + " (expected: "
              + Arrays.toString(reasons)
              + "): "
              + failure.getMessage(),
          failure);
    }
    return failure;
  }

  /// One side hears why the other failed. A provider that blinds failures says nothing for a while,
  /// and no reason ever, so there is nothing to hear.
  static void heard(TlsEnd end, TlsProvider from) {
    if (!capabilities(from).contains(Capability.BLINDING)) {
      failed(end, TlsException.Reason.ALERTED);
    }
  }

  /// An action that a provider has to refuse, since it lacks something.
  @FunctionalInterface
  interface Attempt {
    void run() throws TlsException;
  }

  static void refused(TlsProvider provider, Attempt attempt) {
    try {
      attempt.run();
    } catch (TlsException e) {
      same("reason of " + e.getMessage(), e.reason(), TlsException.Reason.CONFIGURATION);
      that(
          "\"" + e.getMessage() + "\" names " + provider.id(),
          String.valueOf(e.getMessage()).contains(provider.id()));
      return;
    }
    throw new AssertionError(provider.id() + " takes a configuration that it cannot honour");
  }

  static void unsupported(Attempt attempt) throws TlsException {
    try {
      attempt.run();
    } catch (UnsupportedOperationException _) {
      return; // as its capabilities say
    }
    throw new AssertionError("done, though the capabilities say it cannot be");
  }
}
