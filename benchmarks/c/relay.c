// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0
//
// The floor: one thread, epoll, a byte relay with one upstream connection per downstream connection.
// It parses nothing, so no proxy that reads heads can be cheaper.
// usage: relay LISTEN_PORT UPSTREAM_PORT
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

static int peer[1 << 16];
static char buf[1 << 16];
static int one = 1;

static struct sockaddr_in loopback(const char *port) {
  return (struct sockaddr_in){
      .sin_family = AF_INET, .sin_port = htons(atoi(port)), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

static void watch(int ep, int fd) {
  struct epoll_event ev = {.events = EPOLLIN, .data.fd = fd};
  epoll_ctl(ep, EPOLL_CTL_ADD, fd, &ev);
}

static void close_pair(int fd) {
  int other = peer[fd];
  peer[fd] = peer[other] = 0;
  close(fd);
  if (other) close(other);
}

static void accept_all(int ep, int listener, struct sockaddr_in *upstream) {
  int down;
  while ((down = accept4(listener, 0, 0, SOCK_NONBLOCK)) >= 0) {
    int up = socket(AF_INET, SOCK_STREAM, 0);
    if (up < 0 || connect(up, (void *)upstream, sizeof *upstream)) {
      close(down);
      if (up >= 0) close(up);
      continue;
    }
    setsockopt(down, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    setsockopt(up, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    peer[down] = up;
    peer[up] = down;
    watch(ep, down);
    watch(ep, up);
  }
}

// All of it, or the pair is closed. A full socket is waited for: one that reads slowly stalls the
// rest, which no benchmark of ours does.
static int send_all(int fd, const char *p, ssize_t left) {
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

int main(int argc, char **argv) {
  if (argc != 3) return fprintf(stderr, "usage: relay LISTEN_PORT UPSTREAM_PORT\n"), 2;
  struct sockaddr_in here = loopback(argv[1]), upstream = loopback(argv[2]);
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (bind(listener, (void *)&here, sizeof here) || listen(listener, 4096)) return perror("bind"), 1;
  int ep = epoll_create1(0);
  watch(ep, listener);
  struct epoll_event events[512];
  for (;;) {
    int n = epoll_wait(ep, events, 512, -1);
    for (int i = 0; i < n; i++) {
      int fd = events[i].data.fd;
      if (fd == listener) {
        accept_all(ep, listener, &upstream);
        continue;
      }
      if (!peer[fd]) continue; // closed by an earlier event of this turn
      ssize_t r = recv(fd, buf, sizeof buf, MSG_DONTWAIT);
      if (r < 0 && errno == EAGAIN) continue;
      if (r <= 0 || send_all(peer[fd], buf, r)) close_pair(fd);
    }
  }
}
