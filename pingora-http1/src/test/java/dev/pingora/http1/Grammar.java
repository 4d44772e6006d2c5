// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http1;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// HTTP/1.1 once more, as slow and plain as possible: the grammars of the RFCs as regular
/// expressions over text. The fuzz tests hold the codec to it. It shares no code with the codec.
final class Grammar {
  static final BigInteger MAX_LONG = BigInteger.valueOf(Long.MAX_VALUE);

  private static final String TCHAR = "[-!#$%&'*+.^_`|~0-9A-Za-z]";
  private static final String TEXT = "[\\t\\x20-\\x7E\\x80-\\xFF]";
  private static final String QUOTED =
      "\"(?:[\\t \\x21\\x23-\\x5B\\x5D-\\x7E\\x80-\\xFF]|\\\\[\\t\\x20-\\x7E\\x80-\\xFF])*+\"";

  private static final String REG_NAME = "(?:[-A-Za-z0-9._~!$&'()*+,;=]|%[0-9A-Fa-f]{2})+";
  private static final String OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
  private static final String IPV4 = OCTET + "(?:\\." + OCTET + "){3}";
  private static final Pattern AUTHORITY =
      Pattern.compile("(?:" + REG_NAME + "|\\[(?:" + ipv6() + ")])(?::([0-9]*))?");

  private static final Pattern REQUEST_LINE =
      Pattern.compile(
          "(" + TCHAR + "+) ([\\x21\\x22\\x24-\\x7E\\x80-\\xFF]+) HTTP/([0-9])\\.([0-9])");
  private static final Pattern ABSOLUTE =
      Pattern.compile("(?i:https?)://([^/?]*).*", Pattern.DOTALL);
  private static final Pattern STATUS_LINE =
      Pattern.compile("HTTP/1\\.([0-9]) ([1-9][0-9]{2})(?: (" + TEXT + "*))?");
  private static final Pattern FIELD_LINE =
      Pattern.compile("(" + TCHAR + "+):[ \\t]*+(|" + TEXT + "*[\\x21-\\x7E\\x80-\\xFF])[ \\t]*");
  static final Pattern CHUNK_LINE =
      Pattern.compile(
          "([0-9A-Fa-f]{1,16})((?:[ \\t]*;[ \\t]*"
              + TCHAR
              + "+(?:[ \\t]*=[ \\t]*(?:"
              + TCHAR
              + "+|"
              + QUOTED
              + "))?)*)\r\n");

  private Grammar() {}

  /// A message head, or the status with which it is refused.
  record Head(int refusal, List<String> start, List<Line> lines) {
    static Head refused(int status) {
      return new Head(status, List.of(), List.of());
    }

    List<String> all(String name) {
      return lines.stream().filter(l -> l.name.equalsIgnoreCase(name)).map(Line::value).toList();
    }
  }

  record Line(String name, String value) {
    @Override
    public String toString() {
      return name + ": " + value;
    }
  }

  /// RFC 3986 §3.2.2, its nine alternatives.
  private static String ipv6() {
    String h16 = "[0-9A-Fa-f]{1,4}";
    String ls32 = "(?:" + h16 + ":" + h16 + "|" + IPV4 + ")";
    List<String> forms = new ArrayList<>();
    forms.add("(?:" + h16 + ":){6}" + ls32);
    for (int behind = 5; behind >= 0; behind--) {
      int before = 4 - behind;
      String left = before < 0 ? "" : "(?:(?:" + h16 + ":){0," + before + "}" + h16 + ")?";
      forms.add(left + "::(?:" + h16 + ":){" + behind + "}" + ls32);
    }
    forms.add("(?:(?:" + h16 + ":){0,5}" + h16 + ")?::" + h16);
    forms.add("(?:(?:" + h16 + ":){0,6}" + h16 + ")?::");
    return String.join("|", forms);
  }

  static boolean isAuthority(String text, boolean portNeeded) {
    Matcher matcher = AUTHORITY.matcher(text);
    if (!matcher.matches()) {
      return false;
    }
    String port = matcher.group(1);
    BigInteger number = port == null || port.isEmpty() ? BigInteger.ZERO : new BigInteger(port);
    return number.compareTo(BigInteger.valueOf(65535)) <= 0 && (!portNeeded || number.signum() > 0);
  }

