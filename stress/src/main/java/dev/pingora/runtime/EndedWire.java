// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

/// A socket that has nothing but its end to tell, and takes no byte.
enum EndedWire implements Wire {
  INSTANCE;

  @Override
  public int receive(Buffer into) {
    return END;
  }

  @Override
  public int send(Buffer from) {
    return 0;
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
