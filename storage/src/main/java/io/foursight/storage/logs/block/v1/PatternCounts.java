package io.foursight.storage.logs.block.v1;

import io.foursight.model.logs.LogsPattern;
import io.foursight.model.logs.LogsSelect;
import io.foursight.storage.encoding.ByteWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Message patterns: the templates of lines, counted by bucket of time and detected level. Only the
/// columns of times, template ids and levels are read. Lines without a template have no pattern.
final class PatternCounts {
  private static final String LEVEL = "detected_level";
  private static final String ANY = "<_>";

  /// More buckets than any chart has.
  private static final long MAX_BUCKETS = 11_000;

  private record Key(String pattern, String level) {}

  private final LogsSelect select;
  private final long step;
  private final int buckets;
  private final Map<Key, long[]> counts = new HashMap<>();

  PatternCounts(LogsSelect select, long stepNanos) {
    this.select = select;
    long length = select.endNanos() - select.startNanos();
    long wanted = stepNanos <= 0 ? 1 : (length - 1) / stepNanos + 1;
    step =
        wanted > MAX_BUCKETS ? (length - 1) / MAX_BUCKETS + 1 : stepNanos <= 0 ? length : stepNanos;
    buckets = (int) ((length - 1) / step + 1);
  }

  void add(OpenGroup group, BitSet rows) {
    if (rows.isEmpty() || !(group.lines() instanceof TemplateColumn lines)) {
      return;
    }
    int[] ids = lines.ids();
    long[] times = group.times();
    Optional<OpenGroup.Metadata> levels = group.metadata(LEVEL);
    var ofTemplate = new HashMap<Long, long[]>();
    for (int row = rows.nextSetBit(0); row >= 0; row = rows.nextSetBit(row + 1)) {
      int place = levels.isPresent() ? levels.get().place(row) : -1;
      int code = place < 0 ? -1 : levels.get().values().code(place);
      long key = (long) ids[row] << 32 | code & 0xffffffffL;
      long[] sums = ofTemplate.get(key);
      if (sums == null) {
        Template template = lines.template(ids[row]);
        if (isNothing(template)) {
          continue;
        }
        String level = code < 0 ? "" : text(levels.get().values(), code);
        sums = counts.computeIfAbsent(new Key(text(template), level), k -> charged());
        ofTemplate.put(key, sums);
      }
      sums[bucket(times[row])]++;
    }
  }

  int bucket(long time) {
    return (int) ((time - select.startNanos()) / step);
  }

  long[] charged() {
    select.budget().charge(256 + 8L * buckets);
    return new long[buckets];
  }

  /// Takes over an array that was [#charged].
  void add(String pattern, String level, long[] charged) {
    long[] sums = counts.putIfAbsent(new Key(pattern, level), charged);
    if (sums != null) {
      for (int i = 0; i < sums.length; i++) {
        sums[i] += charged[i];
      }
      discard();
    }
  }

  /// An array that was [#charged] is not needed.
  void discard() {
    select.budget().release(256 + 8L * buckets);
  }

  private static boolean isNothing(Template template) {
    return isNothing(template.literals());
  }

  static boolean isNothing(byte[][] literals) {
    for (byte[] literal : literals) {
      if (literal.length > 0) {
        return false;
      }
    }
    return true;
  }

  private static String text(Column values, int code) {
    var value = new ByteWriter(16);
    values.appendCode(code, value);
    return new String(value.array(), 0, value.size(), StandardCharsets.UTF_8);
  }

  private static String text(Template template) {
    return text(template.literals());
  }

  static String text(byte[][] literals) {
    var text = new StringBuilder();
    for (int i = 0; i < literals.length; i++) {
      text.append(i == 0 ? "" : ANY);
      text.append(new String(literals[i], StandardCharsets.UTF_8));
    }
    return text.toString();
  }

  /// Most frequent first; ties by text.
  List<LogsPattern> most(int limit) {
    var patterns = new ArrayList<LogsPattern>(counts.size());
    var totals = new HashMap<LogsPattern, Long>();
    counts.forEach((key, sums) -> {
      var pattern = new LogsPattern(key.pattern, key.level, sums);
      long total = 0;
      for (long sum : sums) {
        total += sum;
      }
      totals.put(pattern, total);
      patterns.add(pattern);
      select.budget().release(256 + 8L * buckets);
    });
    patterns.sort((a, b) -> {
      int order = Long.compare(totals.get(b), totals.get(a));
      return order != 0 ? order : (a.pattern() + a.level()).compareTo(b.pattern() + b.level());
    });
    return List.copyOf(patterns.subList(0, Math.min(limit, patterns.size())));
  }
}
