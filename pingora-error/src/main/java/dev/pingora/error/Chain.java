// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.error;

import org.jspecify.annotations.Nullable;

/// The one-line form of a failure and its causes: `Upstream ReadError context: … cause: …`.
///
/// Source and kind are left out where they repeat those of the enclosing failure. Foreign causes
/// appear as they print themselves, with their own causes behind. Depth and length are bounded,
/// since causes may form a cycle and texts may hold what a stranger sent.
final class Chain {
  /// Links of a chain that are followed at most.
  static final int MAX_LINKS = 32;

  /// Characters of one text that are shown at most.
  private static final int MAX_TEXT = 1024;

  private final StringBuilder line = new StringBuilder(96);

  private Chain() {}

  static String of(ProxyException failure) {
    Chain chain = new Chain();
    @Nullable Throwable enclosing = null;
    @Nullable Throwable link = failure;
    for (int links = 0; link != null; links++) {
      if (links == MAX_LINKS) {
        chain.word("cause: …");
        break;
      }
      if (enclosing != null) {
        chain.word("cause:");
      }
      chain.link(enclosing, link);
      enclosing = link;
      link = link.getCause();
    }
    return chain.line.toString();
  }

  private void link(@Nullable Throwable enclosing, Throwable link) {
    if (!(link instanceof ProxyException failure)) {
      text(foreign(link));
      return;
    }
    ProxyException outer = enclosing instanceof ProxyException e ? e : null;
    if (outer == null || outer.source() != failure.source()) {
      word(failure.source().toString());
    }
    if (outer == null || !outer.kind().equals(failure.kind())) {
      text(failure.kind().toString());
    }
    String context = failure.context();
    if (!context.isEmpty()) {
      word("context:");
      text(context);
    }
  }

  /// A foreign exception may fail to describe itself; that must not hide the rest.
  private static String foreign(Throwable cause) {
    try {
      return String.valueOf(cause.toString());
    } catch (RuntimeException _) {
      return cause.getClass().getName();
    }
  }

  private void word(String word) {
    if (!line.isEmpty()) {
      line.append(' ');
    }
    line.append(word);
  }

  private void text(String text) {
    if (!line.isEmpty()) {
      line.append(' ');
    }
    Escaped.append(line, text, MAX_TEXT);
  }
}