  /// {@return the request} Host lines are rewritten where the target has an authority of its own.
  static Head request(String head) {
    List<String> texts = List.of(head.split("\r\n", -1));
    Matcher line = REQUEST_LINE.matcher(texts.getFirst());
    if (!line.matches()) {
      return Head.refused(400);
    }
    if (!line.group(3).equals("1")) {
      return Head.refused(505);
    }
    String authority = authorityOf(line.group(1), line.group(2));
    List<Line> lines = lines(texts.subList(1, texts.size() - 2));
    if (authority == null || lines == null) {
      return Head.refused(400);
    }
    List<Line> hosts = lines.stream().filter(l -> l.name.equalsIgnoreCase("host")).toList();
    boolean missing = hosts.isEmpty() && !line.group(4).equals("0");
    if (missing || hosts.size() > 1 || hosts.stream().anyMatch(h -> !isAuthority(h.value, false))) {
      return Head.refused(400);
    }
    return new Head(
        0,
        List.of(line.group(1), line.group(2), line.group(4).equals("0") ? "1.0" : "1.1"),
        withHost(lines, authority));
  }

  /// {@return what the target says about the authority, empty for nothing; null if the target is
  /// refused}
  private static @Nullable String authorityOf(String method, String target) {
    if (method.equals("CONNECT")) {
      return isAuthority(target, true) ? target : null;
    }
    if (target.startsWith("/") || (target.equals("*") && method.equals("OPTIONS"))) {
      return "";
    }
    Matcher absolute = ABSOLUTE.matcher(target);
    return absolute.matches() && isAuthority(absolute.group(1), false) ? absolute.group(1) : null;
  }

  private static List<Line> withHost(List<Line> lines, String authority) {
    List<Line> result = new ArrayList<>(lines);
    int index = -1;
    for (int i = 0; i < lines.size(); i++) {
      index = lines.get(i).name.equalsIgnoreCase("host") ? i : index;
    }
    if (authority.isEmpty() || (index >= 0 && lines.get(index).value.equalsIgnoreCase(authority))) {
      return result;
    }
    if (index >= 0) {
      result.set(index, new Line("Host", authority));
    } else {
      result.add(new Line("Host", authority));
    }
    return result;
  }

  static @Nullable List<Line> lines(List<String> texts) {
    List<Line> lines = new ArrayList<>();
    for (String text : texts) {
      Matcher line = FIELD_LINE.matcher(text);
      if (!line.matches()) {
        return null;
      }
      lines.add(new Line(line.group(1), line.group(2)));
    }
    return lines;
  }

  /// {@return the response} Folds become three spaces, white space before a colon goes away.
  static Head response(String head) {
    int first = head.indexOf("\r\n");
    String section = head.substring(first);
    // Nothing folds onto the status line, and a fold comes behind a colon.
    boolean colonless = section.matches("(?s).*\r\n[^ \t\r:][^:\r]*\r\n[ \t].*");
    if (section.startsWith("\r\n ") || section.startsWith("\r\n\t") || colonless) {
      return Head.refused(502);
    }
    String unfolded =
        section.replaceAll("\r\n(?=[ \t])", "  ").replaceAll("(\r\n" + TCHAR + "+)[ \t]+:", "$1:");
    Matcher line = STATUS_LINE.matcher(head.substring(0, first));
    List<String> texts = List.of(unfolded.split("\r\n", -1));
    List<Line> lines = line.matches() ? lines(texts.subList(1, texts.size() - 2)) : null;
    if (lines == null) {
      return Head.refused(502);
    }
    String reason = line.group(3) == null ? "" : line.group(3);
    return new Head(
        0, List.of(line.group(2), reason, line.group(1).equals("0") ? "1.0" : "1.1"), lines);
  }

  /// {@return the framing of an accepted request as text, or "refused"}
  static String framing(Head head) {
    List<String> codings = head.all("transfer-encoding");
    List<String> lengths = head.all("content-length");
    if (!codings.isEmpty()) {
      boolean chunked =
          lengths.isEmpty()
              && head.start().get(2).equals("1.1")
              && codings.size() == 1
              && codings.getFirst().toLowerCase(Locale.ROOT).equals("chunked");
      return chunked ? refusedForConnect(head, "chunked") : "refused";
    }
    if (lengths.isEmpty()) {
      return "none";
    }
    boolean number = lengths.size() == 1 && lengths.getFirst().matches("[0-9]+");
    if (!number || new BigInteger(lengths.getFirst()).compareTo(MAX_LONG) > 0) {
      return "refused";
    }
    String length = new BigInteger(lengths.getFirst()).toString();
    return length.equals("0") && head.start().getFirst().equals("CONNECT")
        ? "none"
        : refusedForConnect(head, length);
  }

  private static String refusedForConnect(Head head, String framing) {
    return head.start().getFirst().equals("CONNECT") ? "refused" : framing;
  }
}
