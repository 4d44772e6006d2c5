// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.openssl;

import dev.pingora.tls.NamedGroup;

/// Numbers of OpenSSL's headers (openssl/ssl.h, tls1.h, x509_vfy.h, x509v3.h), the same in all of
/// 3.
final class Control {
  // SSL_CTX_ctrl and SSL_ctrl.
  static final int MODE = 33;
  static final int SET_READ_AHEAD = 41;
  static final int SET_SESSION_CACHE_MODE = 44;
  static final int SET_SERVER_NAME_CALLBACK = 53;
  static final int SET_HOST_NAME = 55;
  static final int SET_STATUS_CALLBACK = 63;
  static final int SET_STATUS_RESPONSE = 71;
  static final int CHAIN_CERTIFICATE = 89;
  static final int SET_GROUPS_LIST = 92;
  static final int SET_MINIMUM = 123;
  static final int SET_MAXIMUM = 124;
  static final int NEGOTIATED_GROUP = 134;

  static final long MODE_NO_AUTO_CHAIN = 0x8;
  static final long MODE_RELEASE_BUFFERS = 0x10;

  static final long NO_TICKET = 1L << 14;
  static final long NO_COMPRESSION = 1L << 17;
  static final long PRIORITIZE_CHACHA = 1L << 21;
  static final long SERVER_PREFERENCE = 1L << 22;
  static final long NO_RENEGOTIATION = 1L << 30;

  static final int CACHE_OFF = 0;
  static final int CACHE_CLIENT_OURS = 0x301;

  static final int ERROR_SSL = 1;
  static final int ERROR_WANT_READ = 2;
  static final int ERROR_ZERO_RETURN = 6;

  /// SSL_SENT_SHUTDOWN and SSL_RECEIVED_SHUTDOWN.
  static final int SHUT_DOWN = 1 | 2;

  static final int VERIFY_NONE = 0;
  static final int VERIFY_PEER = 1;
  static final int VERIFY_REQUIRED = 2;

  static final int ACCEPT = 0;
  static final int ALERT_FATAL = 2;
  static final int NO_ACKNOWLEDGEMENT = 3;

  static final int EVENT_ALERT = 0x4000;
  static final int EVENT_READ = 0x4;
  static final int LEVEL_FATAL = 2;
  static final int CLOSE_NOTIFY = 0;

  static final long PARTIAL_CHAIN = 0x80000;
  static final int NO_PARTIAL_WILDCARDS = 0x4;
  static final int NEVER_CHECK_SUBJECT = 0x20;
  static final int V_OK = 0;
  static final int V_HOST_MISMATCH = 62;
  static final int V_ADDRESS_MISMATCH = 64;

  /// Groups without a number of its own inside of OpenSSL are told as this + their number on the
  /// wire.
  static final int NID_UNKNOWN = 0x100_0000;

  /// BIO_FLAGS_READ and BIO_FLAGS_SHOULD_RETRY (openssl/bio.h).
  static final int BIO_RETRY_READ = 0x1 | 0x8;

  /// BIO_TYPE_SOURCE_SINK, and a number that no BIO of OpenSSL has.
  static final int BIO_TYPE = 0x400 | 0x7f;

  private Control() {}

  /// {@return how lists of groups call it}
  static String groupName(NamedGroup group) {
    return switch (group) {
      case SECP256R1 -> "P-256";
      case SECP384R1 -> "P-384";
      case SECP521R1 -> "P-521";
      case X25519 -> "X25519";
      case X448 -> "X448";
      case SECP256R1MLKEM768, X25519MLKEM768 -> group.toString();
    };
  }

  /// {@return IANA's name of a group as SSL_get_negotiated_group tells it (NIDs of obj_mac.h)}
  static String groupName(int told) {
    int code =
        switch (told) {
          case 415 -> NamedGroup.SECP256R1.code();
          case 715 -> NamedGroup.SECP384R1.code();
          case 716 -> NamedGroup.SECP521R1.code();
          case 1034 -> NamedGroup.X25519.code();
          case 1035 -> NamedGroup.X448.code();
          default -> told & 0xffff;
        };
    return NamedGroup.of(code).map(NamedGroup::toString).orElseGet(() -> "group " + code);
  }
}
