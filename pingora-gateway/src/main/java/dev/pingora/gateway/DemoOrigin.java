// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import dev.pingora.core.apps.HttpServerApp;
import dev.pingora.core.protocols.DownstreamSession;
import dev.pingora.core.services.ListeningService;
import dev.pingora.http.ResponseHeader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// An origin for the demo: says who it is and what it was asked.
final class DemoOrigin implements HttpServerApp {
  private final String name;

  private DemoOrigin(String name) {
    this.name = name;
  }

  static ListeningService service(String name) {
    return ListeningService.http("demo origin " + name, new DemoOrigin(name)).addTcp("127.0.0.1:0");
  }

  @Override
  public void process(DownstreamSession session) throws Exception {
    byte[] text =
        ("origin " + name + " was asked for " + session.request().path() + "\n")
            .getBytes(StandardCharsets.UTF_8);
    boolean head = session.request().method().equals("HEAD");
    session.sendResponse(
        ResponseHeader.of(200)
            .set("Content-Type", "text/plain; charset=utf-8")
            .set("X-Origin", name)
            .contentLength(text.length),
        head);
    if (!head) {
      session.responseContent().write(ByteBuffer.wrap(text));
      session.responseContent().end(null);
    }
  }
}
