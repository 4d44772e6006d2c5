// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tls.engine;

import dev.pingora.tls.CipherSuite;
import dev.pingora.tls.ClientAuth;
import dev.pingora.tls.NamedGroup;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.TlsProfile;
import dev.pingora.tls.TlsVersion;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/// What an application has set on an engine. Guarded by the engine's lock.
///
/// What a session cannot honour is refused when it is set.
final class EngineSettings {
  /// The only rule for names that the sessions know: RFC 9525, as HTTP has it.
  static final String HTTPS = "HTTPS";

  /// The name and port asked for; null and -1 when nobody said.
  final @Nullable String host;

  final int port;

  private @Nullable Boolean client;
  private List<TlsVersion> versions = List.of(TlsVersion.TLS_1_3, TlsVersion.TLS_1_2);
  private List<CipherSuite> suites = TlsProfile.INTERMEDIATE.suites();
  private List<NamedGroup> groups = List.of();
  private ClientAuth auth = ClientAuth.OFF;
  private List<String> alpn = List.of();
  private @Nullable List<SNIServerName> names;
  private String identification = "";
  private boolean mayAskClients;

  EngineSettings(@Nullable String host, int port) {
    this.host = host;
    this.port = port;
  }

  static String[] supportedProtocols() {
    return new String[] {TlsVersion.TLS_1_3.toString(), TlsVersion.TLS_1_2.toString()};
  }

  static String[] supportedSuites() {
    return names(TlsProfile.INTERMEDIATE.suites());
  }

  private static String[] names(List<CipherSuite> suites) {
    return suites.stream().map(CipherSuite::name).toArray(String[]::new);
  }

  /// {@return parameters that allow all we can}
  static SSLParameters supported() {
    return new SSLParameters(supportedSuites(), supportedProtocols());
  }

  boolean isUndecided() {
    return client == null;
  }

  boolean isClient() {
    return Boolean.TRUE.equals(client);
  }

  void client(boolean mode) {
    client = mode;
  }

  /// {@return whether a server may ask its clients for certificates}
  boolean mayAskClients() {
    return mayAskClients || auth != ClientAuth.OFF;
  }

  /// @param unknown whether that is configured elsewhere
  void mayAskClients(boolean unknown) {
    mayAskClients = unknown;
  }

  String[] protocols() {
    return versions.stream().map(TlsVersion::toString).toArray(String[]::new);
  }

  void protocols(String @Nullable [] names) {
    if (names == null) {
      throw new IllegalArgumentException("protocols: null");
    }
    List<TlsVersion> chosen = new ArrayList<>();
    for (String name : names) {
      chosen.add(version(name));
    }
    versions = List.copyOf(chosen);
  }

  private static TlsVersion version(String name) {
    for (TlsVersion version : TlsVersion.values()) {
      if (version.toString().equals(name)) {
        return version;
      }
    }
    throw new IllegalArgumentException(
        "protocol " + name + " (expected: some of " + Arrays.toString(supportedProtocols()) + ")");
  }

  String[] suites() {
    return names(suites);
  }

  void suites(String @Nullable [] names) {
    if (names == null || names.length == 0) {
      throw new IllegalArgumentException("cipher suites: none (expected: one or more)");
    }
    List<CipherSuite> chosen = new ArrayList<>();
    for (String name : names) {
      chosen.add(CipherSuite.named(name).orElseThrow(() -> unknown("cipher suite", name)));
    }
    suites = List.copyOf(chosen);
  }

  private static IllegalArgumentException unknown(String what, String name) {
    return new IllegalArgumentException("unsupported " + what + " " + name);
  }

  ClientAuth auth() {
    return auth;
  }

  void auth(ClientAuth mode) {
    auth = mode;
  }

  List<String> alpn() {
    return alpn;
  }

  /// {@return whether the peer's name is checked}
  boolean identifies() {
    return identification.equals(HTTPS);
  }

  /// {@return a copy in the words of the JDK}
  SSLParameters parameters() {
    SSLParameters parameters = new SSLParameters(suites(), protocols());
    switch (auth) {
      case OFF -> {}
      case OPTIONAL -> parameters.setWantClientAuth(true);
      case REQUIRED -> parameters.setNeedClientAuth(true);
    }
    parameters.setApplicationProtocols(alpn.toArray(new String[0]));
    if (!identification.isEmpty()) {
      parameters.setEndpointIdentificationAlgorithm(identification);
    }
    List<SNIServerName> own = names;
    if (own != null) {
      parameters.setServerNames(own);
    }
    if (!groups.isEmpty()) {
      parameters.setNamedGroups(groups.stream().map(NamedGroup::toString).toArray(String[]::new));
    }
    parameters.setUseCipherSuitesOrder(true);
    return parameters;
  }

