// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.protocols;

import dev.pingora.http.Fields;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// The content of a message that has none. Stateless.
final class NoContent implements ContentSource {
  static final NoContent INSTANCE = new NoContent();

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private NoContent() {}

  @Override
  public Progress poll() {
    return Progress.ENDED;
  }

  @Override
  public int length() {
    return 0;
  }

  @Override
  public ByteBuffer piece() {
    return NOTHING;
  }

  @Override
  public void skip() {}

  @Override
  public void skip(int octets) {}

  @Override
  public @Nullable Fields trailers() {
    return null;
  }

  @Override
  public long contentBytes() {
    return 0;
  }

  @Override
  public boolean isEnded() {
    return true;
  }

  @Override
  public long remaining() {
    return 0;
  }
}
