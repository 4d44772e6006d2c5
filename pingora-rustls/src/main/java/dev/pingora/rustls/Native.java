// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.rustls;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.pingora.tls.ffm.NativeLibrary;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;

/// The functions of the library, bare. Addresses and lengths are `long`.
///
/// Initialising this class loads the library; afterwards [#LIBRARY] says whether it is there, and
/// without it the handles throw. None of the functions calls back, but for `tlsr_handshake` with a
/// key kept elsewhere ([RemoteKey]), and none throws: a panic in Rust comes back as a failure of
/// the session.
final class Native {
  static final LoadedLibrary LIBRARY = LoadedLibrary.load();

  private static final MethodHandle VERSION = function("tlsr_version", 2);
  private static final MethodHandle LIVE = function("tlsr_live", 0);
  private static final MethodHandle SERVER = function("tlsr_server", 4);
  private static final MethodHandle CLIENT = function("tlsr_client", 4);
  private static final MethodHandle CONTEXT_FREE = procedure("tlsr_context_free", 1);
  private static final MethodHandle TICKETS = procedure("tlsr_tickets", 3);
  private static final MethodHandle SESSION = function("tlsr_session", 7);
  private static final MethodHandle SESSION_FREE = procedure("tlsr_session_free", 1);
  private static final MethodHandle FEED = function("tlsr_feed", 3);
  private static final MethodHandle END_OF_INPUT = procedure("tlsr_end_of_input", 1);
  private static final MethodHandle HANDSHAKE = function("tlsr_handshake", 1);
  private static final MethodHandle DRAIN = function("tlsr_drain", 3);
  private static final MethodHandle READ = function("tlsr_read", 3);
  private static final MethodHandle WRITE = function("tlsr_write", 3);
  private static final MethodHandle CLOSE_NOTIFY = procedure("tlsr_close_notify", 1);
  private static final MethodHandle KEY_UPDATE = function("tlsr_key_update", 1);
  private static final MethodHandle EXPORT = function("tlsr_export", 7);
  private static final MethodHandle DIGEST = function("tlsr_digest", 3);
  private static final MethodHandle FAILURE = function("tlsr_failure", 3);
  private static final MethodHandle KEY_LINES = function("tlsr_key_lines", 3);

  static {
    LIBRARY.complete();
  }

  private Native() {}

  private static MethodHandle function(String name, int arguments) {
    return LIBRARY.function(name, FunctionDescriptor.of(JAVA_LONG, longs(arguments)));
  }

  private static MethodHandle procedure(String name, int arguments) {
    return LIBRARY.function(name, FunctionDescriptor.ofVoid(longs(arguments)));
  }

  private static MemoryLayout[] longs(int count) {
    MemoryLayout[] layouts = new MemoryLayout[count];
    Arrays.fill(layouts, JAVA_LONG);
    return layouts;
  }

  /// {@return the length of the version text}
  static long version(long into, long capacity) {
    try {
      // SAFETY: writes at most `capacity` octets to `into`.
      return (long) VERSION.invokeExact(into, capacity);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// {@return how many sessions are not freed yet}
  static long live() {
    try {
      // SAFETY: reads a counter.
      return (long) LIVE.invokeExact();
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// {@return a context; or minus the length of the failure}
  static long server(long config, long length, long failure, long capacity) {
    try {
      // SAFETY: reads `length` octets, writes at most `capacity`; both only during the call.
      return (long) SERVER.invokeExact(config, length, failure, capacity);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// {@return a context; or minus the length of the failure}
  static long client(long config, long length, long failure, long capacity) {
    try {
      // SAFETY: reads `length` octets, writes at most `capacity`; both only during the call.
      return (long) CLIENT.invokeExact(config, length, failure, capacity);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  static void contextFree(long context) {
    try {
      // SAFETY: of `server` or `client`; the cleaner calls this once, when nobody has it any more.
      CONTEXT_FREE.invokeExact(context);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  static void tickets(long context, long keys, long length) {
    try {
      // SAFETY: copies `length` octets; the context locks itself.
      TICKETS.invokeExact(context, keys, length);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// {@return a session; or minus the length of the failure}
  static long session(
      long context,
      long name,
      long nameLength,
      long address,
      long addressLength,
      long failure,
      long capacity) {
    try {
      // SAFETY: the context is not freed yet; it is only read. Names are copied.
      return (long)
          SESSION.invokeExact(context, name, nameLength, address, addressLength, failure, capacity);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  static void sessionFree(long session) {
    try {
      // SAFETY: of `session`; its only owner forgets the address before this call.
      SESSION_FREE.invokeExact(session);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  // From here on: `session` is not freed, and used by no other thread (RustlsSession's contract).

  /// {@return how many octets were taken}
  static long feed(long session, long from, long length) {
    try {
      // SAFETY: reads `length` octets during the call.
      return (long) FEED.invokeExact(session, from, length);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  static void endOfInput(long session) {
    try {
      // SAFETY: touches only the session.
      END_OF_INPUT.invokeExact(session);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// {@return 1 complete, 0 not yet, [RustlsSession#FAILED]}
  static long handshake(long session) {
    try {
      // SAFETY: touches only the session.
      return (long) HANDSHAKE.invokeExact(session);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// {@return how many octets were given}
  static long drain(long session, long into, long capacity) {
    try {
      // SAFETY: writes at most `capacity` octets during the call.
      return (long) DRAIN.invokeExact(session, into, capacity);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// {@return how many octets were given; or END or FAILED of [RustlsSession]}
  static long read(long session, long into, long capacity) {
    try {
      // SAFETY: writes at most `capacity` octets during the call.
      return (long) READ.invokeExact(session, into, capacity);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// {@return how many octets were taken; or FAILED or CANNOT of [RustlsSession]}
  static long write(long session, long from, long length) {
    try {
      // SAFETY: reads `length` octets during the call.
      return (long) WRITE.invokeExact(session, from, length);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  static void closeNotify(long session) {
    try {
      // SAFETY: touches only the session.
      CLOSE_NOTIFY.invokeExact(session);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// {@return 1; or FAILED or CANNOT of [RustlsSession]}
  static long keyUpdate(long session) {
    try {
      // SAFETY: touches only the session.
      return (long) KEY_UPDATE.invokeExact(session);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// {@return 0; or FAILED of [RustlsSession]}
  static long export(
      long session,
      long label,
      long labelLength,
      long context,
      long contextLength,
      long into,
      long length) {
    try {
      // SAFETY: reads both texts, writes `length` octets; all during the call.
      return (long)
          EXPORT.invokeExact(session, label, labelLength, context, contextLength, into, length);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// {@return how long the digest is: cut off if longer than `capacity`}
  static long digest(long session, long into, long capacity) {
    try {
      // SAFETY: writes at most `capacity` octets during the call.
      return (long) DIGEST.invokeExact(session, into, capacity);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// {@return how long the failure is: cut off if longer than `capacity`; 0 for none}
  static long failure(long session, long into, long capacity) {
    try {
      // SAFETY: writes at most `capacity` octets during the call.
      return (long) FAILURE.invokeExact(session, into, capacity);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// {@return how many octets of key log lines were given}
  static long keyLines(long session, long into, long capacity) {
    try {
      // SAFETY: writes at most `capacity` octets during the call.
      return (long) KEY_LINES.invokeExact(session, into, capacity);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }
}
