// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http1;

import dev.pingora.error.ErrorSource;
import dev.pingora.error.ProxyException;
import dev.pingora.http.FieldName;
import dev.pingora.http.FieldNames;
import dev.pingora.http.Fields;
import dev.pingora.http.RequestHeader;
import dev.pingora.http.ResponseHeader;
import dev.pingora.http.StatusCode;
import java.util.Locale;

/// Takes off a message what was meant for our connection only, before the message is forwarded (RFC
/// 9110 §7.6.1).
///
/// Done in this order: what Connection nominates, what is hop-by-hop by definition, then what the
/// next hop must be told again. The gateway adds fields of its own afterwards, so a client cannot
/// nominate those away. Content framing is taken off too: [MessageFraming#announceIn] puts the next
/// hop's framing in.
///
/// A message without any such field costs one AND. Pure but for the section that is changed;
/// single-threaded.
public final class HopByHop {
  /// What the next hop can do with this message.
  ///
  /// @param upgrade the exchange is an upgrade that we relay: Upgrade goes along, with its
  ///   connection option
  /// @param trailers the next hop can be sent trailers: Trailer goes along, and `TE: trailers` if
  ///   it came
  public record Keep(boolean upgrade, boolean trailers) {
    /// An ordinary exchange without trailers.
    public static final Keep NOTHING = new Keep(false, false);

    /// An ordinary exchange.
    public static final Keep TRAILERS = new Keep(false, true);

    /// An exchange that becomes a tunnel.
    public static final Keep UPGRADE = new Keep(true, false);
  }

  /// RFC 9110 §7.6.1, and what older implementations sent. Proxy-Authorization is for the first
  /// proxy that asks for it (RFC 9110 §11.7.2): that is us, or nobody.
  private static final FieldNames REQUEST =
      FieldNames.of(
          FieldName.CONNECTION,
          FieldName.KEEP_ALIVE,
          FieldName.PROXY_CONNECTION,
          FieldName.TE,
          FieldName.TRANSFER_ENCODING,
          FieldName.PROXY_AUTHORIZATION,
          FieldName.HTTP2_SETTINGS);

  /// Proxy-Authenticate applies to the next client only, which is us (RFC 9110 §11.7.1).
  private static final FieldNames RESPONSE =
      FieldNames.of(
          FieldName.CONNECTION,
          FieldName.KEEP_ALIVE,
          FieldName.PROXY_CONNECTION,
          FieldName.TE,
          FieldName.TRANSFER_ENCODING,
          FieldName.PROXY_AUTHENTICATE,
          FieldName.PROXY_AUTHENTICATION_INFO);

  private static final FieldNames CONDITIONAL = FieldNames.of(FieldName.UPGRADE, FieldName.TRAILER);

  /// What no nomination removes. Host and framing keep the message what it is; the others decide
  /// who is asking, and a client that could take them away behind a gateway that relies on them
  /// would get around its rules.
  private static final FieldNames NEVER_NOMINATED =
      FieldNames.of(
          FieldName.HOST,
          FieldName.CONTENT_LENGTH,
          FieldName.TRANSFER_ENCODING,
          FieldName.AUTHORIZATION,
          FieldName.COOKIE,
          FieldName.FORWARDED,
          FieldName.VIA,
          FieldName.X_REAL_IP);

  private static final String X_FORWARDED = "x-forwarded-";

  private HopByHop() {}

  /// Prepares a request for the next hop.
  ///
  /// @throws ProxyException downstream, if Connection lists more than
  ///   [ConnectionOptions#MAX_OPTIONS] options
  public static void strip(RequestHeader request, Keep keep) throws ProxyException {
    Fields header = request.headers();
    if (!header.mayContain(REQUEST) && !header.mayContain(CONDITIONAL)) {
      return;
    }
    boolean trailers = keep.trailers() && header.contains(FieldName.TE, "trailers");
    boolean upgrade = strip(header, REQUEST, keep, ErrorSource.DOWNSTREAM);
    if (trailers) {
      // RFC 9110 §10.1.4: TE is sent for one hop, and said to be so.
      header.add(FieldName.TE, "trailers");
      header.add(FieldName.CONNECTION, "TE");
    }
    if (upgrade) {
      header.add(FieldName.CONNECTION, "upgrade");
    }
  }

  /// Prepares a response for the next hop.
  ///
  /// @throws ProxyException upstream, if Connection lists more than [ConnectionOptions#MAX_OPTIONS]
  ///   options
  public static void strip(ResponseHeader response, Keep keep) throws ProxyException {
    Fields header = response.headers();
    // RFC 9110 §8.6: no Content-Length in 1xx and 204.
    if (StatusCode.isInformational(response.status()) || response.status() == 204) {
      header.remove(FieldName.CONTENT_LENGTH);
    }
    if (!header.mayContain(RESPONSE) && !header.mayContain(CONDITIONAL)) {
      return;
    }
    if (strip(header, RESPONSE, keep, ErrorSource.UPSTREAM)) {
      header.add(FieldName.CONNECTION, "upgrade");
    }
  }

  /// {@return whether Upgrade was left in}
  private static boolean strip(Fields header, FieldNames hopByHop, Keep keep, ErrorSource side)
      throws ProxyException {
    ConnectionOptions options = ConnectionOptions.of(header, side);
    for (String name : options.nominated()) {
      if (isNominable(name)) {
        header.remove(name);
      }
    }
    header.remove(hopByHop);
    if (!keep.trailers()) {
      header.remove(FieldName.TRAILER);
    }
    boolean upgrade = keep.upgrade() && options.upgrade() && header.contains(FieldName.UPGRADE);
    if (!upgrade) {
      header.remove(FieldName.UPGRADE);
    }
    return upgrade;
  }

  /// {@return whether Connection may remove fields of this name}
  ///
  /// @param name in lower case
  private static boolean isNominable(String name) {
    return !name.startsWith(X_FORWARDED) && !NEVER_NOMINATED.contains(FieldName.of(name));
  }

  /// Removes lines that software behind us may take for one of our own.
  ///
  /// CGI and its descendants turn `-` into `_` in names (RFC 3875 §4.1.18), so a client's
  /// `X_Forwarded_For` would speak with our voice there. To be called before our fields are set.
  ///
  /// @param ours the fields that the gateway sets
  public static void removeLookalikes(Fields header, FieldNames ours) {
    for (int i = header.size() - 1; i >= 0; i--) {
      if (isLookalike(header, i, ours)) {
        header.removeAt(i);
      }
    }
  }

  /// {@return whether the name of a line has `_` and equals one of these names if `-` is put in its
  /// place}
  public static boolean isLookalike(Fields header, int index, FieldNames ours) {
    // No constant has an underscore in its name.
    if (header.nameId(index) != 0 || !hasUnderscore(header, index)) {
      return false;
    }
    String dashed = header.name(index).replace('_', '-').toLowerCase(Locale.ROOT);
    return ours.contains(FieldName.of(dashed));
  }

  private static boolean hasUnderscore(Fields header, int index) {
    for (int i = header.nameLength(index) - 1; i >= 0; i--) {
      if (header.nameByte(index, i) == '_') {
        return true;
      }
    }
    return false;
  }

  /// Removes what must not come in a trailer section, because recipients act on it before content
  /// and trailers are there, or must not act on it at all (RFC 9110 §6.5.1); see [TrailerRules].
  public static void filterTrailers(Fields trailers) {
    for (int i = trailers.size() - 1; i >= 0; i--) {
      if (!TrailerRules.allows(trailers, i)) {
        trailers.removeAt(i);
      }
    }
  }
}
