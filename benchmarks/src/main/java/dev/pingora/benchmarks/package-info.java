// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

/// What pure computation costs, by JMH. Whole requests are measured by `./side-by-side`.
@NullMarked
package dev.pingora.benchmarks;

import org.jspecify.annotations.NullMarked;
