package io.foursight.wire.profiles;

import io.foursight.model.profiles.ProfilesBatch;
import io.foursight.model.profiles.SymbolsInterner;

/// Reads folded stacks into the profile that a batch has begun last: `main;work;parse 12`, a stack
/// a line, outermost frame first, the count behind the last blank; or, without counts, one stack a
/// line that counts once. Owned by one thread.
public final class FoldedDecoder {
  private final NamedFrames frames;
  private final ProfilesBatch batch;

  /// @param symbols those of the batch
  public FoldedDecoder(SymbolsInterner symbols, ProfilesBatch batch, PprofLimits limits) {
    this.frames = new NamedFrames(symbols, limits);
    this.batch = batch;
  }

  /// @param counted whether lines end in a count
  /// @param factor of each count, positive
  /// @throws io.foursight.model.FoursightException `BAD_DATA` with the line's number, `TOO_LARGE`;
  ///   the batch has nothing of the text then
  public void decode(String text, boolean counted, long factor) {
    StackSums sums = read(text, counted, factor);
    sums.write(batch);
  }

  /// The stacks of a text.
  StackSums read(String text, boolean counted, long factor) {
    var sums = new StackSums();
    int number = 0;
    for (int start = 0, end; start < text.length(); start = end + 1) {
      end = text.indexOf('\n', start);
      end = end < 0 ? text.length() : end;
      number++;
      String line = text.substring(start, end).strip();
      if (line.isEmpty()) {
        continue;
      }
      long count = 1;
      String stack = line;
      if (counted) {
        int blank = line.lastIndexOf(' ');
        count = count(line, blank, number);
        stack = line.substring(0, blank);
      }
      if (count != 0) {
        if (count > Long.MAX_VALUE / factor) {
          throw PprofFile.bad(
              "line " + number + " has the count " + count + ", which is too large");
        }
        sums.add(stack(stack), count * factor);
        frames.checkSamples(sums.size());
      }
    }
    return sums;
  }

  private static long count(String line, int blank, int number) {
    long count;
    try {
      count = Long.parseLong(line, blank + 1, line.length(), 10);
    } catch (NumberFormatException e) {
      String last = line.substring(blank + 1);
      throw PprofFile.bad(
          "line "
              + number
              + " does not end in a count: \""
              + last.substring(0, Math.min(100, last.length()))
              + "\"");
    }
    if (blank < 0 || count < 0) {
      throw PprofFile.bad(
          "line " + number + (blank < 0 ? " has no stack" : " has the count " + count));
    }
    return count;
  }

  private int stack(String path) {
    int stack = -1;
    int depth = 0;
    for (int start = 0; start <= path.length() && !frames.isFull(depth); depth++) {
      int end = path.indexOf(';', start);
      end = end < 0 ? path.length() : end;
      stack = frames.below(stack, depth, path.substring(start, end));
      start = end + 1;
    }
    return stack;
  }
}
