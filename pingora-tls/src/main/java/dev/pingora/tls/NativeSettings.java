// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tls;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import org.jspecify.annotations.Nullable;

/// Makes settings that this API has no words for, on the object that the library keeps its settings
/// in. For providers with [Capability#NATIVE_SETTINGS]; the others refuse a configuration with it.
///
/// ```java
/// ServerTls.of(certificate).withNativeSettings(context -> {
///   MethodHandle setOptions = Linker.nativeLinker().downcallHandle(
///       context.symbols().findOrThrow("SSL_CTX_set_options"),
///       FunctionDescriptor.of(JAVA_LONG, ADDRESS, JAVA_LONG));
///   long options = (long) setOptions.invokeExact(context.pointer(), SSL_OP_NO_TICKET);
/// });
/// ```
///
/// Native code trusts its caller: a wrong type or a freed pointer ends the process. Java asks for
/// `--enable-native-access` of the module that calls it.
@FunctionalInterface
public interface NativeSettings {
  /// Called when a context is made, after all other settings and before any connection: for a
  /// listener once for each certificate and once more for each that changes, s2n's also when ticket
  /// keys change. By any thread, several at the same time for different contexts.
  ///
  /// @throws Throwable as method handles do; the context is then refused, with this as the cause
  void apply(Context context) throws Throwable;

  /// What settings are made on.
  ///
  /// @param provider id of the provider
  /// @param pointer `SSL_CTX *` (openssl, boringssl) or `struct s2n_config *` (s2n). Belongs to the
  ///   provider, and is to be used during the call alone; callbacks set on it are to outlive all
  ///   connections
  /// @param symbols finds the functions of that very library, by their names in its headers
  record Context(String provider, MemorySegment pointer, SymbolLookup symbols) {
    /// Has the settings made.
    ///
    /// @throws TlsException CONFIGURATION when they cannot be
    public void take(@Nullable NativeSettings settings) throws TlsException {
      if (settings == null) {
        return;
      }
      try {
        settings.apply(this);
      } catch (TlsException | Error e) {
        throw e;
      } catch (Throwable e) {
        throw TlsException.of(
            TlsException.Reason.CONFIGURATION, provider + ": native settings: " + e, e);
      }
    }
  }

  /// For providers without a native object: refuses settings that cannot be made.
  ///
  /// @throws TlsException CONFIGURATION
  static void requireNone(@Nullable NativeSettings settings, String provider) throws TlsException {
    if (settings != null) {
      throw TlsException.of(
          TlsException.Reason.CONFIGURATION,
          provider + " takes no native settings (expected: openssl, boringssl or s2n)");
    }
  }
}
