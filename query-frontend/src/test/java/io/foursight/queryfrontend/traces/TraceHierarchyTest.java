package io.foursight.queryfrontend.traces;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.foursight.model.traces.TracePieces;
import io.foursight.model.traces.TracesStats;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Levels above and below are counted from each span that matched; a cycle ends.
class TraceHierarchyTest {
  /// By span, from 1, its parent: a tree of 1 > 2 > 3 > 4 and 2 > 5, 1 > 6; 7 and 8 call each
  /// other.
  private static final int[] PARENTS = {0, 1, 2, 3, 2, 1, 8, 7};

  private static TracePieces trace(int... spans) {
    var scope = ScopeSpans.newBuilder();
    for (int span : spans) {
      scope.addSpans(Span.newBuilder().setSpanId(id(span)).setParentSpanId(id(PARENTS[span - 1])));
    }
    byte[] data =
        TracesData.newBuilder()
            .addResourceSpans(ResourceSpans.newBuilder().addScopeSpans(scope))
            .build()
            .toByteArray();
    return new TracePieces(List.of(data), false, TracesStats.NONE);
  }

  private static ByteString id(int number) {
    return number == 0
        ? ByteString.EMPTY
        : ByteString.copyFrom(new byte[] {0, 0, 0, 0, 0, 0, 0, (byte) number});
  }

  @ParameterizedTest
  @CsvSource({
    "3, 0, 0, 3",
    "3, -1, 0, 123",
    "3, 1, 0, 23",
    "2, 0, 1, 235",
    "2, 0, -1, 2345",
    "4, 2, 5, 234",
    "46, 1, 0, 1346",
    "7, -1, -1, 78",
    "1, -1, -1, 123456"
  })
  void levelsAreKept(String matched, int above, int below, String kept)
      throws InvalidProtocolBufferException {
    TracePieces all = trace(IntStream.rangeClosed(1, PARENTS.length).toArray());
    TracePieces some = trace(matched.chars().map(c -> c - '0').toArray());
    TracePieces answer = TraceHierarchy.around(all, some, above, below);
    var ids = new TreeSet<Integer>();
    TracesData.parseFrom(answer.pieces().getFirst())
        .getResourceSpansList()
        .forEach(r ->
            r.getScopeSpans(0)
                .getSpansList()
                .forEach(span -> ids.add((int) span.getSpanId().byteAt(7))));
    var text = new StringBuilder();
    ids.forEach(text::append);
    assertThat(text.toString()).isEqualTo(kept);
  }
}
