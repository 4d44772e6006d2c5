// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

// Functions of OpenSSL 3 that BoringSSL lacks or that do something else there, by those it has.
//
// The Java side calls what is here as `pingora_X` instead of `X`. Numbers of commands are those of
// OpenSSL's headers, as BoringSSL has functions where OpenSSL has commands. No state but what hangs
// on an SSL_CTX; thread-safe as the functions it stands for are.

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/bio.h>
#include <openssl/cipher.h>
#include <openssl/ec.h>
#include <openssl/ec_key.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/mem.h>
#include <openssl/nid.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/stack.h>
#include <openssl/x509.h>

#define EXPORT __attribute__((visibility("default")))

enum {
  MODE = 33,
  SET_SESSION_CACHE_MODE = 44,
  SET_SERVER_NAME_CALLBACK = 53,
  SET_HOST_NAME = 55,
  SET_STATUS_CALLBACK = 63,
  SET_STATUS_RESPONSE = 71,
  CHAIN_CERTIFICATE = 89,
  SET_GROUPS_LIST = 92,
  SET_MINIMUM = 123,
  SET_MAXIMUM = 124,
  NEGOTIATED_GROUP = 134,
};

// Groups that are told by their number on the wire.
#define GROUP_BY_NUMBER 0x1000000

// What stands for OpenSSL 3.5, whose interface this is as far as it goes.
#define LIKE_OPENSSL_3_5 0x30500000ul

#define MOST_GROUPS 8

// For which groups clients of an SSL_CTX send key shares.
typedef struct {
  size_t count;
  uint16_t groups[MOST_GROUPS];
} key_shares;

// ----- Versions

EXPORT const char *pingora_OpenSSL_version(int what) {
  (void)what;
  return PINGORA_VERSION;
}

EXPORT unsigned long pingora_OpenSSL_version_num(void) { return LIKE_OPENSSL_3_5; }

// ----- Widths: where OpenSSL takes an int

EXPORT int pingora_RAND_bytes(uint8_t *into, int length) {
  return length < 0 ? 0 : RAND_bytes(into, (size_t)length);
}

EXPORT int pingora_OPENSSL_sk_num(const OPENSSL_STACK *stack) {
  return stack == NULL ? 0 : (int)OPENSSL_sk_num(stack);
}

EXPORT void *pingora_OPENSSL_sk_value(const OPENSSL_STACK *stack, int at) {
  return at < 0 ? NULL : OPENSSL_sk_value(stack, (size_t)at);
}

EXPORT unsigned long pingora_ERR_get_error(void) { return ERR_get_error(); }

EXPORT unsigned long pingora_SSL_CTX_set_options(SSL_CTX *context, unsigned long options) {
  // What else OpenSSL is asked for (no compression, no renegotiation) BoringSSL never does.
  return SSL_CTX_set_options(context, (uint32_t)options & SSL_OP_NO_TICKET);
}

// ----- BIOs

// Every write has gone out as far as it can.
static long null_control(BIO *bio, int command, long number, void *pointer) {
  (void)bio;
  (void)number;
  (void)pointer;
  return command == BIO_CTRL_FLUSH;
}

// A method to ask for its control function, and nothing else.
EXPORT const BIO_METHOD *pingora_BIO_s_null(void) { return NULL; }

// BoringSSL's ends the process.
EXPORT long (*pingora_BIO_meth_get_ctrl(const BIO_METHOD *method))(BIO *, int, long, void *) {
  return method == NULL ? null_control : NULL;
}

// ----- Strength: OpenSSL's security level 2, which BoringSSL lacks

// 112 bits: RSA from 2048, curves from 224.
static int is_strong(const EVP_PKEY *key) {
  switch (EVP_PKEY_id(key)) {
    case EVP_PKEY_RSA:
      return EVP_PKEY_bits(key) >= 2048;
    case EVP_PKEY_EC:
      return EVP_PKEY_bits(key) >= 224;
    default:
      return 1;
  }
}

static int has_strong_key(X509 *certificate) {
  EVP_PKEY *key = X509_get0_pubkey(certificate);
  return key != NULL && is_strong(key);
}

static int has_strong_signature(const X509 *certificate) {
  switch (X509_get_signature_nid(certificate)) {
    case NID_md5WithRSAEncryption:
    case NID_sha1WithRSAEncryption:
    case NID_sha1WithRSA:
    case NID_ecdsa_with_SHA1:
      return 0;
    default:
      return 1;
  }
}

// Verifies a chain, then refuses what is too weak; a root's own signature says nothing.
static int verify(X509_STORE_CTX *store, void *unused) {
  (void)unused;
  if (X509_verify_cert(store) != 1) {
    return 0;
  }
  const STACK_OF(X509) *chain = X509_STORE_CTX_get0_chain(store);
  size_t count = chain == NULL ? 0 : sk_X509_num(chain);
  for (size_t i = 0; i < count; i++) {
    X509 *certificate = sk_X509_value(chain, i);
    if (!has_strong_key(certificate) || (i + 1 < count && !has_strong_signature(certificate))) {
      X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_REJECTED);
      return 0;
    }
  }
  return 1;
}

