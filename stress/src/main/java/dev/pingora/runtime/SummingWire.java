// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

/// A socket that takes everything and adds it up.
final class SummingWire implements Wire {
  int sum;

  @Override
  public int receive(Buffer into) {
    return NOTHING;
  }

  @Override
  public int send(Buffer from) {
    int n = from.bytes.remaining();
    while (from.bytes.hasRemaining()) {
      sum += from.bytes.get();
    }
    return n;
  }

  @Override
  public void awaitWritable() {}

  @Override
  public void shutdownOutput() {}

  @Override
  public void close() {}

  @Override
  public void reset() {}

  @Override
  public boolean isOpen() {
    return true;
  }
}
