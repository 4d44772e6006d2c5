// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.error;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ErrorKindTest {
  private static final List<ErrorKind> BUILT_IN =
      List.of(
          ErrorKind.CONNECT_TIMEOUT,
          ErrorKind.CONNECT_REFUSED,
          ErrorKind.CONNECT_NO_ROUTE,
          ErrorKind.TLS_WANT_X509_LOOKUP,
          ErrorKind.TLS_HANDSHAKE_FAILURE,
          ErrorKind.TLS_HANDSHAKE_TIMEOUT,
          ErrorKind.INVALID_CERT,
          ErrorKind.HANDSHAKE_ERROR,
          ErrorKind.CONNECT_ERROR,
          ErrorKind.BIND_ERROR,
          ErrorKind.ACCEPT_ERROR,
          ErrorKind.SOCKET_ERROR,
          ErrorKind.CONNECT_PROXY_FAILURE,
          ErrorKind.INVALID_HTTP_HEADER,
          ErrorKind.H1_ERROR,
          ErrorKind.H2_ERROR,
          ErrorKind.H2_DOWNGRADE,
          ErrorKind.INVALID_H2,
          ErrorKind.READ_ERROR,
          ErrorKind.WRITE_ERROR,
          ErrorKind.READ_TIMEOUT,
          ErrorKind.WRITE_TIMEOUT,
          ErrorKind.CONNECTION_CLOSED,
          ErrorKind.FILE_OPEN_ERROR,
          ErrorKind.FILE_CREATE_ERROR,
          ErrorKind.FILE_READ_ERROR,
          ErrorKind.FILE_WRITE_ERROR,
          ErrorKind.INTERNAL_ERROR,
          ErrorKind.UNKNOWN_ERROR,
          ErrorKind.NO_HEALTHY_UPSTREAM,
          ErrorKind.OVER_LIMIT,
          ErrorKind.CANCELLED);

  @Test
  void namesNoTwoKindsAlike() {
    assertThat(BUILT_IN).doesNotHaveDuplicates();
    assertThat(BUILT_IN.stream().map(ErrorKind::name)).doesNotHaveDuplicates();
    assertThat(BUILT_IN).noneMatch(ErrorKind::isStatus).noneMatch(ErrorKind::isCustom);
    assertThat(BUILT_IN).allMatch(kind -> kind.code() == 0);
  }

  @Test
  void comparesByValue() {
    assertThat(ErrorKind.status(403)).isEqualTo(ErrorKind.status(403));
    assertThat(ErrorKind.status(403)).hasSameHashCodeAs(ErrorKind.status(403));
    assertThat(ErrorKind.status(403)).isNotEqualTo(ErrorKind.status(404));
    assertThat(ErrorKind.custom("A", 1)).isEqualTo(ErrorKind.custom("A", 1));
    assertThat(ErrorKind.custom("A", 1)).isNotEqualTo(ErrorKind.custom("A", 2));
    assertThat(ErrorKind.custom("A")).isNotEqualTo(ErrorKind.custom("B"));
  }

  @Test
  void keepsCustomKindsApartFromBuiltInOnes() {
    assertThat(ErrorKind.custom("ReadError")).isNotEqualTo(ErrorKind.READ_ERROR);
    assertThat(ErrorKind.custom("HTTPStatus", 403)).isNotEqualTo(ErrorKind.status(403));
    assertThat(ErrorKind.custom("HTTPStatus", 403).isStatus()).isFalse();
  }

  @Test
  void showsTheCodeBehindTheName() {
    assertThat(ErrorKind.status(403)).hasToString("HTTPStatus(403)");
    assertThat(ErrorKind.status(403).name()).isEqualTo("HTTPStatus");
    assertThat(ErrorKind.status(403).code()).isEqualTo(403);
    assertThat(ErrorKind.custom("Quota")).hasToString("Quota");
    assertThat(ErrorKind.custom("Quota", 9)).hasToString("Quota(9)");
    assertThat(ErrorKind.CONNECT_TIMEOUT).hasToString("ConnectTimedout");
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 99, 1000})
  void refusesStatusesThatAreNotThreeDigits(int status) {
    assertThatThrownBy(() -> ErrorKind.status(status))
        .hasMessage("status: " + status + " (expected: 100..999)");
  }

  @Test
  void refusesNamesAndCodesOutOfRange() {
    assertThatThrownBy(() -> ErrorKind.custom(" ")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> ErrorKind.custom("A", -1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> ErrorKind.custom("A", 65_536))
        .hasMessage("code: 65536 (expected: 0..65535)");
  }
}
