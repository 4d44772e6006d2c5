// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.error;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.io.Serial;
import org.jspecify.annotations.Nullable;

/// The one checked exception: a [kind][ErrorKind], the [side][ErrorSource] it began on, a [retry
/// decision][Retry], and the story of what was being done, added on the way up.
///
/// ```java
/// throw ProxyException.upstream(ErrorKind.CONNECT_REFUSED, "to %s", peer).withRetry(Retry.ALWAYS);
/// …
/// throw error.withContext("for %s", session.request().target());
/// ```
///
/// An instance never changes: each `with…` gives a new one. [#getMessage] and [#toString] show the
/// whole chain on one line as `Upstream ConnectRefused context: for /x cause: context: to
/// 10.0.0.1:80`, where a cause repeats neither source nor kind.
///
/// **Cost.** Failures of peers are the daily bread of a proxy, and an attacker can order as many as
/// he likes. Only an [internal][ErrorSource#INTERNAL] failure without a cause carries a stack
/// trace, because only that one points at our code; statuses, limits and cancellations do not.
/// Texts are formatted when somebody reads them.
public final class ProxyException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  private final transient ErrorKind kind;
  private final ErrorSource source;
  private final Retry retry;
  private final transient Context context;
  private final boolean traced;

  private ProxyException(
      ErrorKind kind, ErrorSource source, Retry retry, Context context, @Nullable Throwable cause) {
    // Before super(): its constructor asks fillInStackTrace() below, which reads these.
    this.kind = requireNonNull(kind, "kind");
    this.source = requireNonNull(source, "source");
    this.retry = requireNonNull(retry, "retry");
    this.context = context;
    this.traced = cause == null && source == ErrorSource.INTERNAL && !kind.isExpected();
    super(null, cause);
  }

  /// {@return an [internal][ErrorSource#INTERNAL] failure, not to be retried}
  ///
  /// @param format as of [String#format]; taken literally when there are no arguments
  /// @param args values; whatever is not plain data is turned into text at once, so that lent
  ///   buffers may be given
  public static ProxyException of(ErrorKind kind, String format, @Nullable Object... args) {
    return create(kind, ErrorSource.INTERNAL, format, args);
  }

  /// {@return a failure of this process; the same as [#of], said aloud}
  public static ProxyException internal(ErrorKind kind, String format, @Nullable Object... args) {
    return create(kind, ErrorSource.INTERNAL, format, args);
  }

  /// {@return a failure of the client or of the connection to it}
  public static ProxyException downstream(ErrorKind kind, String format, @Nullable Object... args) {
    return create(kind, ErrorSource.DOWNSTREAM, format, args);
  }

  /// {@return a failure of the peer or of the connection to it}
  public static ProxyException upstream(ErrorKind kind, String format, @Nullable Object... args) {
    return create(kind, ErrorSource.UPSTREAM, format, args);
  }

  private static ProxyException create(
      ErrorKind kind, ErrorSource source, String format, @Nullable Object[] args) {
    return new ProxyException(kind, source, Retry.NEVER, Context.of(format, args), null);
  }

  /// {@return a failure that another one caused}
  ///
  /// Source and retry decision are those of a cause of this type; else internal and never.
  public static ProxyException explain(
      ErrorKind kind, Throwable cause, String format, @Nullable Object... args) {
    requireNonNull(cause, "cause");
    ErrorSource source = cause instanceof ProxyException e ? e.source : ErrorSource.INTERNAL;
    Retry retry = cause instanceof ProxyException e ? e.retry : Retry.NEVER;
    return new ProxyException(kind, source, retry, Context.of(format, args), cause);
  }

  /// {@return the failure itself if it is of this type, else an internal error caused by it}
  public static ProxyException from(Throwable failure) {
    return failure instanceof ProxyException e ? e : explain(ErrorKind.INTERNAL_ERROR, failure, "");
  }

  /// {@return a new failure of the same kind, source and retry decision, caused by this one}
  public ProxyException withContext(String format, @Nullable Object... args) {
    return new ProxyException(kind, source, retry, Context.of(format, args), this);
  }

  /// {@return this failure with another retry decision}
  public ProxyException withRetry(Retry other) {
    return other == retry ? this : sameStory(source, other);
  }

  /// {@return this failure with another source}
  public ProxyException withSource(ErrorSource other) {
    return other == source ? this : sameStory(other, retry);
  }

  private ProxyException sameStory(ErrorSource newSource, Retry newRetry) {
    ProxyException copy = new ProxyException(kind, newSource, newRetry, context, getCause());
    copy.setStackTrace(getStackTrace());
    for (Throwable suppressed : getSuppressed()) {
      copy.addSuppressed(suppressed);
    }
    return copy;
  }

  /// {@return what went wrong}
  public ErrorKind kind() {
    return kind;
  }

  /// {@return the side on which it began}
  public ErrorSource source() {
    return source;
  }

  /// {@return whether the work may be tried again}
  public Retry retry() {
    return retry;
  }

  /// {@return whether to try again, given whether the connection had been used before}
  public boolean retryable(boolean reused) {
    return retry.retryable(reused);
  }

  /// {@return the text of this link of the chain only, unescaped; empty if there is none}
  public String context() {
    return context.text();
  }

  /// {@return the kind of the deepest failure of this type in the unbroken chain of causes}
  public ErrorKind rootKind() {
    ProxyException deepest = this;
    for (int i = 0; i < Chain.MAX_LINKS && deepest.getCause() instanceof ProxyException e; i++) {
      deepest = e;
    }
    return deepest.kind;
  }

  /// {@return the deepest cause of any type; this failure if it has none}
  public Throwable rootCause() {
    Throwable deepest = this;
    for (int i = 0; i < Chain.MAX_LINKS; i++) {
      Throwable cause = deepest.getCause();
      if (cause == null) {
        break;
      }
      deepest = cause;
    }
    return deepest;
  }

  /// {@return the chain on one line, control characters escaped, its length bounded}
  @Override
  public String getMessage() {
    return Chain.of(this);
  }

  @Override
  public String toString() {
    return getMessage();
  }

  /// Takes the trace only where it tells something; see the class comment.
  // Not synchronized: the JDK's method is, but nobody can share an exception that is being built.
  @Override
  @SuppressWarnings("UnsynchronizedOverridesSynchronized")
  public Throwable fillInStackTrace() {
    return traced ? super.fillInStackTrace() : this;
  }

  @Serial
  private void writeObject(ObjectOutputStream out) throws NotSerializableException {
    throw new NotSerializableException(ProxyException.class.getName());
  }
}
