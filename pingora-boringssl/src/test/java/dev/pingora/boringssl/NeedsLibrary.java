// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.boringssl;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.condition.EnabledIf;

/// Tests that are for machines that can build BoringSSL. [AvailabilityTest] sees to it that nothing
/// else keeps the library away.
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@EnabledIf(
    value = "dev.pingora.boringssl.Ends#present",
    disabledReason = "built without cargo or cmake, so without BoringSSL")
@interface NeedsLibrary {}
