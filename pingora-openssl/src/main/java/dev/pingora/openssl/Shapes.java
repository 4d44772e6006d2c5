// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.openssl;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;

/// The shapes of functions, named as JVM descriptors are: result, then arguments, with I for int, J
/// for long, size_t and addresses, V for none.
final class Shapes {
  /// For getters: no change of the thread's state, so they must be short and never call back.
  static final Linker.Option BRIEF = Linker.Option.critical(false);

  static final FunctionDescriptor I_IJJJJJ =
      FunctionDescriptor.of(
          JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
  static final FunctionDescriptor I_J = FunctionDescriptor.of(JAVA_INT, JAVA_LONG);
  static final FunctionDescriptor I_JI = FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_INT);
  static final FunctionDescriptor I_JIJ =
      FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_LONG);
  static final FunctionDescriptor I_JJ = FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG);
  static final FunctionDescriptor I_JJI =
      FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT);
  static final FunctionDescriptor I_JJJ =
      FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG);
  static final FunctionDescriptor I_JJJI =
      FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT);
  static final FunctionDescriptor I_JJJIJ =
      FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG);
  static final FunctionDescriptor I_JJJJJ =
      FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
  static final FunctionDescriptor I_JJJJJJJI =
      FunctionDescriptor.of(
          JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG,
          JAVA_INT);
  static final FunctionDescriptor I_V = FunctionDescriptor.of(JAVA_INT);
  static final FunctionDescriptor J_I = FunctionDescriptor.of(JAVA_LONG, JAVA_INT);
  static final FunctionDescriptor J_IJ = FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG);
  static final FunctionDescriptor J_J = FunctionDescriptor.of(JAVA_LONG, JAVA_LONG);
  static final FunctionDescriptor J_JI = FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_INT);
  static final FunctionDescriptor J_JIJ =
      FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG);
  static final FunctionDescriptor J_JIJJ =
      FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG);
  static final FunctionDescriptor J_JJ = FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG);
  static final FunctionDescriptor J_JJI =
      FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT);
  static final FunctionDescriptor J_JJJ =
      FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
  static final FunctionDescriptor J_V = FunctionDescriptor.of(JAVA_LONG);
  static final FunctionDescriptor V_J = FunctionDescriptor.ofVoid(JAVA_LONG);
  static final FunctionDescriptor V_JI = FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_INT);
  static final FunctionDescriptor V_JIJ = FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_INT, JAVA_LONG);
  static final FunctionDescriptor V_JJ = FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_LONG);
  static final FunctionDescriptor V_JJI = FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_LONG, JAVA_INT);
  static final FunctionDescriptor V_JJJ =
      FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_LONG, JAVA_LONG);
  static final FunctionDescriptor V_JJJJ =
      FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
  static final FunctionDescriptor V_V = FunctionDescriptor.ofVoid();

  private Shapes() {}
}
