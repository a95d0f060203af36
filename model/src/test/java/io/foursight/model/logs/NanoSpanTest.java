package io.foursight.model.logs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// What is said to come once is not looked at again: a time too few counts entries twice.
class NanoSpanTest {
  @Test
  void unionAndOverlaps_agreeWithCountingEachTime() {
    var random = new Random(4);
    for (int round = 0; round < 2000; round++) {
      var spans = new ArrayList<NanoSpan>();
      for (int i = random.nextInt(6); i > 0; i--) {
        int first = random.nextInt(30);
        spans.add(new NanoSpan(first, first + random.nextInt(12) - 2));
      }
      for (int time = -1; time < 45; time++) {
        int at = time;
        long in = spans.stream().filter(s -> contains(s, at)).count();
        assertThat(once(NanoSpan.union(spans), at)).as("%s at %d", spans, at).isEqualTo(in >= 1);
        assertThat(once(NanoSpan.overlaps(spans), at)).as("%s at %d", spans, at).isEqualTo(in >= 2);
      }
    }
  }

  private static boolean contains(NanoSpan span, long time) {
    return span.firstNanos() <= time && time <= span.lastNanos();
  }

  private static boolean once(List<NanoSpan> spans, long time) {
    long in = spans.stream().filter(s -> contains(s, time)).count();
    assertThat(in).isLessThanOrEqualTo(1);
    return in == 1;
  }

  @Test
  void theEndsOfTime_areTimesToo() {
    assertThat(NanoSpan.overlaps(List.of(NanoSpan.ALL, NanoSpan.ALL)))
        .containsExactly(NanoSpan.ALL);
    assertThat(NanoSpan.overlaps(List.of(NanoSpan.ALL, NanoSpan.NONE))).isEmpty();
  }
}