// Only level 2 is asked for.
EXPORT void pingora_SSL_CTX_set_security_level(SSL_CTX *context, int level) {
  if (level > 0) {
    SSL_CTX_set_cert_verify_callback(context, verify, NULL);
  }
}

EXPORT int pingora_SSL_CTX_use_certificate(SSL_CTX *context, X509 *certificate) {
  if (!has_strong_key(certificate)) {
    ERR_put_error(ERR_LIB_RSA, 0, RSA_R_KEY_SIZE_TOO_SMALL, __FILE__, __LINE__);
    return 0;
  }
  return SSL_CTX_use_certificate(context, certificate);
}

// ----- Contexts

static void free_shares(void *parent, void *shares, CRYPTO_EX_DATA *all, int index, long number,
                        void *pointer) {
  (void)parent;
  (void)all;
  (void)index;
  (void)number;
  (void)pointer;
  free(shares);
}

static int shares_index;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void make_index(void) {
  shares_index = SSL_CTX_get_ex_new_index(0, NULL, NULL, NULL, free_shares);
}

EXPORT SSL_CTX *pingora_SSL_CTX_new(const SSL_METHOD *method) {
  // BoringSSL leaves out P-521 and Ed25519, and takes SHA-1.
  static const uint16_t signatures[] = {
      SSL_SIGN_ED25519,
      SSL_SIGN_ECDSA_SECP256R1_SHA256,
      SSL_SIGN_RSA_PSS_RSAE_SHA256,
      SSL_SIGN_RSA_PKCS1_SHA256,
      SSL_SIGN_ECDSA_SECP384R1_SHA384,
      SSL_SIGN_RSA_PSS_RSAE_SHA384,
      SSL_SIGN_RSA_PKCS1_SHA384,
      SSL_SIGN_ECDSA_SECP521R1_SHA512,
      SSL_SIGN_RSA_PSS_RSAE_SHA512,
      SSL_SIGN_RSA_PKCS1_SHA512,
  };
  SSL_CTX *context = SSL_CTX_new(method);
  if (context != NULL &&
      SSL_CTX_set_verify_algorithm_prefs(context, signatures,
                                         sizeof signatures / sizeof *signatures) != 1) {
    SSL_CTX_free(context);
    return NULL;
  }
  return context;
}

// The number of a group, 0 for one that is not there.
static uint16_t group_number(const char *name, size_t length) {
  static const struct {
    const char *name;
    uint16_t number;
  } groups[] = {
      {"X25519MLKEM768", SSL_GROUP_X25519_MLKEM768}, {"X25519", SSL_GROUP_X25519},
      {"P-256", SSL_GROUP_SECP256R1},                {"P-384", SSL_GROUP_SECP384R1},
      {"P-521", SSL_GROUP_SECP521R1},
  };
  for (size_t i = 0; i < sizeof groups / sizeof *groups; i++) {
    if (strlen(groups[i].name) == length && memcmp(groups[i].name, name, length) == 0) {
      return groups[i].number;
    }
  }
  return 0;
}

// Takes names with colons between; a client sends key shares for those with a star before, as in
// OpenSSL 3.5. Without stars it sends what BoringSSL sees fit.
static int set_groups(SSL_CTX *context, const char *list) {
  uint16_t all[MOST_GROUPS];
  size_t count = 0;
  key_shares shares = {0, {0}};
  for (const char *at = list;;) {
    int shared = *at == '*';
    at += shared;
    size_t length = strcspn(at, ":");
    uint16_t number = group_number(at, length);
    if (number == 0 || count == MOST_GROUPS) {
      ERR_put_error(ERR_LIB_SSL, 0, SSL_R_UNSUPPORTED_ELLIPTIC_CURVE, __FILE__, __LINE__);
      return 0;
    }
    all[count++] = number;
    if (shared) {
      shares.groups[shares.count++] = number;
    }
    at += length;
    if (*at++ != ':') {
      break;
    }
  }
  if (SSL_CTX_set1_group_ids(context, all, count) != 1) {
    return 0;
  }
  if (shares.count == 0) {
    return 1;
  }
  pthread_once(&once, make_index);
  key_shares *own = SSL_CTX_get_ex_data(context, shares_index);
  if (own == NULL) {
    own = malloc(sizeof *own);
    if (own == NULL || SSL_CTX_set_ex_data(context, shares_index, own) != 1) {
      free(own);
      return 0;
    }
  }
  *own = shares;
  return 1;
}

EXPORT long pingora_SSL_CTX_ctrl(SSL_CTX *context, int command, long number, void *pointer) {
  switch (command) {
    case MODE:
      return SSL_CTX_set_mode(context, (uint32_t)number);
    case SET_SESSION_CACHE_MODE:
      return SSL_CTX_set_session_cache_mode(context, (int)number);
    case CHAIN_CERTIFICATE:
      return SSL_CTX_add1_chain_cert(context, pointer);
    case SET_GROUPS_LIST:
      return set_groups(context, pointer);
    case SET_MINIMUM:
      return SSL_CTX_set_min_proto_version(context, (uint16_t)number);
    case SET_MAXIMUM:
      return SSL_CTX_set_max_proto_version(context, (uint16_t)number);
    default:
      return 0; // such as reading ahead, which it never does
  }
}

