// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http1;

import dev.pingora.error.ErrorSource;
import dev.pingora.error.ProxyException;
import dev.pingora.http.FieldName;
import dev.pingora.http.Fields;

/// Parses the field lines of a head or of a trailer section (RFC 9112 §5, RFC 9110 §5).
///
/// It trusts nobody: every octet is checked here even if a scanner has seen it before, so that the
/// parsers are safe on any array. Nothing is copied; [Fields] keeps the section and where each line
/// is.
///
/// Two leniencies, for responses only, because a gateway must or may repair what it forwards: white
/// space before the colon is taken away (RFC 9112 §5.1) and a folded line is joined by spaces (RFC
/// 9112 §5.2). Both repairs are made in the array, so that what is forwarded is what was
/// understood.
///
/// One instance parses one section; single-threaded.
final class FieldParser {
  private static final byte[] NOTHING = {};
  private static final Fields NONE = Fields.empty();

  private final SectionScanner.Kind kind;
  private final ErrorSource side;
  private byte[] section = NOTHING;
  private Fields fields = NONE;
  private int hosts;
  private int hostStart;
  private int hostEnd;

  FieldParser(SectionScanner.Kind kind, ErrorSource side) {
    this.kind = kind;
    this.side = side;
  }

  /// {@return the lines from an index up to the empty line with which the array must end}
  ///
  /// @param octets taken over by the result; may begin with other octets
  /// @param expectedLines room to make for lines; any number is correct
  Fields parse(byte[] octets, int from, int expectedLines) throws ProxyException {
    section = octets;
    fields = Fields.ofSection(octets, expectedLines);
    hosts = 0;
    int i = from;
    while (octet(i) != Octets.CR) {
      i = line(i);
    }
    if (octet(i + 1) != Octets.LF || i + 2 != section.length) {
      throw violation("octets behind the empty line at octet %s", i);
    }
    Fields parsed = fields;
    section = NOTHING; // a parser that waits for the next message keeps nothing of this one
    fields = NONE;
    return parsed;
  }

  /// {@return how many Host lines there were}
  int hosts() {
    return hosts;
  }

  /// {@return where the value of the last Host line starts}
  int hostStart() {
    return hostStart;
  }

  /// {@return where the value of the last Host line ends}
  int hostEnd() {
    return hostEnd;
  }

  /// {@return where the next line begins}
  private int line(int start) throws ProxyException {
    int colon = start;
    while (Octets.isTchar(octet(colon))) {
      colon++;
    }
    int name = start;
    if (section[colon] != ':') {
      int spaced = colon;
      colon = skipSpaceBeforeColon(start, spaced);
      name = start + (colon - spaced);
    }
    if (name == colon) {
      throw violation("field line without a name at octet %s (RFC 9110 §5.1)", start);
    }
    // The end first: folds that it replaces by spaces may stand at either end of the value.
    int end = lineEnd(colon + 1);
    int value = colon + 1;
    while (value < end && Octets.isBlank(section[value])) {
      value++;
    }
    int valueEnd = end;
    while (valueEnd > value && Octets.isBlank(section[valueEnd - 1])) {
      valueEnd--;
    }
    fields.addLine(name, colon - name, value, valueEnd - value, end + 2);
    if (fields.nameId(fields.size() - 1) == FieldName.HOST.id()) {
      hosts++;
      hostStart = value;
      hostEnd = valueEnd;
    }
    return end + 2;
  }

  /// Moves a response's field name up to its colon (RFC 9112 §5.1: a proxy must remove such white
  /// space), refuses anything else.
  private int skipSpaceBeforeColon(int start, int nameEnd) throws ProxyException {
    int colon = nameEnd;
    while (Octets.isBlank(octet(colon))) {
      colon++;
    }
    boolean spaced = nameEnd > start && colon > nameEnd && section[colon] == ':';
    if (!spaced) {
      throw violation(
          "field name with %s at octet %s (RFC 9110 §5.1)",
          Violation.quote(section[nameEnd]), nameEnd);
    }
    if (kind != SectionScanner.Kind.RESPONSE_HEAD) {
      throw violation("white space before the colon at octet %s (RFC 9112 §5.1)", nameEnd);
    }
    System.arraycopy(section, start, section, start + (colon - nameEnd), nameEnd - start);
    return colon;
  }

  /// {@return the index of the CR that ends the line, past all folds}
  private int lineEnd(int from) throws ProxyException {
    int i = from;
    while (true) {
      i = nextControl(i);
      byte control = octet(i);
      if (control == Octets.CR) {
        if (octet(i + 1) != Octets.LF) {
          throw violation("CR without LF at octet %s (RFC 9112 §2.2)", i);
        }
        if (!Octets.isBlank(octet(i + 2))) {
          return i;
        }
        unfold(i);
      } else if (control != Octets.HTAB) {
        throw violation(
            "control character %s at octet %s (RFC 9110 §5.5)", Violation.quote(control), i);
      }
      i++;
    }
  }

  /// RFC 9112 §5.2: each fold of a response becomes spaces, or the response is refused; requests
  /// are refused.
  private void unfold(int cr) throws ProxyException {
    if (kind != SectionScanner.Kind.RESPONSE_HEAD) {
      throw violation("folded field line at octet %s (RFC 9112 §5.2)", cr);
    }
    section[cr] = Octets.SP;
    section[cr + 1] = Octets.SP;
  }

  /// {@return the index of the first control character, or the section's length}
  private int nextControl(int from) {
    int i = from;
    for (; i <= section.length - Long.BYTES; i += Long.BYTES) {
      long hit = Octets.controls(Octets.word(section, i));
      if (hit != 0) {
        return i + (Long.numberOfTrailingZeros(hit) >>> 3);
      }
    }
    while (i < section.length && !Octets.isControl(section[i])) {
      i++;
    }
    return i;
  }

  private byte octet(int index) throws ProxyException {
    if (index >= section.length) {
      throw violation("the section ends within a line at octet %s", section.length);
    }
    return section[index];
  }

  private ProxyException violation(String format, Object... args) {
    return kind == SectionScanner.Kind.TRAILERS
        ? Violation.content(side, "trailer section: " + format, args)
        : Violation.head(side, format, args);
  }
}
