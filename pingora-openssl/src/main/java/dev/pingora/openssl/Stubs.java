// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.openssl;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.pingora.tls.TlsException;
import dev.pingora.tls.ffm.NativeLibrary;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.List;

/// Makes methods of an object callable by native code, for as long as the process lives.
final class Stubs {
  private Stubs() {}

  /// {@return the address of a method}
  ///
  /// @param lookup that of the object's class
  /// @param name of a method that throws nothing
  /// @param result int or void
  /// @param arguments each int, short or long
  static long of(
      MethodHandles.Lookup lookup,
      Object object,
      String name,
      Class<?> result,
      Class<?>... arguments)
      throws TlsException {
    return of(method(lookup, object, name, result, arguments));
  }

  /// {@return a method, for changes}
  static MethodHandle method(
      MethodHandles.Lookup lookup,
      Object object,
      String name,
      Class<?> result,
      Class<?>... arguments)
      throws TlsException {
    try {
      return lookup.bind(object, name, MethodType.methodType(result, arguments));
    } catch (ReflectiveOperationException e) {
      throw TlsException.of(TlsException.Reason.INTERNAL, "no callback " + name, e);
    }
  }

  /// {@return the address of what throws nothing}
  static long of(MethodHandle target) {
    List<ValueLayout> layouts = new ArrayList<>();
    for (Class<?> argument : target.type().parameterList()) {
      layouts.add(
          argument == int.class ? JAVA_INT : argument == short.class ? JAVA_SHORT : JAVA_LONG);
    }
    ValueLayout[] all = layouts.toArray(new ValueLayout[0]);
    return NativeLibrary.upcall(
        target,
        target.type().returnType() == void.class
            ? FunctionDescriptor.ofVoid(all)
            : FunctionDescriptor.of(JAVA_INT, all));
  }
}
