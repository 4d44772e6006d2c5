// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

/// What `./pingora` starts.
public final class Main {
  private Main() {}

  /// Only `--version` so far.
  public static void main(String[] args) {
    if (args.length == 1 && args[0].equals("--version")) {
      System.out.println("pingora 0.1.0");
      return;
    }
    System.err.println("usage: pingora --version");
    System.exit(1);
  }
}
