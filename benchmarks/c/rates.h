// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

// The work of TlsRates.java in C, whatever the library: both ends in one thread, through memory.
// Who includes this defines END, one end of a connection, and the functions declared here.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { RECORD = 16 * 1024 };

static const char *name;
static char plain[RECORD], content[RECORD];

// Makes the contexts, from the program's arguments.
static void contexts(char **argv);
static END *session(int connects);
// Whether the handshake is done.
static int shake(END *end);
// Takes what one end says to the other.
static void carry(END *from, END *to);
static void drink(END *end, size_t *total);
// Writes one record.
static void say(END *end, const char *octets);
static void end(END *end);

static double cpu(void) {
  struct timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec + now.tv_nsec / 1e9;
}

static void connection(END **near, END **far) {
  END *c = session(1), *s = session(0);
  int there = 0, here = 0;
  size_t none = 0;
  while (!there || !here) {
    if (!here) here = shake(c);
    carry(c, s);
    if (!there) there = shake(s);
    carry(s, c);
  }
  drink(c, &none); // the tickets
  *near = c;
  *far = s;
}

static void shake_and_end(void) {
  END *c, *s;
  connection(&c, &s);
  end(c);
  end(s);
}

// Prints handshakes per second and GB per second of the thread's CPU time.
static void measure(double seconds) {
  for (int i = 0; i < 50; i++) shake_and_end();
  long count = 0;
  double start = cpu(), spent;
  do {
    shake_and_end();
    count++;
  } while ((spent = cpu() - start) < seconds);
  double rate = count / spent;
  END *c, *s;
  connection(&c, &s);
  size_t total = 0;
  start = cpu();
  do {
    for (int i = 0; i < 16; i++) {
      say(c, content);
      carry(c, s);
      drink(s, &total);
    }
  } while ((spent = cpu() - start) < seconds);
  printf("%.0f %.3f\n", rate, total / spent / 1e9);
}

int main(int argc, char **argv) {
  if (argc != 6) return 2;
  name = argv[4];
  contexts(argv);
  measure(atof(argv[5]));
  return 0;
}
