// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.error;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class ProxyExceptionTest {
  private static ProxyException refused() {
    return ProxyException.upstream(ErrorKind.CONNECT_REFUSED, "to %s:%d", "10.0.0.1", 80);
  }

  @Test
  void showsSourceKindAndContextOnOneLine() {
    assertThat(refused()).hasMessage("Upstream ConnectRefused context: to 10.0.0.1:80");
    assertThat(refused()).hasToString(refused().getMessage());
    assertThat(ProxyException.downstream(ErrorKind.READ_TIMEOUT, ""))
        .hasMessage("Downstream ReadTimedout");
    assertThat(ProxyException.of(ErrorKind.status(403), "no token"))
        .hasMessage("Internal HTTPStatus(403) context: no token");
    assertThat(ProxyException.internal(ErrorKind.custom("Quota", 7), "tenant %s", "a"))
        .hasMessage("Internal Quota(7) context: tenant a");
  }

  @Test
  void leavesOutWhatRepeatsTheEnclosingFailure() {
    ProxyException error = refused().withContext("attempt %d", 2).withContext("for /x");

    assertThat(error)
        .hasMessage(
            "Upstream ConnectRefused context: for /x cause: context: attempt 2"
                + " cause: context: to 10.0.0.1:80");
  }

  @Test
  void showsWhatDiffersFromTheEnclosingFailure() {
    ProxyException otherKind = ProxyException.explain(ErrorKind.CONNECT_ERROR, refused(), "peer a");
    ProxyException otherSource = refused().withContext("x").withSource(ErrorSource.INTERNAL);

    assertThat(otherKind)
        .hasMessage(
            "Upstream ConnectError context: peer a"
                + " cause: ConnectRefused context: to 10.0.0.1:80");
    assertThat(otherSource)
        .hasMessage("Internal ConnectRefused context: x cause: Upstream context: to 10.0.0.1:80");
  }

  @Test
  void showsForeignCausesAsTheyPrintThemselves() {
    IOException reset = new IOException("Connection reset", new IllegalStateException("deep"));
    ProxyException error =
        ProxyException.explain(ErrorKind.READ_ERROR, reset, "head")
            .withSource(ErrorSource.UPSTREAM);

    assertThat(error)
        .hasMessage(
            "Upstream ReadError context: head cause: java.io.IOException: Connection reset"
                + " cause: java.lang.IllegalStateException: deep");
    assertThat(error).hasCause(reset);
  }

  @Test
  void showsAFailureBehindAForeignOneInFull() {
    IOException foreign = new IOException("wrapped", refused());

    assertThat(ProxyException.explain(ErrorKind.CONNECT_REFUSED, foreign, ""))
        .hasMessage(
            "Internal ConnectRefused cause: java.io.IOException: wrapped"
                + " cause: Upstream ConnectRefused context: to 10.0.0.1:80");
  }

  @Test
  void survivesForeignExceptionsThatCannotDescribeThemselves() {
    RuntimeException broken =
        new RuntimeException() {
          private static final long serialVersionUID = 1L;

          @Override
          public String getMessage() {
            throw new IllegalStateException("broken");
          }
        };

    assertThat(ProxyException.from(broken).getMessage()).contains(broken.getClass().getName());
  }

  @Test
  void endsInACycleOfCauses() {
    IOException a = new IOException("a");
    IOException b = new IOException("b", a);
    a.initCause(b);
    ProxyException error = ProxyException.from(a);

    assertThat(error.getMessage()).endsWith("cause: …").hasSizeLessThan(2_000);
    assertThat(error.rootCause()).isIn(a, b);
    assertThat(error.rootKind()).isEqualTo(ErrorKind.INTERNAL_ERROR);
  }

  @Test
  void keepsControlsOutOfLogs() {
    ProxyException error =
        ProxyException.downstream(
            ErrorKind.custom("Evil\n"), "target %s", "/\r\nINFO forged\u001b[2J\u2028\u202e");

    assertThat(error)
        .hasMessage("Downstream Evil\\n context: target /\\r\\nINFO forged\\x1b[2J\\u2028\\u202e");
  }

  @Test
  void boundsLengthWithDepthAndText() {
    ProxyException error = ProxyException.of(ErrorKind.H1_ERROR, "x".repeat(1_000_000));
    for (int i = 0; i < 1_000; i++) {
      error = error.withContext("level %d", i);
    }

    assertThat(error.getMessage()).hasSizeLessThan(40_000).endsWith("…");
  }

  @Test
  void takesAFormatLiterallyWithoutArguments() {
    assertThat(ProxyException.of(ErrorKind.H1_ERROR, "100 % of /%2e%s").context())
        .isEqualTo("100 % of /%2e%s");
  }

  @Test
  void describesTheFailureEvenWithAWrongFormat() {
    assertThat(ProxyException.of(ErrorKind.H1_ERROR, "%d of %s", "x", null).context())
        .isEqualTo("%d of %s [x, null]");
  }

  @Test
  void readsArgumentsBeforeTheyChange() {
    StringBuilder lent = new StringBuilder("before");
    @Nullable Object[] args = {lent, null, Instant.EPOCH, 'c'};
    ProxyException error = ProxyException.of(ErrorKind.H1_ERROR, "%s %s %s %s", args);
    lent.setLength(0);
    args[1] = "after";

    assertThat(error.context()).isEqualTo("before null 1970-01-01T00:00:00Z c");
  }

  @Test
  void formatsOnlyWhenSomebodyReads() {
    AtomicInteger count = new AtomicInteger();
    Number counting =
        new Number() {
          private static final long serialVersionUID = 1L;

          @Override
          public int intValue() {
            return 0;
          }

          @Override
          public long longValue() {
            return 0;
          }

          @Override
          public float floatValue() {
            return 0;
          }

          @Override
          public double doubleValue() {
            return 0;
          }

          @Override
          public String toString() {
            return "read " + count.incrementAndGet();
          }
        };
    ProxyException error = ProxyException.of(ErrorKind.H1_ERROR, "%s", counting).withContext("a");

    assertThat(count).hasValue(0);
    assertThat(error.getMessage()).endsWith("read 1");
  }

  @Test
  void neverRetriesUnlessTold() {
    assertThat(refused().retry()).isEqualTo(Retry.NEVER);
    assertThat(refused().retryable(true)).isFalse();
    assertThat(refused().withRetry(Retry.IF_REUSED).retryable(true)).isTrue();
    assertThat(refused().withRetry(Retry.IF_REUSED).retryable(false)).isFalse();
  }

  @Test
  void handsSourceAndRetryDownTheChain() {
    ProxyException decided = refused().withRetry(Retry.ALWAYS);

    assertThat(decided.withContext("x").retry()).isEqualTo(Retry.ALWAYS);
    assertThat(decided.withContext("x").source()).isEqualTo(ErrorSource.UPSTREAM);
    assertThat(decided.withContext("x").kind()).isEqualTo(ErrorKind.CONNECT_REFUSED);
    assertThat(ProxyException.explain(ErrorKind.CONNECT_ERROR, decided, "").retry())
        .isEqualTo(Retry.ALWAYS);
    assertThat(ProxyException.explain(ErrorKind.READ_ERROR, new IOException(), "").retry())
        .isEqualTo(Retry.NEVER);
  }

  @Test
  void changesOneFactAndKeepsTheStory() {
    ProxyException original = ProxyException.of(ErrorKind.INTERNAL_ERROR, "a %s", "b");
    original.addSuppressed(new IOException("suppressed"));
    ProxyException changed = original.withRetry(Retry.ALWAYS).withSource(ErrorSource.UPSTREAM);

    assertThat(changed.context()).isEqualTo("a b");
    assertThat(changed.getCause()).isNull();
    assertThat(changed.getSuppressed()).hasSize(1);
    assertThat(changed.getStackTrace()).isEqualTo(original.getStackTrace()).isNotEmpty();
    assertThat(original.retry()).isEqualTo(Retry.NEVER);
    assertThat(original.source()).isEqualTo(ErrorSource.INTERNAL);
    assertThat(original.withRetry(Retry.NEVER)).isSameAs(original);
    assertThat(original.withSource(ErrorSource.INTERNAL)).isSameAs(original);
  }

  @Test
  void findsTheRoot() {
    IOException reset = new IOException("reset");
    ProxyException read = ProxyException.explain(ErrorKind.READ_ERROR, reset, "");
    ProxyException outer = ProxyException.explain(ErrorKind.H1_ERROR, read, "").withContext("x");

    assertThat(outer.rootKind()).isEqualTo(ErrorKind.READ_ERROR);
    assertThat(outer.rootCause()).isSameAs(reset);
    assertThat(refused().rootCause()).isInstanceOf(ProxyException.class);
    assertThat(refused().rootKind()).isEqualTo(ErrorKind.CONNECT_REFUSED);
  }

  @Test
  void wrapsWhateverUserCodeThrows() {
    NoSuchFileException missing = new NoSuchFileException("/x");

    assertThat(ProxyException.from(missing).kind()).isEqualTo(ErrorKind.INTERNAL_ERROR);
    assertThat(ProxyException.from(missing)).hasCause(missing);
    ProxyException own = refused();
    assertThat(ProxyException.from(own)).isSameAs(own);
  }

  @ParameterizedTest
  @CsvSource({
    "DOWNSTREAM,false,false",
    "UPSTREAM,false,false",
    "INTERNAL,false,true",
    "INTERNAL,true,false"
  })
  void tracesTheStackOnlyWhereItPointsAtOurCode(
      ErrorSource source, boolean caused, boolean traced) {
    ProxyException error =
        switch (source) {
          case DOWNSTREAM -> ProxyException.downstream(ErrorKind.READ_ERROR, "x");
          case UPSTREAM -> ProxyException.upstream(ErrorKind.READ_ERROR, "x");
          case INTERNAL ->
              caused
                  ? ProxyException.explain(ErrorKind.READ_ERROR, new IOException(), "x")
                  : ProxyException.of(ErrorKind.READ_ERROR, "x");
        };

    assertThat(error.getStackTrace().length > 0).isEqualTo(traced);
  }

  @Test
  void tracesNoStackForNormalOutcomesUnderLoad() {
    assertThat(ProxyException.of(ErrorKind.status(429), "").getStackTrace()).isEmpty();
    assertThat(ProxyException.of(ErrorKind.OVER_LIMIT, "").getStackTrace()).isEmpty();
    assertThat(ProxyException.of(ErrorKind.CANCELLED, "").getStackTrace()).isEmpty();
    assertThat(ProxyException.of(ErrorKind.NO_HEALTHY_UPSTREAM, "").getStackTrace()).isEmpty();
  }

  @Test
  void remembersSuppressedFailures() {
    ProxyException error = refused();
    error.addSuppressed(new IOException("while closing"));

    assertThat(error.getSuppressed()).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource(ErrorSource.class)
  void namesSourcesAsPingoraDoes(ErrorSource source) {
    assertThat(source.toString()).isEqualToIgnoringCase(source.name());
  }

  @Test
  void refusesToBeSerialized() {
    assertThatThrownBy(
            () -> new ObjectOutputStream(new ByteArrayOutputStream()).writeObject(refused()))
        .isInstanceOf(NotSerializableException.class);
  }
}
