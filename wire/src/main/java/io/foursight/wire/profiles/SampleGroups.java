package io.foursight.wire.profiles;

import io.foursight.model.profiles.ProfilesBatch;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;

/// Samples by the set of labels they carry, added up where stack, span and trace are equal: each
/// set becomes a profile of its own. Owned by one thread.
final class SampleGroups {
  private record Row(int stack, long spanId, long traceHigh, long traceLow) {}

  /// The samples of one set of labels.
  static final class Group {
    private final Map<Row, Integer> slotOf = new HashMap<>();
    private Row[] rows = new Row[16];
    private long[] sums = new long[16];
    private int size;

    private void add(Row row, long value) {
      Integer slot = slotOf.putIfAbsent(row, size);
      if (slot == null) {
        if (size == rows.length) {
          rows = Arrays.copyOf(rows, 2 * size);
          sums = Arrays.copyOf(sums, 2 * size);
        }
        rows[size] = row;
        sums[size++] = value;
        return;
      }
      sums[slot] += value;
      if (sums[slot] < 0) {
        throw PprofFile.bad("the values of a stack pass 64 bits");
      }
    }

    /// Adds the samples to the profile that the batch has begun last.
    void write(ProfilesBatch batch) {
      for (int i = 0; i < size; i++) {
        Row row = rows[i];
        batch.addSample(row.stack(), sums[i], row.spanId(), row.traceHigh(), row.traceLow());
      }
    }
  }

  private final Map<Map<String, String>, Group> groups = new LinkedHashMap<>();

  /// @param value positive
  void add(
      Map<String, String> labels,
      int stack,
      long spanId,
      long traceHigh,
      long traceLow,
      long value) {
    groups
        .computeIfAbsent(labels, unused -> new Group())
        .add(new Row(stack, spanId, traceHigh, traceLow), value);
  }

  void forEach(BiConsumer<Map<String, String>, Group> each) {
    groups.forEach(each);
  }
}
