// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.proxy;

import dev.pingora.core.protocols.DownstreamSession;
import dev.pingora.core.protocols.UpstreamSession;
import dev.pingora.core.upstreams.PeerOptions;
import dev.pingora.error.ErrorKind;
import dev.pingora.error.ProxyException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The one duplex loop between any downstream and any upstream session: moves what can be moved in
/// both directions, and waits when nothing can.
///
/// Each direction is bounded by the other side's room, so a slow reader slows its sender. Four
/// things may be waited for, each with its own deadline, renewed by progress: octets from the
/// upstream, room at the upstream, octets from the client, room at the client.
final class Relay<C> {
  /// How long a response may wait for a buffer to be read into.
  private static final long STARVING_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Exchange<C> exchange;
  private final DownstreamSession downstream;
  private final UpstreamSession upstream;
  private final PeerOptions options;
  private final Download<C> download;
  private @Nullable Upload<C> upload;
  private boolean tunnelling;
  private boolean starving;

  private long downstreamPending;
  private long downloadSince;
  private long downstreamRoomSince;
  private long starvingSince;

  Relay(Exchange<C> exchange, UpstreamSession upstream, PeerOptions options) {
    this.exchange = exchange;
    this.downstream = exchange.session().downstream();
    this.upstream = upstream;
    this.options = options;
    this.download = new Download<>(exchange, upstream);
    this.upload = exchange.hasRequestContent() ? newUpload() : null;
    long now = downstream.thread().loop().now();
    this.downloadSince = now;
    this.downstreamRoomSince = now;
  }

  /// Runs until the response has been written to its end.
  void run() throws ProxyException {
    downstream.thread().phase("relay");
    while (true) {
      Upload<C> uploading = upload;
      boolean up = uploading != null && uploading.step();
      boolean down = download.step();
      if (download.isDone()) {
        return;
      }
      if (down && download.isTunnel() && !tunnelling) {
        becomeTunnel();
      }
      if (tunnelling && isUploadDone()) {
        return; // either side's end ends the tunnel
      }
      if (!up && !down) {
        await();
      } else {
        noteProgress(up);
      }
    }
  }

  private Upload<C> newUpload() {
    return new Upload<>(exchange, upstream, options.writeTimeout().toNanos());
  }

  private void becomeTunnel() {
    tunnelling = true;
    Upload<C> raw = upload == null ? newUpload() : upload;
    raw.becomeTunnel();
    upload = raw;
  }

  private boolean isUploadDone() {
    return upload == null || upload.isDone();
  }

  private void noteProgress(boolean up) {
    long now = downstream.thread().loop().now();
    Upload<C> uploading = upload;
    if (up && uploading != null) {
      uploading.moved(now);
    }
    starving = false;
    downloadSince = now; // after an upload too: the upstream answers when it has the request
  }

  private void await() throws ProxyException {
    upstream.requestContent().flush();
    downstream.responseContent().flush();
    failIfHopeless();
    noteDrain();
    noteStarvation();
    if (!downstream.thread().await(deadlines(true).deadline())) {
      noteDrain();
      noteStarvation();
      ProxyException reason = deadlines(false).expired(downstream.thread().loop().now());
      if (reason != null) {
        throw reason;
      }
    }
  }

  /// Nobody waits for the response, or none will come.
  private void failIfHopeless() throws ProxyException {
    if (downstream.isGone()) {
      throw ProxyException.downstream(
          ErrorKind.CONNECTION_CLOSED,
          download.isHeaderDone()
              ? "the client closed before the response was complete"
              : "the client closed before the response");
    }
  }

  /// Octets that a socket has taken renew its deadline.
  private void noteDrain() {
    long now = downstream.thread().loop().now();
    Upload<C> uploading = upload;
    if (uploading != null && uploading.drained(now)) {
      downloadSince = now;
    }
    long down = downstream.responseContent().pending();
    if (down != downstreamPending || down == 0) {
      downstreamPending = down;
      downstreamRoomSince = now;
      if (down != 0) {
        downloadSince = now;
      }
    }
  }

  /// Before its header has come, a response for which there is no buffer may be refused instead of
  /// awaited; later it is owed to the client.
  private void noteStarvation() {
    boolean starves = !download.isHeaderDone() && upstream.isStarved();
    if (starves && !starving) {
      starvingSince = downstream.thread().loop().now();
    }
    starving = starves;
  }

  /// Which wait ends first. A socket that has taken everything does not wake this thread, so a wait
  /// that begins when it has is looked at in time too.
  ///
  /// @param all also the waits that have not begun, as octets were still on their way when looked
  ///   at
  private Late deadlines(boolean all) {
    Upload<C> own = upload;
    boolean uploading = !isUploadDone() && !tunnelling;
    boolean toUpstream = own != null && own.pending() > 0;
    boolean toClient = downstreamPending > 0;
    Late late = Late.NEVER.orWhole(exchange.session().deadline());
    if (own != null && toUpstream) {
      late = late.or(own.roomSince(), options.writeTimeout().toNanos(), Late.Wait.UPSTREAM_ROOM);
    }
    if (toClient) {
      late = late.or(downstreamRoomSince, downstream.limits().writeNanos(), Late.Wait.CLIENT_ROOM);
    }
    if (own != null && uploading && (all || !toUpstream)) {
      late = late.or(own.since(), downstream.limits().contentNanos(), Late.Wait.CLIENT_CONTENT);
    }
    if (!uploading && (all || !(toUpstream || toClient))) {
      late = late.or(downloadSince, options.readTimeout().toNanos(), Late.Wait.RESPONSE);
    }
    return starving ? late.or(starvingSince, STARVING_NANOS, Late.Wait.BUFFER) : late;
  }

  /// {@return why the upstream took no more of the request; null if it took all}
  @Nullable ProxyException writeFailure() {
    return upload == null ? null : upload.writeFailure();
  }
}
