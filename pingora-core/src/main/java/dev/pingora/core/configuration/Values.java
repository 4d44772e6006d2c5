// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.configuration;

import java.net.InetAddress;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The usual [ValueType]s.
public final class Values {
  private static final Pattern INTEGER = Pattern.compile("0|-?[1-9][0-9]{0,17}");
  private static final Pattern DECIMAL = Pattern.compile("[0-9]{1,9}(\\.[0-9]{1,9})?");
  private static final Pattern ONE_LINE = Pattern.compile(".*");

  private Values() {}

  /// {@return any text, also with line feeds}
  public static ValueType<String> text() {
    return new ScalarType<>("text", s -> s, s -> s, _ -> null, Schemas.string());
  }

  /// {@return text of one line, not empty, without control characters}
  ///
  /// @param form what it is, as `user name`
  public static ValueType<String> word(String form) {
    return new ScalarType<>(form, s -> s, s -> s, Values::wordFault, Schemas.string(".+"));
  }

  private static @Nullable String wordFault(String text) {
    if (text.isEmpty()) {
      return "is empty";
    }
    return text.chars().anyMatch(c -> c < 0x20 || c == 0x7f)
        ? Quoted.of(text) + " holds a control character"
        : null;
  }

  /// {@return text that `pattern` matches}
  public static ValueType<String> matching(String form, Pattern pattern) {
    Function<String, @Nullable String> check =
        s -> pattern.matcher(s).matches() ? null : "is " + Quoted.of(s);
    return new ScalarType<>(form, s -> s, s -> s, check, Schemas.string(pattern.pattern()));
  }

  /// {@return a secret on one line} What is wrong with one is told without showing it.
  ///
  /// @param min fewest characters (code points)
  /// @param max most characters
  public static ValueType<String> secret(int min, int max) {
    Function<String, @Nullable String> check =
        s -> {
          int length = s.codePointCount(0, s.length());
          if (length < min || length > max) {
            return "has " + length + (length == 1 ? " character" : " characters");
          }
          return ONE_LINE.matcher(s).matches() ? null : "has several lines";
        };
    String form = min + " to " + max + " characters";
    return new ScalarType<>(
        form, s -> s, s -> s, check, Schemas.string(".{" + min + "," + max + "}"));
  }

  /// {@return text in a form of its own}
  ///
  /// @param parse throws IllegalArgumentException with what is wrong
  public static <T> ValueType<T> parsed(
      String form, Function<String, T> parse, Function<T, String> print) {
    return new ScalarType<>(form, parse, print::apply, _ -> null, Schemas.string());
  }

  /// {@return `true` or `false`; YAML 1.1's yes, no, on and off are refused}
  public static ValueType<Boolean> bool() {
    return new ScalarType<>(
        "true or false",
        text ->
            switch (text) {
              case "true" -> true;
              case "false" -> false;
              case String other -> throw new IllegalArgumentException("is " + Quoted.of(other));
            },
        b -> b,
        _ -> null,
        Schemas.orVariable(Map.of("type", "boolean")));
  }

  /// {@return a whole decimal number within bounds, both included}
  public static ValueType<Integer> integer(int min, int max) {
    return whole(min, max).map(Math::toIntExact, Integer::longValue);
  }

  /// {@return a whole decimal number within bounds, both included}
  public static ValueType<Long> whole(long min, long max) {
    return new ScalarType<>(
        min + ".." + max,
        Values::parseWhole,
        n -> n,
        n -> n < min || n > max ? "is " + n : null,
        Schemas.number("integer", min, max));
  }

  private static long parseWhole(String text) {
    if (!INTEGER.matcher(text).matches()) { // leading zeros may mean octal, so they are refused
      throw new IllegalArgumentException(Quoted.of(text) + " is not a whole number");
    }
    return Long.parseLong(text);
  }

  /// {@return a decimal number from 0 to `max`, as `0.25`}
  public static ValueType<Double> ratio(double max) {
    return new ScalarType<>(
        "0.0.." + max,
        Values::parseRatio,
        n -> n,
        n -> n >= 0 && n <= max ? null : "is " + n,
        Schemas.number("number", 0, max));
  }

  private static double parseRatio(String text) {
    if (!DECIMAL.matcher(text).matches()) {
      throw new IllegalArgumentException(Quoted.of(text) + " is not a decimal number");
    }
    return Double.parseDouble(text);
  }

  /// {@return a duration with its unit, bounds included}
  public static ValueType<Duration> duration(Duration min, Duration max) {
    return new ScalarType<>(
        "%s..%s, as 10ms, 5s, 2m, 1h".formatted(Quantities.print(min), Quantities.print(max)),
        Quantities::duration,
        Quantities::print,
        d -> d.compareTo(min) < 0 || d.compareTo(max) > 0 ? "is " + Quantities.print(d) : null,
        Schemas.string("[0-9]+(ms|s|m|h)"));
  }

  /// {@return a duration that the file gives as a number of seconds, as Pingora's keys do}
  public static ValueType<Duration> seconds(int min, int max) {
    return whole(min, max).map(Duration::ofSeconds, Duration::toSeconds);
  }

