package io.foursight.querier.profiles;

import io.foursight.model.Labels;
import io.foursight.model.profiles.ProfileSymbols;
import io.foursight.model.profiles.ProfileType;
import io.foursight.model.profiles.ProfilesBatch;
import io.foursight.model.profiles.SymbolsInterner;
import java.nio.charset.StandardCharsets;
import java.util.Random;

/// Small made-up profiles: few functions and series, so that everything meets everything.
final class RandomProfiles {
  static final ProfileType CPU = ProfileType.parse("process_cpu:cpu:nanoseconds:cpu:nanoseconds");
  static final ProfileType SPACE = ProfileType.parse("memory:inuse_space:bytes:space:bytes");

  /// Times lie in `[0, RANGE_NANOS)`.
  static final long RANGE_NANOS = 600_000_000_000L;

  private final Random random;

  RandomProfiles(Random random) {
    this.random = random;
  }

  ProfilesBatch batch(int profiles) {
    var interner = new SymbolsInterner(new ProfileSymbols());
    int[] stacks = stacks(interner);
    var batch = new ProfilesBatch(interner.symbols());
    for (int p = 0; p < profiles; p++) {
      ProfileType type = random.nextInt(3) == 0 ? SPACE : CPU;
      Labels labels =
          type.label(
              Labels.of(
                  "service_name",
                  "service-" + random.nextInt(3),
                  "pod",
                  "pod-" + random.nextInt(2),
                  "thread.name",
                  random.nextBoolean() ? "main" : ""));
      batch.beginProfile(
          labels,
          Math.abs(random.nextLong()) % RANGE_NANOS,
          0,
          0,
          random.nextLong(),
          random.nextLong());
      for (int s = 1 + random.nextInt(12); s > 0; s--) {
        boolean span = random.nextInt(3) == 0;
        long spanId = span ? 1 + random.nextInt(5) : 0;
        batch.addSample(
            stacks[random.nextInt(stacks.length)],
            1 + random.nextInt(1000),
            spanId,
            span ? spanId % 2 : 0,
            span ? 7 : 0);
      }
    }
    return batch;
  }

  private int[] stacks(SymbolsInterner interner) {
    var locations = new int[12];
    for (int l = 0; l < locations.length; l++) {
      int lines = 1 + random.nextInt(2);
      var functions = new int[lines];
      var numbers = new long[lines];
      for (int i = 0; i < lines; i++) {
        byte[] name = ("f" + random.nextInt(9)).getBytes(StandardCharsets.UTF_8);
        functions[i] = interner.function(interner.string(name, 0, name.length), 0, 0, 0);
        numbers[i] = random.nextInt(3);
      }
      locations[l] = interner.location(-1, random.nextInt(4), functions, numbers, lines);
    }
    var stacks = new int[30];
    for (int s = 0; s < stacks.length; s++) {
      int parent = s == 0 || random.nextInt(4) == 0 ? -1 : stacks[random.nextInt(s)];
      stacks[s] = interner.stack(parent, locations[random.nextInt(locations.length)]);
    }
    return stacks;
  }
}
