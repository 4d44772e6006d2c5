// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

/// What no single module can test of itself: the house rules, and suites from outside.
@NullMarked
package dev.pingora.conformance;

import org.jspecify.annotations.NullMarked;
