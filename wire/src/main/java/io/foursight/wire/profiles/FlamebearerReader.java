package io.foursight.wire.profiles;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.foursight.model.FoursightException;
import io.foursight.model.profiles.MergedStacks;
import io.foursight.model.profiles.ProfileSymbols;
import io.foursight.model.profiles.ProfileType;
import io.foursight.model.profiles.SymbolsInterner;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// Reads the JSON of a flame graph, as Pyroscope's older API and ad hoc profiles write it, back
/// into stacks. Only graphs of one profile. Stateless; safe from any thread.
final class FlamebearerReader {
  private static final JsonFactory FACTORY = new JsonFactory();
  private static final int MAX_LEVELS = 100_000;

  private final List<String> names = new ArrayList<>();
  private final List<long[]> levels = new ArrayList<>();
  private String format = "single";
  private String units = "";
  private String name = "";

  private FlamebearerReader() {}

  /// Whether a JSON text has the part that only flame graphs have.
  static boolean isFlamebearer(byte[] json) {
    var text = new String(json, 0, Math.min(json.length, 1 << 16), StandardCharsets.ISO_8859_1);
    return text.contains("\"flamebearer\"");
  }

  /// @return the sum under its type
  static Map<String, MergedStacks> read(byte[] json) {
    var reader = new FlamebearerReader();
    try (JsonParser in = FACTORY.createParser(json)) {
      if (in.nextToken() != JsonToken.START_OBJECT) {
        throw bad("it is no object");
      }
      while (in.nextToken() == JsonToken.FIELD_NAME) {
        switch (in.currentName()) {
          case "flamebearer" -> reader.graph(in);
          case "metadata" -> reader.metadata(in);
          default -> skip(in);
        }
      }
    } catch (IOException e) {
      throw bad(String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
    }
    if (!reader.format.equals("single")) {
      throw bad("its format is \"" + reader.format + "\", expected single");
    }
    return Map.of(reader.type().id(), reader.sum());
  }

  private static FoursightException bad(String what) {
    return FoursightException.badData("invalid flame graph: " + what);
  }

  private static void skip(JsonParser in) throws IOException {
    in.nextToken();
    in.skipChildren();
  }

  private void metadata(JsonParser in) throws IOException {
    if (in.nextToken() != JsonToken.START_OBJECT) {
      return;
    }
    while (in.nextToken() == JsonToken.FIELD_NAME) {
      String field = in.currentName();
      in.nextToken();
      switch (field) {
        case "format" -> format = in.getText();
        case "units" -> units = in.getText();
        case "name" -> name = in.getText();
        default -> in.skipChildren();
      }
    }
  }

  private void graph(JsonParser in) throws IOException {
    if (in.nextToken() != JsonToken.START_OBJECT) {
      throw bad("flamebearer is no object");
    }
    while (in.nextToken() == JsonToken.FIELD_NAME) {
      switch (in.currentName()) {
        case "names" -> {
          array(in);
          while (in.nextToken() != JsonToken.END_ARRAY) {
            names.add(in.getText());
          }
        }
        case "levels" -> {
          array(in);
          while (in.nextToken() == JsonToken.START_ARRAY) {
            if (levels.size() == MAX_LEVELS) {
              throw bad("it has more than " + MAX_LEVELS + " levels");
            }
            levels.add(numbers(in));
          }
        }
        default -> skip(in);
      }
    }
  }

  private static void array(JsonParser in) throws IOException {
    if (in.nextToken() != JsonToken.START_ARRAY) {
      throw bad("expected an array for \"" + in.currentName() + '"');
    }
  }

  private static long[] numbers(JsonParser in) throws IOException {
    var numbers = new long[16];
    int n = 0;
    while (in.nextToken() != JsonToken.END_ARRAY) {
      if (!in.currentToken().isNumeric()) {
        throw bad("expected a number in \"levels\", got " + in.currentToken());
      }
      if (n == numbers.length) {
        numbers = Arrays.copyOf(numbers, 2 * n);
      }
      numbers[n++] = in.getLongValue();
    }
    return Arrays.copyOf(numbers, n);
  }

  /// Processors' time has the units `samples` there.
  private ProfileType type() {
    boolean cpu = name.equals("cpu") || units.equals("samples");
    String kind = name.isEmpty() || name.indexOf(':') >= 0 ? "samples" : name;
    return cpu
        ? new ProfileType("process_cpu", "cpu", "nanoseconds", "cpu", "nanoseconds")
        : new ProfileType(kind, kind, units.isEmpty() ? "count" : units, "", "");
  }

  /// A bar's parent is the bar of the level above that it lies under.
  private MergedStacks sum() {
    var interner = new SymbolsInterner(new ProfileSymbols());
    var sum = new MergedStacks();
    var stacks = new ArrayList<Integer>();
    var values = new ArrayList<Long>();
    long[] starts = {0};
    long[] ends = {Long.MAX_VALUE};
    int[] above = {-1};
    for (int level = 0; level < levels.size(); level++) {
      long[] numbers = levels.get(level);
      if (numbers.length % 4 != 0) {
        throw bad("level " + level + " has " + numbers.length + " numbers, expected fours");
      }
      int bars = numbers.length / 4;
      var nextStarts = new long[bars];
      var nextEnds = new long[bars];
      var next = new int[bars];
      long x = 0;
      int parent = 0;
      for (int bar = 0; bar < bars; bar++) {
        x += numbers[4 * bar];
        nextStarts[bar] = x;
        nextEnds[bar] = x + numbers[4 * bar + 1];
        while (parent < above.length && ends[parent] <= x && nextEnds[bar] > ends[parent]) {
          parent++;
        }
        if (parent == above.length
            || starts[parent] > x
            || nextEnds[bar] > ends[parent]
            || numbers[4 * bar + 1] < 0) {
          throw bad("bar " + bar + " of level " + level + " lies under no bar");
        }
        next[bar] = level == 0 ? -1 : stack(interner, above[parent], numbers[4 * bar + 3]);
        if (level > 0 && numbers[4 * bar + 2] != 0) {
          stacks.add(next[bar]);
          values.add(numbers[4 * bar + 2]);
        }
        x = nextEnds[bar];
      }
      starts = nextStarts;
      ends = nextEnds;
      above = next;
    }
    SymbolsInterner.From from = sum.from(interner.symbols());
    for (int i = 0; i < stacks.size(); i++) {
      sum.add(from.stack(stacks.get(i)), values.get(i));
    }
    return sum;
  }

  private int stack(SymbolsInterner interner, int parent, long name) {
    if (name < 0 || name >= names.size()) {
      throw bad("name " + name + " of " + names.size());
    }
    byte[] text = names.get((int) name).getBytes(StandardCharsets.UTF_8);
    int function = interner.function(interner.string(text, 0, text.length), 0, 0, 0);
    return interner.stack(
        parent, interner.location(-1, 0, new int[] {function}, new long[] {0}, 1));
  }
}
