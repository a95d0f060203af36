package io.foursight.model.profiles;

import static org.assertj.core.api.Assertions.assertThat;

import io.foursight.model.Labels;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ProfilesBatchTest {
  private static String text(ProfilesBatch batch, int profile) {
    var text = new StringBuilder(batch.labels(profile) + " " + batch.timeNanos(profile));
    text.append(' ').append(batch.idHigh(profile)).append(batch.idLow(profile));
    for (int s = batch.sampleStart(profile); s < batch.sampleEnd(profile); s++) {
      text.append(
          " %d=%d,%d,%d,%d"
              .formatted(
                  batch.stack(s),
                  batch.value(s),
                  batch.spanId(s),
                  batch.traceHigh(s),
                  batch.traceLow(s)));
    }
    return text.toString();
  }

  @Test
  void removedProfiles_leaveTheOthersAsTheyWere() {
    long seed = System.nanoTime();
    var random = new Random(seed);
    for (int round = 0; round < 50; round++) {
      var batch = new ProfilesBatch(new ProfileSymbols());
      int profiles = random.nextInt(60);
      int spansFrom = random.nextInt(80);
      for (int p = 0; p < profiles; p++) {
        batch.beginProfile(Labels.of("p", "" + p), random.nextLong(), 1, 2, p, 7);
        for (int s = random.nextInt(20); s > 0; s--) {
          boolean span = p >= spansFrom && random.nextBoolean();
          batch.addSample(s, random.nextInt(), span ? random.nextLong() : 0, 0, span ? 3 : 0);
        }
      }
      var removed = new BitSet();
      List<String> expected = new ArrayList<>();
      for (int p = 0; p < profiles; p++) {
        if (random.nextInt(3) == 0) {
          removed.set(p);
        } else {
          expected.add(text(batch, p));
        }
      }
      batch.remove(removed);
      List<String> actual = new ArrayList<>();
      for (int p = 0; p < batch.profiles(); p++) {
        actual.add(text(batch, p));
      }
      assertThat(actual).as("seed %d round %d", seed, round).isEqualTo(expected);
    }
  }
}
