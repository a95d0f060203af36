package io.foursight.wire.profiles;

import io.foursight.model.profiles.ProfilesBatch;
import io.foursight.model.profiles.SymbolsInterner;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/// Reads folded stacks into the profile that a batch has begun last: `main;work;parse 12`, a stack
/// a line, outermost frame first, the count behind the last blank; or, without counts, one stack a
/// line that counts once. Owned by one thread.
public final class FoldedDecoder {
  private final SymbolsInterner symbols;
  private final ProfilesBatch batch;
  private final Map<String, Integer> locationOf = new HashMap<>();

  /// @param symbols those of the batch
  public FoldedDecoder(SymbolsInterner symbols, ProfilesBatch batch) {
    this.symbols = symbols;
    this.batch = batch;
  }

  /// @param counted whether lines end in a count
  /// @param factor of each count, positive
  /// @throws io.foursight.model.FoursightException `BAD_DATA` with the line's number
  public void decode(String text, boolean counted, long factor) {
    int number = 0;
    for (String raw : text.split("\n", -1)) {
      number++;
      String line = raw.strip();
      if (line.isEmpty()) {
        continue;
      }
      long count = 1;
      String stack = line;
      if (counted) {
        int blank = line.lastIndexOf(' ');
        try {
          count = Long.parseLong(line, blank + 1, line.length(), 10);
        } catch (NumberFormatException e) {
          throw PprofFile.bad(
              "line " + number + " does not end in a count: \"" + line.substring(blank + 1) + "\"");
        }
        if (blank < 0 || count < 0) {
          throw PprofFile.bad(
              "line " + number + (blank < 0 ? " has no stack" : " has the count " + count));
        }
        stack = line.substring(0, blank);
      }
      if (count != 0) {
        if (count > Long.MAX_VALUE / factor) {
          throw PprofFile.bad(
              "line " + number + " has the count " + count + ", which is too large");
        }
        batch.addSample(stack(stack), count * factor, 0, 0, 0);
      }
    }
  }

  private int stack(String frames) {
    int stack = -1;
    for (String frame : frames.split(";", -1)) {
      stack = symbols.stack(stack, locationOf.computeIfAbsent(frame, this::location));
    }
    return stack;
  }

  private int location(String frame) {
    int function = symbols.function(string(frame), 0, 0, 0);
    return symbols.location(-1, 0, new int[] {function}, new long[] {0}, 1);
  }

  private int string(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return symbols.string(bytes, 0, bytes.length);
  }
}
