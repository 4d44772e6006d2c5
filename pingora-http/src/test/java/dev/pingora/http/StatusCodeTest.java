// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class StatusCodeTest {
  @ParameterizedTest
  @CsvSource({
    "100,Continue",
    "101,Switching Protocols",
    "200,OK",
    "204,No Content",
    "206,Partial Content",
    "301,Moved Permanently",
    "304,Not Modified",
    "400,Bad Request",
    "404,Not Found",
    "413,Content Too Large",
    "422,Unprocessable Content",
    "431,Request Header Fields Too Large",
    "500,Internal Server Error",
    "502,Bad Gateway",
    "503,Service Unavailable",
    "504,Gateway Timeout",
    "505,HTTP Version Not Supported",
    "299,''",
    "418,''",
    "599,''",
    "600,''",
    "0,''",
    "-1,''",
  })
  void knowsTheStandardReasons(int status, String reason) {
    assertThat(StatusCode.reason(status)).isEqualTo(reason);
  }

  @Test
  void sortsEachCodeIntoOneClass() {
    for (int status = StatusCode.MIN; status <= StatusCode.MAX; status++) {
      boolean[] classes = {
        StatusCode.isInformational(status),
        StatusCode.isSuccessful(status),
        StatusCode.isRedirection(status),
        StatusCode.isClientError(status),
        StatusCode.isServerError(status),
      };
      for (int i = 0; i < classes.length; i++) {
        assertThat(classes[i]).isEqualTo(Math.min(status / 100, 5) == i + 1);
      }
    }
  }

  @Test
  void allowsContentExceptWhereTheStandardForbidsIt() {
    for (int status = StatusCode.MIN; status <= StatusCode.MAX; status++) {
      boolean forbidden = status < 200 || status == 204 || status == 304;
      assertThat(StatusCode.allowsContent(status)).isEqualTo(!forbidden);
    }
  }
}
