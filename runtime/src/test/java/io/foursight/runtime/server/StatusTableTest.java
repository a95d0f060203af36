package io.foursight.runtime.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.foursight.model.ErrorKind;
import io.grpc.Status.Code;
import java.util.EnumSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A wrong row makes clients retry forever or drop data.
class StatusTableTest {
  private static final String ROWS =
      """
      BAD_DATA,          400, INVALID_ARGUMENT
      TOO_LARGE,         413, INVALID_ARGUMENT
      UNSUPPORTED_MEDIA, 415, UNIMPLEMENTED
      LIMIT_EXCEEDED,    429, RESOURCE_EXHAUSTED
      QUERY_LIMIT,       422, INVALID_ARGUMENT
      EXECUTION,         422, INVALID_ARGUMENT
      UNAUTHENTICATED,   401, UNAUTHENTICATED
      NOT_FOUND,         404, NOT_FOUND
      CONFLICT,          409, FAILED_PRECONDITION
      TIMEOUT,           504, DEADLINE_EXCEEDED
      CANCELED,          499, CANCELLED
      UNAVAILABLE,       503, UNAVAILABLE
      UNIMPLEMENTED,     501, UNIMPLEMENTED
      CORRUPT,           500, DATA_LOSS
      INTERNAL,          500, INTERNAL
      """;

  @ParameterizedTest
  @CsvSource(textBlock = ROWS)
  void aKind_hasItsStatuses(ErrorKind kind, int http, Code grpc) {
    assertThat(StatusTable.http(kind)).isEqualTo(http);
    assertThat(StatusTable.grpc(kind)).isEqualTo(grpc);
  }

  @Test
  void everyKind_hasARowHere() {
    assertThat(ROWS.lines().map(line -> ErrorKind.valueOf(line.split(",")[0])))
        .containsExactlyInAnyOrderElementsOf(EnumSet.allOf(ErrorKind.class));
  }
}
