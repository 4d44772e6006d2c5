// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.s2n;

import static java.lang.foreign.ValueLayout.JAVA_BOOLEAN;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;

/// The shapes of functions, named as JVM descriptors are: result, then arguments, with I for int, J
/// for long, size_t and addresses, S for short, B for octets, Z for bool, V for none.
final class Shapes {
  /// For getters: no change of the thread's state, so they must be short and never call back.
  static final Linker.Option BRIEF = Linker.Option.critical(false);

  static final FunctionDescriptor I_I = FunctionDescriptor.of(JAVA_INT, JAVA_INT);
  static final FunctionDescriptor I_J = FunctionDescriptor.of(JAVA_INT, JAVA_LONG);
  static final FunctionDescriptor I_JB = FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_BYTE);
  static final FunctionDescriptor I_JI = FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_INT);
  static final FunctionDescriptor I_JJ = FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG);
  static final FunctionDescriptor I_JJB =
      FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_BYTE);
  static final FunctionDescriptor I_JJI =
      FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT);
  static final FunctionDescriptor I_JJIJI =
      FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT);
  static final FunctionDescriptor I_JJIJIJ =
      FunctionDescriptor.of(
          JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_LONG);
  static final FunctionDescriptor I_JJIJIJI =
      FunctionDescriptor.of(
          JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT);
  static final FunctionDescriptor I_JJJ =
      FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG);
  static final FunctionDescriptor I_JJJJJ =
      FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
  static final FunctionDescriptor I_JJS =
      FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_SHORT);
  static final FunctionDescriptor I_JZ = FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_BOOLEAN);
  static final FunctionDescriptor I_V = FunctionDescriptor.of(JAVA_INT);
  static final FunctionDescriptor J_I = FunctionDescriptor.of(JAVA_LONG, JAVA_INT);
  static final FunctionDescriptor J_IJ = FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG);
  static final FunctionDescriptor J_J = FunctionDescriptor.of(JAVA_LONG, JAVA_LONG);
  static final FunctionDescriptor J_JI = FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_INT);
  static final FunctionDescriptor J_JIJI =
      FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT);
  static final FunctionDescriptor J_JJJJ =
      FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
  static final FunctionDescriptor J_V = FunctionDescriptor.of(JAVA_LONG);

  private Shapes() {}
}