EXPORT long pingora_SSL_CTX_callback_ctrl(SSL_CTX *context, int command, void (*callback)(void)) {
  switch (command) {
    case SET_SERVER_NAME_CALLBACK:
      return SSL_CTX_set_tlsext_servername_callback(context,
                                                    (int (*)(SSL *, int *, void *))callback);
    case SET_STATUS_CALLBACK:
      return SSL_CTX_set_tlsext_status_cb(context, (int (*)(SSL *, void *))callback);
    default:
      return 0;
  }
}

EXPORT int pingora_SSL_CTX_set_ciphersuites(SSL_CTX *context, const char *list) {
  static const struct {
    const char *name;
    uint16_t number;
  } known[] = {
      {"TLS_AES_128_GCM_SHA256", SSL_CIPHER_AES_128_GCM_SHA256},
      {"TLS_AES_256_GCM_SHA384", SSL_CIPHER_AES_256_GCM_SHA384},
      {"TLS_CHACHA20_POLY1305_SHA256", SSL_CIPHER_CHACHA20_POLY1305_SHA256},
  };
  enum { KNOWN = sizeof known / sizeof *known };
  uint16_t suites[KNOWN];
  size_t count = 0;
  for (const char *at = list;;) {
    size_t length = strcspn(at, ":");
    size_t i = 0;
    while (i < KNOWN &&
           (strlen(known[i].name) != length || memcmp(known[i].name, at, length) != 0)) {
      i++;
    }
    if (i == KNOWN || count == KNOWN) {
      ERR_put_error(ERR_LIB_SSL, 0, SSL_R_NO_CIPHER_MATCH, __FILE__, __LINE__);
      return 0;
    }
    suites[count++] = known[i].number;
    at += length;
    if (*at++ != ':') {
      return SSL_CTX_set1_tls13_ciphers(context, suites, NULL, count);
    }
  }
}

// ----- Tickets

typedef int (*ticket_callback)(SSL *, uint8_t *, uint8_t *, EVP_CIPHER_CTX *, HMAC_CTX *, int);

// The callback gets an HMAC_CTX where OpenSSL has an EVP_MAC_CTX, and gives it to the next function.
EXPORT int pingora_SSL_CTX_set_tlsext_ticket_key_evp_cb(SSL_CTX *context,
                                                        ticket_callback callback) {
  return SSL_CTX_set_tlsext_ticket_key_cb(context, callback);
}

typedef struct {
  const char *key;
  unsigned int type;
  void *data;
  size_t size;
  size_t returned;
} parameter;

EXPORT int pingora_EVP_MAC_CTX_set_params(HMAC_CTX *mac, const parameter *parameters) {
  for (; parameters->key != NULL; parameters++) {
    if (strcmp(parameters->key, "key") == 0) {
      return HMAC_Init_ex(mac, parameters->data, parameters->size, EVP_sha256(), NULL);
    }
  }
  return 0;
}

// ----- Connections

EXPORT SSL *pingora_SSL_new(SSL_CTX *context) {
  SSL *ssl = SSL_new(context);
  if (ssl == NULL) {
    return NULL;
  }
  pthread_once(&once, make_index);
  const key_shares *shares = SSL_CTX_get_ex_data(context, shares_index);
  if (shares != NULL && SSL_set1_client_key_shares(ssl, shares->groups, shares->count) != 1) {
    SSL_free(ssl);
    return NULL;
  }
  return ssl;
}

// BoringSSL keeps tickets and key updates until something is written: a write of nothing sends
// them at once.
EXPORT int pingora_SSL_do_handshake(SSL *ssl) {
  int result = SSL_do_handshake(ssl);
  if (result == 1 && !SSL_in_init(ssl) && SSL_write(ssl, "", 0) < 0) {
    return -1;
  }
  return result;
}

EXPORT long pingora_SSL_ctrl(SSL *ssl, int command, long number, void *pointer) {
  switch (command) {
    case SET_HOST_NAME:
      return SSL_set_tlsext_host_name(ssl, pointer);
    case SET_STATUS_RESPONSE: {
      // OpenSSL takes it over, BoringSSL copies it.
      int well = SSL_set_ocsp_response(ssl, pointer, (size_t)number);
      OPENSSL_free(pointer);
      return well;
    }
    case NEGOTIATED_GROUP: {
      uint16_t group = SSL_get_group_id(ssl);
      return group == 0 ? 0 : GROUP_BY_NUMBER | group;
    }
    default:
      return 0;
  }
}

// Before a certificate was looked at OpenSSL has nothing against it, BoringSSL has.
EXPORT long pingora_SSL_get_verify_result(const SSL *ssl) {
  long verdict = SSL_get_verify_result(ssl);
  return verdict == X509_V_ERR_INVALID_CALL ? X509_V_OK : verdict;
}

EXPORT X509 *pingora_SSL_get1_peer_certificate(const SSL *ssl) {
  return SSL_get_peer_certificate(ssl);
}
