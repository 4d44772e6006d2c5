// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0
//
// A keep-alive HTTP/1.1 origin that costs next to nothing: one thread, epoll, every request head is
// answered with the same body. GET /stats answers "CONNECTIONS REQUESTS": accepted and answered.
// usage: origin PORT BODY_BYTES
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

static char *answer;
static size_t answer_len;
static char buf[1 << 16];
static unsigned long connections, requests;
static int one = 1;

static void make_answer(size_t body) {
  answer = malloc(body + 512);
  answer_len = sprintf(answer,
                       "HTTP/1.1 200 OK\r\nServer: origin\r\nDate: Fri, 20 Nov 2026 00:00:00 GMT\r\n"
                       "Content-Type: text/plain\r\nContent-Length: %zu\r\nCache-Control: max-age=60\r\n"
                       "X-Origin: a\r\n\r\n",
                       body);
  memset(answer + answer_len, 'x', body);
  answer_len += body;
}

static void watch(int ep, int fd) {
  struct epoll_event ev = {.events = EPOLLIN, .data.fd = fd};
  epoll_ctl(ep, EPOLL_CTL_ADD, fd, &ev);
}

static int send_all(int fd, const char *p, size_t left) {
  while (left > 0) {
    ssize_t w = send(fd, p, left, MSG_NOSIGNAL);
    if (w >= 0) {
      p += w;
      left -= w;
    } else if (errno == EAGAIN) {
      struct pollfd full = {.fd = fd, .events = POLLOUT};
      poll(&full, 1, 1000);
    } else {
      return -1;
    }
  }
  return 0;
}

static int send_stats(int fd) {
  char body[64], head[160];
  int n = sprintf(body, "%lu %lu\n", connections, requests);
  int m = sprintf(head, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", n, body);
  return send_all(fd, head, m);
}

// Counts request heads: no request has content here, and none is split across reads.
static int answer_all(int fd, ssize_t len) {
  if (len > 10 && !memcmp(buf, "GET /stats", 10)) return send_stats(fd);
  char *p = buf, *end = buf + len;
  while ((p = memmem(p, end - p, "\r\n\r\n", 4))) {
    p += 4;
    requests++;
    if (send_all(fd, answer, answer_len)) return -1;
  }
  return 0;
}

int main(int argc, char **argv) {
  if (argc != 3) return fprintf(stderr, "usage: origin PORT BODY_BYTES\n"), 2;
  make_answer(strtoul(argv[2], 0, 10));
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  struct sockaddr_in here = {
      .sin_family = AF_INET, .sin_port = htons(atoi(argv[1])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (bind(listener, (void *)&here, sizeof here) || listen(listener, 4096)) return perror("bind"), 1;
  int ep = epoll_create1(0);
  watch(ep, listener);
  struct epoll_event events[512];
  for (;;) {
    int n = epoll_wait(ep, events, 512, -1);
    for (int i = 0; i < n; i++) {
      int fd = events[i].data.fd;
      if (fd == listener) {
        int c;
        while ((c = accept4(listener, 0, 0, SOCK_NONBLOCK)) >= 0) {
          setsockopt(c, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
          connections++;
          watch(ep, c);
        }
        continue;
      }
      ssize_t r = recv(fd, buf, sizeof buf, 0);
      if (r < 0 && errno == EAGAIN) continue;
      if (r <= 0 || answer_all(fd, r)) close(fd);
    }
  }
}
