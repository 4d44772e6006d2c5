// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

// What TLS costs without the JVM: rates.h on the same OpenSSL or BoringSSL, call by call.
//
// cc -O2 -o tls tls.c -lssl -lcrypto; ./tls leaf.pem leaf.key root.pem name seconds
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#define END SSL
#include "rates.h"

enum { CHUNK = 32 * 1024 };

static SSL_CTX *server, *client;
static char wire[CHUNK];
static int alerts;

static void must(int well, const char *what) {
  if (!well) {
    fprintf(stderr, "%s\n", what);
    ERR_print_errors_fp(stderr);
    exit(1);
  }
}

static void event(const SSL *ssl, int where, int what) {
  (void)ssl;
  if (where & SSL_CB_ALERT) alerts += what >> 8 == 2;
}

static SSL_CTX *context(void) {
  SSL_CTX *context = SSL_CTX_new(TLS_method());
  SSL_CTX_set_mode(context, SSL_MODE_NO_AUTO_CHAIN | SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_info_callback(context, event);
  SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION);
  SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
#ifndef OPENSSL_IS_BORINGSSL // which has them built in, the same first
  must(SSL_CTX_set_ciphersuites(context, "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384"), "suites");
#endif
  must(SSL_CTX_set1_groups_list(context, "X25519:P-256:P-384"), "groups");
  return context;
}

static void contexts(char **argv) {
  server = context();
  must(SSL_CTX_use_certificate_chain_file(server, argv[1]) == 1, "certificate");
  must(SSL_CTX_use_PrivateKey_file(server, argv[2], SSL_FILETYPE_PEM) == 1, "key");
  SSL_CTX_set_num_tickets(server, 2);
  client = context();
  SSL_CTX_set_options(client, SSL_OP_NO_TICKET);
  must(SSL_CTX_load_verify_locations(client, argv[3], NULL), "root");
  SSL_CTX_set_verify(client, SSL_VERIFY_PEER, NULL);
}

static SSL *session(int connects) {
  SSL *ssl = SSL_new(connects ? client : server);
  SSL_set_bio(ssl, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
  if (connects) {
    SSL_set_connect_state(ssl);
    SSL_set_tlsext_host_name(ssl, name);
    X509_VERIFY_PARAM_add1_host(SSL_get0_param(ssl), name, strlen(name));
  } else {
    SSL_set_accept_state(ssl);
  }
  return ssl;
}

static void carry(SSL *from, SSL *to) {
  int n;
  while ((n = BIO_read(SSL_get_wbio(from), wire, CHUNK)) > 0) {
    BIO_write(SSL_get_rbio(to), wire, n);
  }
}

static int shake(SSL *ssl) {
  ERR_clear_error();
  int result = SSL_do_handshake(ssl);
  if (result != 1) must(SSL_get_error(ssl, result) == SSL_ERROR_WANT_READ, "handshake");
  return result == 1;
}

static void drink(SSL *ssl, size_t *total) {
  int n;
  do {
    ERR_clear_error();
    n = SSL_read(ssl, plain, RECORD);
    if (n > 0) *total += n;
  } while (n > 0);
  must(SSL_get_error(ssl, n) == SSL_ERROR_WANT_READ, "read");
}

static void say(SSL *ssl, const char *octets) {
  ERR_clear_error();
  must(SSL_write(ssl, octets, RECORD) == RECORD, "write");
}

static void end(SSL *ssl) {
  SSL_free(ssl);
  must(alerts == 0, "alerts");
}
