package io.foursight.ingester.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.foursight.model.SeriesHash;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class SymbolTableTest {
  private static final int THREADS = 4;
  private static final int ROUNDS = 50_000;

  private final SymbolTable symbols = new SymbolTable(new SeriesHash(1, 2), new ByteArena());

  /// Queries look up their names and values under a read lock, which several of them hold at once.
  /// A symbol that is not found takes all series of the shard out of an answer.
  @Test
  void severalReaders_findTheirSymbolsAtTheSameTime() throws Exception {
    for (int i = 0; i < THREADS; i++) {
      byte[] text = text(i).getBytes(StandardCharsets.UTF_8);
      assertThat(symbols.intern(text, 0, text.length)).isEqualTo(i);
    }
    var start = new CyclicBarrier(THREADS);
    try (var threads = Executors.newFixedThreadPool(THREADS)) {
      var misses = new ArrayList<Future<Integer>>();
      for (int i = 0; i < THREADS; i++) {
        int wanted = i;
        Callable<Integer> reader =
            () -> {
              int wrong = 0;
              start.await();
              for (int round = 0; round < ROUNDS; round++) {
                wrong += symbols.find(text(wanted)) == wanted ? 0 : 1;
              }
              return wrong;
            };
        misses.add(threads.submit(reader));
      }
      for (Future<Integer> each : misses) {
        assertThat(each.get()).as("lookups that found nothing or another symbol").isZero();
      }
    }
  }

  private static String text(int i) {
    return "a_label_value_of_some_length_" + i;
  }
}