  /// {@return a size in bytes, bounds included}
  public static ValueType<Long> bytes(long min, long max) {
    return new ScalarType<>(
        "%s..%s, as 512, 64KiB, 1MiB".formatted(Quantities.print(min), Quantities.print(max)),
        Quantities::bytes,
        Quantities::print,
        n -> n < min || n > max ? "is " + Quantities.print(n) : null,
        Schemas.orVariable(
            Map.of(
                "anyOf",
                List.of(
                    Map.of("type", "integer"),
                    Map.of("type", "string", "pattern", "^[0-9]+(KiB|MiB|GiB)?$")))));
  }

  /// {@return a size in bytes that fits an int}
  public static ValueType<Integer> intBytes(int min, int max) {
    return bytes(min, max).map(Math::toIntExact, Integer::longValue);
  }

  /// {@return the constants of an enum, in lower case}
  public static <E extends Enum<E>> ValueType<E> oneOf(Class<E> type) {
    Map<String, E> words = new LinkedHashMap<>();
    for (E constant : type.getEnumConstants()) {
      words.put(constant.name().toLowerCase(Locale.ROOT), constant);
    }
    return oneOf(words, Set.of());
  }

  /// {@return one of several words}
  ///
  /// @param words the words and what they mean, in the order to show them
  /// @param later words that are known and not yet supported
  public static <T> ValueType<T> oneOf(Map<String, T> words, Set<String> later) {
    Map<String, T> table = new LinkedHashMap<>(words);
    List<String> names = List.copyOf(table.keySet());
    return new ScalarType<>(
        String.join(" | ", names),
        text -> {
          T value = table.get(text);
          if (value == null) {
            throw new IllegalArgumentException(
                later.contains(text)
                    ? Quoted.of(text) + " is not yet supported"
                    : "is " + Quoted.of(text));
          }
          return value;
        },
        value -> names.stream().filter(n -> value.equals(table.get(n))).findFirst().orElseThrow(),
        value -> table.containsValue(value) ? null : "is " + value,
        Schemas.oneOf(names));
  }

  /// {@return a path of the file system; a relative one counts from the process's directory}
  public static ValueType<Path> path() {
    return new ScalarType<>(
        "path", Values::parsePath, Path::toString, _ -> null, Schemas.string(".+"));
  }

  private static Path parsePath(String text) {
    String fault = wordFault(text);
    if (fault != null) {
      throw new IllegalArgumentException(fault);
    }
    try {
      return Path.of(text);
    } catch (InvalidPathException _) {
      throw new IllegalArgumentException(Quoted.of(text) + " is not a path");
    }
  }

  /// {@return where to listen: port 0 lets the system choose}
  public static ValueType<Address> listenAddress() {
    return address(0, Address.FORM);
  }

  /// {@return where to connect to}
  public static ValueType<Address> peerAddress() {
    return address(1, Address.FORM);
  }

  private static ValueType<Address> address(int minPort, String form) {
    return new ScalarType<>(
        form,
        Address::parse,
        Address::toString,
        a ->
            a instanceof Address.Tcp tcp && tcp.port() < minPort
                ? Quoted.of(a.toString()) + " has port " + tcp.port()
                : null,
        Schemas.string("unix:/.+|\\[[0-9A-Fa-f:.%a-z]+\\]:[0-9]+|[^:\\[\\]]+:[0-9]+"));
  }

  /// {@return an IP address of one family, without a port}
  public static ValueType<InetAddress> ip(Address.Family family) {
    return new ScalarType<>(
        family.form(),
        text -> Address.ip(text, family),
        InetAddress::getHostAddress,
        ip -> family.holds(ip) ? null : "is " + ip.getHostAddress(),
        Schemas.string("[0-9A-Fa-f:.]+"));
  }

  /// {@return a network, as `10.0.0.0/8`, or one address}
  public static ValueType<Cidr> cidr() {
    return new ScalarType<>(
        Cidr.FORM, Cidr::parse, Cidr::toString, _ -> null, Schemas.string("[0-9A-Fa-f:./]+"));
  }

  /// {@return a list}
  public static <T> ValueType<List<T>> list(ValueType<T> element, int min, int max) {
    return new ListType<>(element, min, max);
  }

  /// {@return a map whose keys the operator chooses}
  public static <T> ValueType<Map<String, T>> map(
      ValueType<String> name, ValueType<T> value, int max) {
    return new MapType<>(name, value, max);
  }

  /// {@return a block that may also be written as one word}
  ///
  /// @param lower the word that says the same as a value; null where there is none
  public static <S, T> ValueType<T> shorthand(
      ValueType<S> word, Function<S, T> lift, Function<T, @Nullable S> lower, ValueType<T> block) {
    return new ShorthandType<>(word, lift, lower, block);
  }

  /// {@return a map that is kept as it stands, for someone else to read}
  public static ValueType<ConfigNode.Mapping> kept() {
    return new KeptType();
  }
}
