package io.foursight.storegateway.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.Labels;
import io.foursight.model.TenantId;
import io.foursight.model.metrics.SampleColumns;
import io.foursight.model.metrics.SeriesCursor;
import io.foursight.storegateway.BlockFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ResumingCursorTest {
  /// Twenty series, each with its number as its value; any call may find the block gone.
  private static final class Fragile implements SeriesCursor {
    private final Random random;
    private final AtomicInteger open;
    private int at = -1;
    private boolean closed;

    Fragile(Random random, AtomicInteger open) {
      this.random = random;
      this.open = open;
      open.incrementAndGet();
    }

    private void maybeGone() {
      if (random.nextInt(12) == 0) {
        BlockFailure.naming(
            TenantId.ANONYMOUS,
            "01BLOCK",
            () -> {
              throw new FoursightException(ErrorKind.NOT_FOUND, "object is gone");
            });
      }
    }

    @Override
    public boolean next() {
      maybeGone();
      return ++at < 20;
    }

    @Override
    public Labels labels() {
      return Labels.of("series", String.format("%02d", at));
    }

    @Override
    public void samples(SampleColumns into) {
      maybeGone();
      into.clear();
      into.add(1, at);
    }

    @Override
    public void close() {
      if (!closed) {
        closed = true;
        open.decrementAndGet();
      }
    }
  }

  @Test
  void everySeriesComesOnceInOrder_howeverOftenBlocksDisappear() {
    for (long seed = 0; seed < 300; seed++) {
      var random = new Random(seed);
      var open = new AtomicInteger();
      var recoveries = new ArrayList<String>();
      List<String> seen = new ArrayList<>();
      var samples = new SampleColumns();
      try (var cursor =
          new ResumingCursor(
              () -> new Fragile(random, open), failure -> recoveries.add(failure.blockId()))) {
        while (cursor.next()) {
          if (random.nextBoolean()) {
            cursor.samples(samples);
            assertThat(samples.value(0))
                .as("seed %s", seed)
                .isEqualTo(Integer.parseInt(cursor.labels().get("series")));
          }
          seen.add(cursor.labels().get("series"));
        }
      }
      assertThat(seen).as("seed %s", seed).hasSize(20).isSorted().doesNotHaveDuplicates();
      assertThat(open).as("seed %s", seed).hasValue(0);
    }
  }
}
