// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tls;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/// One block of a PEM text (RFC 7468), read strictly.
///
/// Text outside of blocks is ignored, as RFC 7468 §5.2 allows and many tools write. Within a block
/// everything but base64 lines is refused, the headers of old encrypted keys (RFC 1421) too.
///
/// @param label such as `CERTIFICATE`
/// @param content what was encoded; may be secret
/// @param line where it began, from 1
record PemBlock(String label, byte[] content, int line) {
  private static final String BEGIN = "-----BEGIN ";
  private static final String END = "-----END ";
  private static final String DASHES = "-----";

  /// What helps with encrypted keys. Without `-nocrypt` openssl would encrypt the key again.
  static final String PLAIN =
      "expected: PKCS #8 without a password, openssl pkcs8 -topk8 -nocrypt;"
          + " the gateway takes no passwords";

  /// {@return the blocks of a text, in order}
  ///
  /// @param source how messages call the text: a file
  /// @throws TlsException CONFIGURATION, naming source and line
  static List<PemBlock> read(String text, String source) throws TlsException {
    List<PemBlock> blocks = new ArrayList<>();
    List<String> lines = text.lines().toList();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (line.startsWith(BEGIN)) {
        int end = endOf(lines, i, source);
        blocks.add(block(lines.subList(i, end + 1), i + 1, source));
        i = end;
      } else if (line.startsWith(END)) {
        throw bad(source, i + 1, "an end without a beginning");
      }
    }
    return blocks;
  }

  private static int endOf(List<String> lines, int begin, String source) throws TlsException {
    for (int i = begin + 1; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (line.startsWith(END)) {
        return i;
      }
      if (line.startsWith(BEGIN)) {
        break;
      }
    }
    throw bad(source, begin + 1, "a block without end (expected: -----END …-----)");
  }

  private static PemBlock block(List<String> lines, int at, String source) throws TlsException {
    String label = label(lines.getFirst(), BEGIN, at, source);
    String ending = label(lines.getLast(), END, at + lines.size() - 1, source);
    if (!label.equals(ending)) {
      throw bad(source, at, label + " ends as " + ending);
    }
    StringBuilder base64 = new StringBuilder();
    for (String line : lines.subList(1, lines.size() - 1)) {
      if (line.indexOf(':') >= 0) {
        throw bad(source, at, "a key encrypted the old way (" + PLAIN + ")");
      }
      base64.append(line.strip());
    }
    try {
      return new PemBlock(label, Base64.getDecoder().decode(base64.toString()), at);
    } catch (IllegalArgumentException e) {
      throw bad(source, at, "no base64: " + e.getMessage());
    }
  }

  private static String label(String line, String prefix, int at, String source)
      throws TlsException {
    String text = line.strip();
    if (!text.endsWith(DASHES) || text.length() < prefix.length() + DASHES.length()) {
      throw bad(source, at, "no proper boundary (expected: " + prefix + "…-----)");
    }
    return text.substring(prefix.length(), text.length() - DASHES.length());
  }

  private static TlsException bad(String source, int line, String what) {
    return TlsException.of(TlsException.Reason.CONFIGURATION, source + ":" + line + ": " + what);
  }

  /// Keeps keys out of logs.
  @Override
  public String toString() {
    return label + " of " + content.length + " octets, line " + line;
  }
}
