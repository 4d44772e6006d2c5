// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http;

/// One field line as text, for iteration. Each octet is one character (ISO-8859-1).
///
/// @param name the name in the case it came in
/// @param value the value without the white space around it
public record Field(String name, String value) {}
