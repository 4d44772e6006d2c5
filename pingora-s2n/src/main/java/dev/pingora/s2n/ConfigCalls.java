// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.s2n;

import static dev.pingora.s2n.Shapes.I_J;
import static dev.pingora.s2n.Shapes.I_JB;
import static dev.pingora.s2n.Shapes.I_JI;
import static dev.pingora.s2n.Shapes.I_JJ;
import static dev.pingora.s2n.Shapes.I_JJB;
import static dev.pingora.s2n.Shapes.I_JJI;
import static dev.pingora.s2n.Shapes.I_JJIJI;
import static dev.pingora.s2n.Shapes.I_JJIJIJ;
import static dev.pingora.s2n.Shapes.I_JJJ;
import static dev.pingora.s2n.Shapes.I_JJS;
import static dev.pingora.s2n.Shapes.J_V;

import dev.pingora.tls.ffm.NativeLibrary;
import java.lang.invoke.MethodHandle;

/// Bare downcalls about what is set up before connections, as in s2n.h: addresses are numbers, 0 is
/// NULL; results below 0 are failures unless said otherwise. No logic.
final class ConfigCalls {
  private final MethodHandle create;
  private final MethodHandle free;
  private final MethodHandle policy;
  private final MethodHandle newCertificate;
  private final MethodHandle loadCertificate;
  private final MethodHandle staple;
  private final MethodHandle freeCertificate;
  private final MethodHandle addCertificate;
  private final MethodHandle wipeTrust;
  private final MethodHandle trust;
  private final MethodHandle offerRootNames;
  private final MethodHandle protocol;
  private final MethodHandle verifyNothing;
  private final MethodHandle clientAuth;
  private final MethodHandle verifyHost;
  private final MethodHandle verifyChain;
  private final MethodHandle tickets;
  private final MethodHandle ticketCount;
  private final MethodHandle sealLifetime;
  private final MethodHandle openLifetime;
  private final MethodHandle ticketKey;
  private final MethodHandle ticketCallback;
  private final MethodHandle keyLog;
  private final MethodHandle clientHello;
  private final MethodHandle maxBlinding;
  private final MethodHandle newPsk;
  private final MethodHandle freePsk;
  private final MethodHandle pskIdentity;
  private final MethodHandle pskSecret;
  private final MethodHandle pskHmac;

  /// Binds the functions; those that are missing are noted in the library.
  ConfigCalls(NativeLibrary library) {
    create = library.function("s2n_config_new_minimal", J_V);
    free = library.function("s2n_config_free", I_J);
    policy = library.function("s2n_config_set_cipher_preferences", I_JJ);
    newCertificate = library.function("s2n_cert_chain_and_key_new", J_V);
    loadCertificate = library.function("s2n_cert_chain_and_key_load_pem_bytes", I_JJIJI);
    staple = library.function("s2n_cert_chain_and_key_set_ocsp_data", I_JJI);
    freeCertificate = library.function("s2n_cert_chain_and_key_free", I_J);
    addCertificate = library.function("s2n_config_add_cert_chain_and_key_to_store", I_JJ);
    wipeTrust = library.function("s2n_config_wipe_trust_store", I_J);
    trust = library.function("s2n_config_add_pem_to_trust_store", I_JJ);
    offerRootNames = library.function("s2n_config_set_cert_authorities_from_trust_store", I_J);
    protocol = library.function("s2n_config_append_protocol_preference", I_JJB);
    verifyNothing = library.function("s2n_config_disable_x509_verification", I_J);
    clientAuth = library.function("s2n_config_set_client_auth_type", I_JI);
    verifyHost = library.function("s2n_config_set_verify_host_callback", I_JJJ);
    verifyChain = library.function("s2n_config_set_cert_validation_cb", I_JJJ);
    tickets = library.function("s2n_config_set_session_tickets_onoff", I_JB);
    ticketCount = library.function("s2n_config_set_initial_ticket_count", I_JB);
    sealLifetime = library.function("s2n_config_set_ticket_encrypt_decrypt_key_lifetime", I_JJ);
    openLifetime = library.function("s2n_config_set_ticket_decrypt_key_lifetime", I_JJ);
    ticketKey = library.function("s2n_config_add_ticket_crypto_key", I_JJIJIJ);
    ticketCallback = library.function("s2n_config_set_session_ticket_cb", I_JJJ);
    keyLog = library.function("s2n_config_set_key_log_cb", I_JJJ);
    clientHello = library.function("s2n_config_set_client_hello_cb", I_JJJ);
    maxBlinding = library.function("s2n_config_set_max_blinding_delay", I_JI);
    newPsk = library.function("s2n_external_psk_new", J_V);
    freePsk = library.function("s2n_psk_free", I_J);
    pskIdentity = library.function("s2n_psk_set_identity", I_JJS);
    pskSecret = library.function("s2n_psk_set_secret", I_JJS);
    pskHmac = library.function("s2n_psk_set_hmac", I_JI);
  }