  /// Takes all of these, or throws and takes none.
  ///
  /// @throws IllegalArgumentException naming what cannot be honoured
  void parameters(SSLParameters parameters) {
    refuseForeign(parameters);
    List<NamedGroup> chosen = groups(parameters.getNamedGroups());
    EngineSettings next = new EngineSettings(host, port);
    next.versions = versions;
    next.suites = suites;
    if (parameters.getProtocols() != null) {
      next.protocols(parameters.getProtocols());
    }
    if (parameters.getCipherSuites() != null) {
      next.suites(parameters.getCipherSuites());
    }
    versions = next.versions;
    suites = next.suites;
    groups = chosen;
    auth =
        parameters.getNeedClientAuth()
            ? ClientAuth.REQUIRED
            : parameters.getWantClientAuth() ? ClientAuth.OPTIONAL : ClientAuth.OFF;
    alpn = List.of(parameters.getApplicationProtocols());
    names = parameters.getServerNames();
    String rule = parameters.getEndpointIdentificationAlgorithm();
    identification = rule == null || rule.isEmpty() ? "" : HTTPS;
  }

  private static List<NamedGroup> groups(String @Nullable [] names) {
    List<NamedGroup> chosen = new ArrayList<>();
    for (String name : names == null ? new String[0] : names) {
      chosen.add(NamedGroup.named(name).orElseThrow(() -> unknown("named group", name)));
    }
    return List.copyOf(chosen);
  }

  private void refuseForeign(SSLParameters parameters) {
    String rule = parameters.getEndpointIdentificationAlgorithm();
    if (rule != null && !rule.isEmpty() && !rule.equalsIgnoreCase(HTTPS)) {
      throw cannot("endpoint identification \"" + rule + "\" (expected: HTTPS or null)");
    }
    if (parameters.getAlgorithmConstraints() != null) {
      throw cannot("algorithm constraints: set protocols, cipher suites and groups");
    }
    if (parameters.getSignatureSchemes() != null) {
      throw cannot("signature schemes");
    }
    if (parameters.getSNIMatchers() != null && !parameters.getSNIMatchers().isEmpty()) {
      throw cannot("SNI matchers");
    }
    int largest = parameters.getMaximumPacketSize();
    if (largest != 0 && largest < Scratch.PACKET) {
      throw cannot("a maximum packet size of " + largest);
    }
    if (!parameters.getUseCipherSuitesOrder() && !isClient()) {
      throw cannot("the client's order of cipher suites");
    }
  }

  private static IllegalArgumentException cannot(String what) {
    return new IllegalArgumentException("this engine cannot honour " + what);
  }

  /// {@return the first name for SNI; null when nobody set names, empty when none is to be sent}
  @Nullable String serverName() {
    List<SNIServerName> own = names;
    if (own == null) {
      return null;
    }
    for (SNIServerName name : own) {
      if (name instanceof SNIHostName host) {
        return host.getAsciiName();
      }
    }
    return "";
  }

  /// {@return the names for SNI, for trust managers that ask}
  List<SNIServerName> requestedNames() {
    List<SNIServerName> own = names;
    return own == null ? List.of() : own;
  }

  /// {@return what is negotiated: versions without a suite are left out, as the JDK does}
  ///
  /// @throws TlsException CONFIGURATION when nothing is left
  TlsProfile profile() throws TlsException {
    Set<TlsVersion> spoken = EnumSet.noneOf(TlsVersion.class);
    for (CipherSuite suite : suites) {
      if (versions.contains(suite.version())) {
        spoken.add(suite.version());
      }
    }
    if (spoken.isEmpty()) {
      throw TlsException.of(
          TlsException.Reason.CONFIGURATION,
          "no cipher suite of " + versions + " is enabled (enabled: " + suites + ")");
    }
    TlsVersion least =
        spoken.contains(TlsVersion.TLS_1_2) ? TlsVersion.TLS_1_2 : TlsVersion.TLS_1_3;
    TlsVersion most = spoken.contains(TlsVersion.TLS_1_3) ? TlsVersion.TLS_1_3 : TlsVersion.TLS_1_2;
    List<NamedGroup> offered = groups.isEmpty() ? TlsProfile.INTERMEDIATE.groups() : groups;
    return new TlsProfile(least, most, suites, offered);
  }
}
