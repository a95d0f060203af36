package io.foursight.model.profiles;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class MergedStacksTest {
  /// Tables of random symbols with repetitions, read back as paths of texts.
  private static String path(ProfileSymbols symbols, int stack) {
    var frames = new ArrayList<String>();
    for (int s = stack; s >= 0; s = symbols.stackParent(s)) {
      int location = symbols.stackLocation(s);
      var frame = new StringBuilder("@" + symbols.locationAddress(location));
      int mapping = symbols.locationMapping(location);
      if (mapping >= 0) {
        frame.append(symbols.string(symbols.mappingFileName(mapping)));
        frame.append(symbols.mappingStart(mapping));
      }
      for (int l = symbols.lineStart(location); l < symbols.lineEnd(location); l++) {
        int function = symbols.lineFunction(l);
        frame.append('/').append(symbols.string(symbols.functionName(function)));
        frame.append(':').append(symbols.string(symbols.functionFileName(function)));
        frame.append(':').append(symbols.lineNumber(l));
      }
      frames.addFirst(frame.toString());
    }
    return String.join(";", frames);
  }

  private static ProfileSymbols random(Random random) {
    var symbols = new ProfileSymbols();
    for (int i = 0; i < 8; i++) {
      symbols.addString("s" + random.nextInt(5));
    }
    for (int i = 0; i < 3; i++) {
      symbols.addMapping(random.nextInt(2), 10, 0, random.nextInt(9), 0);
    }
    for (int i = 0; i < 10; i++) {
      symbols.addFunction(random.nextInt(9), random.nextInt(9), random.nextInt(9), 1);
    }
    for (int i = 0; i < 12; i++) {
      symbols.addLocation(random.nextInt(4) - 1, random.nextInt(3));
      for (int l = random.nextInt(3); l > 0; l--) {
        symbols.addLine(random.nextInt(10), random.nextInt(3));
      }
    }
    for (int i = 0; i < 300; i++) {
      symbols.addStack(random.nextInt(i + 1) - 1, random.nextInt(12));
    }
    return symbols;
  }

  @Test
  void sums_areThoseOfThePaths_whateverTablesTheyComeFrom() {
    long seed = System.nanoTime();
    var random = new Random(seed);
    var expected = new TreeMap<String, Long>();
    var merged = new MergedStacks();
    var halves = List.of(new MergedStacks(), new MergedStacks());
    for (int t = 0; t < 6; t++) {
      ProfileSymbols symbols = random(random);
      for (MergedStacks into : List.of(merged, halves.get(t % 2))) {
        var from = into.from(symbols);
        for (int i = 0; i < 400; i++) {
          int stack = (i * 7 + t) % symbols.stacks();
          into.add(from.stack(stack), i);
          if (into == merged) {
            expected.merge(path(symbols, stack), (long) i, Long::sum);
          }
        }
      }
    }
    halves.getFirst().add(halves.getLast());
    expected.values().removeIf(value -> value == 0);
    for (MergedStacks sum : List.of(merged, halves.getFirst())) {
      var actual = new TreeMap<String, Long>();
      for (int stack = 0; stack < sum.symbols().stacks(); stack++) {
        if (sum.value(stack) != 0) {
          assertThat(actual.put(path(sum.symbols(), stack), sum.value(stack)))
              .as("seed %d: a path stands once", seed)
              .isNull();
        }
      }
      assertThat(actual).as("seed %d", seed).isEqualTo(expected);
      assertThat(sum.total()).isEqualTo(expected.values().stream().mapToLong(v -> v).sum());
    }
  }

  @Test
  void stackOfAMillionFrames_isTranslated() {
    var deep = new ProfileSymbols();
    int location = deep.addLocation(-1, 1);
    int stack = -1;
    for (int i = 0; i < 1_000_000; i++) {
      stack = deep.addStack(stack, location);
    }
    var merged = new MergedStacks();
    merged.add(merged.from(deep).stack(stack), 5);
    assertThat(merged.symbols().stacks()).isEqualTo(1_000_000);
    assertThat(merged.total()).isEqualTo(5);
  }
}
