// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.server;

import dev.pingora.core.configuration.Block;
import java.time.Duration;

/// Every bound of a downstream connection: the `limits:` block of the configuration.
///
/// The tenet is that nothing an outsider can make grow is without a name and a number here. A value
/// of zero means "no limit" where the table says so, and must be written by the operator to be in
/// force; no default is unlimited but [#requestContentBytes] (content is streamed, never held) and
/// [#requestsPerConnection].
///
/// @param requestLineBytes longest request line without its CRLF; over it 414 (RFC 9112 §3)
/// @param headerSectionBytes longest header section, all field lines together; over it 431
/// @param headerFields most field lines of a request's header section; over it 431
/// @param trailerSectionBytes longest trailer section of a chunked message; over it 400
/// @param chunkLineBytes longest chunk-size line with its extensions; over it 400
/// @param requestContentBytes longest request content; over it 413; 0 = no limit
/// @param headerTimeout from the first byte of a request to the end of its header section; over it
///   408; zero = no limit
/// @param idleTimeout between an answer and the next request; then the connection is closed; zero =
///   no limit
/// @param contentTimeout between two reads of request content; zero = no limit
/// @param writeTimeout between two successful writes; zero = no limit
/// @param drainBytes unread request content that is read and thrown away so that the connection can
///   be kept; more of it closes the connection instead
/// @param drainTime how long that reading may take
/// @param requestsPerConnection requests after which the connection is closed; 0 = no limit
/// @param bufferedBytes all buffers of the process: above it reading pauses, then new requests are
///   answered 503; not per listener
public record Limits(
    int requestLineBytes,
    int headerSectionBytes,
    int headerFields,
    int trailerSectionBytes,
    int chunkLineBytes,
    long requestContentBytes,
    Duration headerTimeout,
    Duration idleTimeout,
    Duration contentTimeout,
    Duration writeTimeout,
    long drainBytes,
    Duration drainTime,
    int requestsPerConnection,
    long bufferedBytes) {

  /// Most field lines of a header section that comes from upstream. Origins send more fields than
  /// browsers (one `Set-Cookie` line per cookie), and are trusted a little more.
  public static final int RESPONSE_HEADER_FIELDS = 256;

  /// Refuses values out of bounds, with the name of the key.
  public Limits {
    LimitsKeys.LINE.require("request_line", requestLineBytes);
    LimitsKeys.SECTION.require("header_section", headerSectionBytes);
    LimitsKeys.FIELDS.require("header_fields", headerFields);
    LimitsKeys.TRAILER.require("trailer_section", trailerSectionBytes);
    LimitsKeys.CHUNK_LINE.require("chunk_line", chunkLineBytes);
    LimitsKeys.CONTENT.require("request_content", requestContentBytes);
    LimitsKeys.TIME.require("header_timeout", headerTimeout);
    LimitsKeys.TIME.require("idle_timeout", idleTimeout);
    LimitsKeys.TIME.require("content_timeout", contentTimeout);
    LimitsKeys.TIME.require("write_timeout", writeTimeout);
    LimitsKeys.DRAIN.require("drain.bytes", drainBytes);
    LimitsKeys.TIME.require("drain.time", drainTime);
    LimitsKeys.REQUESTS.require("requests_per_connection", requestsPerConnection);
    LimitsKeys.BUFFERED.require("buffered_bytes", bufferedBytes);
  }

  /// {@return the table of the keys of the `limits:` block, for a reader of files}
  public static Block<Builder, Limits> block() {
    return LimitsKeys.BLOCK;
  }

  /// {@return the limits in force when nothing is configured}
  public static Limits defaults() {
    return builder().build();
  }

  /// {@return a builder that starts from the defaults}
  public static Builder builder() {
    return new Builder();
  }

  /// {@return a builder that starts from these limits}
  public Builder toBuilder() {
    return new Builder()
        .requestLineBytes(requestLineBytes)
        .headerSectionBytes(headerSectionBytes)
        .headerFields(headerFields)
        .trailerSectionBytes(trailerSectionBytes)
        .chunkLineBytes(chunkLineBytes)
        .requestContentBytes(requestContentBytes)
        .headerTimeout(headerTimeout)
        .idleTimeout(idleTimeout)
        .contentTimeout(contentTimeout)
        .writeTimeout(writeTimeout)
        .drainBytes(drainBytes)
        .drainTime(drainTime)
        .requestsPerConnection(requestsPerConnection)
        .bufferedBytes(bufferedBytes);
  }

  /// Collects [Limits], one setter per component; confined to one thread.
  public static final class Builder {
    private int requestLineBytes = 8 << 10;
    private int headerSectionBytes = 64 << 10;
    private int headerFields = 100;
    private int trailerSectionBytes = 16 << 10;
    private int chunkLineBytes = 8 << 10;
    private long requestContentBytes;
    private Duration headerTimeout = Duration.ofSeconds(15);
    private Duration idleTimeout = Duration.ofSeconds(60);
    private Duration contentTimeout = Duration.ofSeconds(60);
    private Duration writeTimeout = Duration.ofSeconds(60);
    private long drainBytes = 64 << 10;
    private Duration drainTime = Duration.ofSeconds(1);
    private int requestsPerConnection;
    private long bufferedBytes = 256L << 20;

    private Builder() {}

    /// Sets [Limits#requestLineBytes].
    public Builder requestLineBytes(int requestLineBytes) {
      this.requestLineBytes = requestLineBytes;
      return this;
    }

    /// Sets [Limits#headerSectionBytes].
    public Builder headerSectionBytes(int headerSectionBytes) {
      this.headerSectionBytes = headerSectionBytes;
      return this;
    }

    /// Sets [Limits#headerFields].
    public Builder headerFields(int headerFields) {
      this.headerFields = headerFields;
      return this;
    }

    /// Sets [Limits#trailerSectionBytes].
    public Builder trailerSectionBytes(int trailerSectionBytes) {
      this.trailerSectionBytes = trailerSectionBytes;
      return this;
    }

    /// Sets [Limits#chunkLineBytes].
    public Builder chunkLineBytes(int chunkLineBytes) {
      this.chunkLineBytes = chunkLineBytes;
      return this;
    }

    /// Sets [Limits#requestContentBytes].
    public Builder requestContentBytes(long requestContentBytes) {
      this.requestContentBytes = requestContentBytes;
      return this;
    }

    /// Sets [Limits#headerTimeout].
    public Builder headerTimeout(Duration headerTimeout) {
      this.headerTimeout = headerTimeout;
      return this;
    }

    /// Sets [Limits#idleTimeout].
    public Builder idleTimeout(Duration idleTimeout) {
      this.idleTimeout = idleTimeout;
      return this;
    }

    /// Sets [Limits#contentTimeout].
    public Builder contentTimeout(Duration contentTimeout) {
      this.contentTimeout = contentTimeout;
      return this;
    }

    /// Sets [Limits#writeTimeout].
    public Builder writeTimeout(Duration writeTimeout) {
      this.writeTimeout = writeTimeout;
      return this;
    }

    /// Sets [Limits#drainBytes].
    public Builder drainBytes(long drainBytes) {
      this.drainBytes = drainBytes;
      return this;
    }

    /// Sets [Limits#drainTime].
    public Builder drainTime(Duration drainTime) {
      this.drainTime = drainTime;
      return this;
    }

    /// Sets [Limits#requestsPerConnection].
    public Builder requestsPerConnection(int requestsPerConnection) {
      this.requestsPerConnection = requestsPerConnection;
      return this;
    }

    /// Sets [Limits#bufferedBytes].
    public Builder bufferedBytes(long bufferedBytes) {
      this.bufferedBytes = bufferedBytes;
      return this;
    }

    /// {@return the limits collected}
    public Limits build() {
      return new Limits(
          requestLineBytes,
          headerSectionBytes,
          headerFields,
          trailerSectionBytes,
          chunkLineBytes,
          requestContentBytes,
          headerTimeout,
          idleTimeout,
          contentTimeout,
          writeTimeout,
          drainBytes,
          drainTime,
          requestsPerConnection,
          bufferedBytes);
    }
  }
}
