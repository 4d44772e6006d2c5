// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

// rates.h on the s2n-tls that the JVM takes, the one inside aws-crt. That comes without headers:
// what is used of s2n.h is declared here.
//
// cc -O2 -o s2n s2n.c libaws-crt-jni.so; ./s2n leaf.pem leaf.key root.pem name seconds
#include <errno.h>
#include <stdint.h>

struct s2n_config;
struct s2n_connection;
#define END struct s2n_connection
#include "rates.h"

typedef int receiver(void *, uint8_t *, uint32_t);
typedef int sender(void *, const uint8_t *, uint32_t);
enum { SERVER, CLIENT, SELF_SERVICE_BLINDING = 1 };

int s2n_init(void);
struct s2n_config *s2n_config_new_minimal(void);
int s2n_config_set_cipher_preferences(struct s2n_config *, const char *);
int s2n_config_add_cert_chain_and_key(struct s2n_config *, const char *, const char *);
int s2n_config_add_pem_to_trust_store(struct s2n_config *, const char *);
int s2n_config_set_session_tickets_onoff(struct s2n_config *, uint8_t);
struct s2n_connection *s2n_connection_new(int);
int s2n_connection_set_ctx(struct s2n_connection *, void *);
void *s2n_connection_get_ctx(struct s2n_connection *);
int s2n_connection_set_config(struct s2n_connection *, struct s2n_config *);
int s2n_connection_set_blinding(struct s2n_connection *, int);
int s2n_connection_set_recv_cb(struct s2n_connection *, receiver *);
int s2n_connection_set_recv_ctx(struct s2n_connection *, void *);
int s2n_connection_set_send_cb(struct s2n_connection *, sender *);
int s2n_connection_set_send_ctx(struct s2n_connection *, void *);
int s2n_connection_prefer_throughput(struct s2n_connection *);
int s2n_connection_set_recv_buffering(struct s2n_connection *, _Bool);
int s2n_connection_set_dynamic_buffers(struct s2n_connection *, _Bool);
int s2n_set_server_name(struct s2n_connection *, const char *);
int s2n_negotiate(struct s2n_connection *, int *);
int64_t s2n_send(struct s2n_connection *, const void *, int64_t, int *);
int64_t s2n_recv(struct s2n_connection *, void *, int64_t, int *);
int s2n_connection_free(struct s2n_connection *);
int *s2n_errno_location(void);
const char *s2n_strerror(int, const char *);
int s2n_error_get_type(int);

enum { PIPE = 64 * 1024, BLOCKED = 3 };

// What has come for one end, or goes out from it.
struct pipe {
  uint32_t from, to;
  uint8_t octets[PIPE];
};

// By mode: what OpenSSL calls its BIOs.
static struct pipe input[2], output[2];
static uint8_t wire[PIPE];
static struct s2n_config *server, *client;

static void must(int well, const char *what) {
  if (!well) {
    fprintf(stderr, "%s: %s\n", what, s2n_strerror(*s2n_errno_location(), "EN"));
    exit(1);
  }
}

static int take(void *from, uint8_t *into, uint32_t most) {
  struct pipe *pipe = from;
  uint32_t count = pipe->to - pipe->from;
  if (count == 0) {
    errno = EAGAIN;
    return -1;
  }
  if (count > most) count = most;
  memcpy(into, pipe->octets + pipe->from, count);
  pipe->from += count;
  if (pipe->from == pipe->to) pipe->from = pipe->to = 0;
  return count;
}

static int put(void *into, const uint8_t *from, uint32_t count) {
  struct pipe *pipe = into;
  if (pipe->to + count > PIPE) abort();
  memcpy(pipe->octets + pipe->to, from, count);
  pipe->to += count;
  return count;
}

static void carry(struct s2n_connection *from, struct s2n_connection *to) {
  struct pipe *out = &output[*(int *)s2n_connection_get_ctx(from)];
  struct pipe *in = &input[*(int *)s2n_connection_get_ctx(to)];
  int n;
  while (out->to > 0 && (n = take(out, wire, PIPE)) > 0) put(in, wire, n);
}

static char *text(const char *path) {
  FILE *file = fopen(path, "r");
  must(file != NULL, path);
  char *all = calloc(1, 65536);
  must(fread(all, 1, 65535, file) > 0, path);
  fclose(file);
  return all;
}

static struct s2n_config *config(void) {
  struct s2n_config *config = s2n_config_new_minimal();
  must(s2n_config_set_cipher_preferences(config, "CloudFront-TLS-1-3-2025-no-pq") == 0, "policy");
  must(s2n_config_set_session_tickets_onoff(config, 0) == 0, "tickets");
  return config;
}

static struct s2n_connection *session(int connects) {
  static int modes[] = {SERVER, CLIENT};
  int mode = modes[connects];
  struct s2n_connection *c = s2n_connection_new(mode);
  s2n_connection_set_blinding(c, SELF_SERVICE_BLINDING);
  s2n_connection_set_config(c, connects ? client : server);
  s2n_connection_set_ctx(c, &modes[connects]);
  s2n_connection_set_recv_cb(c, take);
  s2n_connection_set_recv_ctx(c, &input[mode]);
  s2n_connection_set_send_cb(c, put);
  s2n_connection_set_send_ctx(c, &output[mode]);
  s2n_connection_prefer_throughput(c);
  s2n_connection_set_recv_buffering(c, 1);
  s2n_connection_set_dynamic_buffers(c, 1);
  if (mode == CLIENT) must(s2n_set_server_name(c, name) == 0, "name");
  return c;
}

static int shake(struct s2n_connection *c) {
  int blocked;
  int result = s2n_negotiate(c, &blocked);
  if (result < 0) must(s2n_error_get_type(*s2n_errno_location()) == BLOCKED, "handshake");
  return result == 0;
}

static void drink(struct s2n_connection *c, size_t *total) {
  int blocked;
  int64_t n;
  while ((n = s2n_recv(c, plain, RECORD, &blocked)) > 0) *total += n;
  must(s2n_error_get_type(*s2n_errno_location()) == BLOCKED, "read");
}

static void say(struct s2n_connection *c, const char *octets) {
  int blocked;
  must(s2n_send(c, octets, RECORD, &blocked) == RECORD, "write");
}

static void end(struct s2n_connection *c) { s2n_connection_free(c); }

static void contexts(char **argv) {
  setenv("S2N_DONT_MLOCK", "1", 1);
  must(s2n_init() == 0, "init");
  server = config();
  must(s2n_config_add_cert_chain_and_key(server, text(argv[1]), text(argv[2])) == 0, "key");
  client = config();
  must(s2n_config_add_pem_to_trust_store(client, text(argv[3])) == 0, "root");
}