  /// s2n_config_new_minimal().
  long create() {
    try {
      // SAFETY: makes an object that the caller frees.
      return (long) this.create.invokeExact();
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// s2n_config_free().
  int free(long config) {
    try {
      // SAFETY: once, when no connection uses it any more.
      return (int) this.free.invokeExact(config);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// s2n_config_set_cipher_preferences().
  int policy(long config, long name) {
    try {
      // SAFETY: reads a C string; names a table inside of the library.
      return (int) this.policy.invokeExact(config, name);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// s2n_cert_chain_and_key_new().
  long newCertificate() {
    try {
      // SAFETY: makes an object that the caller frees.
      return (long) this.newCertificate.invokeExact();
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// s2n_cert_chain_and_key_load_pem_bytes().
  int loadCertificate(long certificate, long chain, int chainLength, long key, int keyLength) {
    try {
      // SAFETY: copies so many octets of two texts.
      return (int)
          this.loadCertificate.invokeExact(certificate, chain, chainLength, key, keyLength);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// s2n_cert_chain_and_key_set_ocsp_data().
  int staple(long certificate, long response, int length) {
    try {
      // SAFETY: copies so many octets.
      return (int) this.staple.invokeExact(certificate, response, length);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// s2n_cert_chain_and_key_free().
  int freeCertificate(long certificate) {
    try {
      // SAFETY: once, after the configuration that uses it.
      return (int) this.freeCertificate.invokeExact(certificate);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// s2n_config_add_cert_chain_and_key_to_store().
  int addCertificate(long config, long certificate) {
    try {
      // SAFETY: the caller keeps the certificate for as long as the configuration.
      return (int) this.addCertificate.invokeExact(config, certificate);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// s2n_config_wipe_trust_store().
  int wipeTrust(long config) {
    try {
      // SAFETY: the configuration is not in use yet.
      return (int) this.wipeTrust.invokeExact(config);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// s2n_config_add_pem_to_trust_store().
  int trust(long config, long pem) {
    try {
      // SAFETY: reads a C string.
      return (int) this.trust.invokeExact(config, pem);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// s2n_config_set_cert_authorities_from_trust_store().
  int offerRootNames(long config) {
    try {
      // SAFETY: the configuration is not in use yet.
      return (int) this.offerRootNames.invokeExact(config);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// s2n_config_append_protocol_preference().
  int protocol(long config, long name, byte length) {
    try {
      // SAFETY: copies so many octets.
      return (int) this.protocol.invokeExact(config, name, length);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// s2n_config_disable_x509_verification().
  int verifyNothing(long config) {
    try {
      // SAFETY: the configuration is not in use yet.
      return (int) this.verifyNothing.invokeExact(config);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// s2n_config_set_client_auth_type().
  int clientAuth(long config, int type) {
    try {
      // SAFETY: the configuration is not in use yet.
      return (int) this.clientAuth.invokeExact(config, type);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// s2n_config_set_verify_host_callback().
  int verifyHost(long config, long callback, long data) {
    try {
      // SAFETY: the callback is a stub that lives as long as the process.
      return (int) this.verifyHost.invokeExact(config, callback, data);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// s2n_config_set_cert_validation_cb().
  int verifyChain(long config, long callback, long data) {
    try {
      // SAFETY: the callback is a stub that lives as long as the process.
      return (int) this.verifyChain.invokeExact(config, callback, data);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// s2n_config_set_session_tickets_onoff().
  int tickets(long config, byte on) {
    try {
      // SAFETY: the configuration is not in use yet.
      return (int) this.tickets.invokeExact(config, on);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// s2n_config_set_initial_ticket_count().
  int ticketCount(long config, byte count) {
    try {
      // SAFETY: the configuration is not in use yet.
      return (int) this.ticketCount.invokeExact(config, count);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// s2n_config_set_ticket_encrypt_decrypt_key_lifetime().
  int sealLifetime(long config, long seconds) {
    try {
      // SAFETY: the configuration is not in use yet.
      return (int) this.sealLifetime.invokeExact(config, seconds);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// s2n_config_set_ticket_decrypt_key_lifetime().
  int openLifetime(long config, long seconds) {
    try {
      // SAFETY: the configuration is not in use yet.
      return (int) this.openLifetime.invokeExact(config, seconds);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// s2n_config_add_ticket_crypto_key().
  int ticketKey(long config, long name, int nameLength, long key, int keyLength, long since) {
    try {
      // SAFETY: copies so many octets.
      return (int) this.ticketKey.invokeExact(config, name, nameLength, key, keyLength, since);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// s2n_config_set_session_ticket_cb().
  int ticketCallback(long config, long callback, long data) {
    try {
      // SAFETY: the callback is a stub that lives as long as the process.
      return (int) this.ticketCallback.invokeExact(config, callback, data);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// s2n_config_set_key_log_cb().
  int keyLog(long config, long callback, long data) {
    try {
      // SAFETY: the callback is a stub that lives as long as the process.
      return (int) this.keyLog.invokeExact(config, callback, data);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// s2n_config_set_client_hello_cb().
  int clientHello(long config, long callback, long data) {
    try {
      // SAFETY: the callback is a stub that lives as long as the process.
      return (int) this.clientHello.invokeExact(config, callback, data);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// s2n_config_set_max_blinding_delay().
  int maxBlinding(long config, int seconds) {
    try {
      // SAFETY: the configuration is not in use yet.
      return (int) this.maxBlinding.invokeExact(config, seconds);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// s2n_external_psk_new().
  long newPsk() {
    try {
      // SAFETY: makes an object that the caller frees.
      return (long) this.newPsk.invokeExact();
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// s2n_psk_free().
  int freePsk(long pointer) {
    try {
      // SAFETY: the pointer to the object, which is set to NULL; once.
      return (int) this.freePsk.invokeExact(pointer);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// s2n_psk_set_identity().
  int pskIdentity(long psk, long octets, short length) {
    try {
      // SAFETY: copies so many octets.
      return (int) this.pskIdentity.invokeExact(psk, octets, length);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// s2n_psk_set_secret().
  int pskSecret(long psk, long octets, short length) {
    try {
      // SAFETY: copies so many octets.
      return (int) this.pskSecret.invokeExact(psk, octets, length);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// s2n_psk_set_hmac().
  int pskHmac(long psk, int hmac) {
    try {
      // SAFETY: the object is the caller's.
      return (int) this.pskHmac.invokeExact(psk, hmac);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }
}
