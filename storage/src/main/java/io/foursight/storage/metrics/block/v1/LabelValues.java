package io.foursight.storage.metrics.block.v1;

import io.foursight.model.Labels;
import io.foursight.storage.encoding.ByteReader;
import io.foursight.storage.encoding.ByteWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The values of one label name in a block being written, and which series has which: values in
/// order of appearance, and one (series gap, value id) pair a series in a byte buffer.
final class LabelValues {
  private final String name;
  private final Map<String, Integer> ids = new HashMap<>();
  private final List<String> values = new ArrayList<>();
  private final ByteWriter uses = new ByteWriter(64);
  private int useCount;
  private int lastSeries = -1;
  private String lastValue = "";
  private int lastId = -1;

  LabelValues(String name) {
    this.name = name;
  }

  String name() {
    return name;
  }

  int size() {
    return values.size();
  }

  void add(int series, String value) {
    if (lastId < 0 || !value.equals(lastValue)) {
      Integer id = ids.get(value);
      if (id == null) {
        id = values.size();
        ids.put(value, id);
        values.add(value);
      }
      lastId = id;
      lastValue = value;
    }
    uses.varint(series - lastSeries - 1L);
    uses.varint(lastId);
    lastSeries = series;
    useCount++;
  }

  /// The final form: values ascending, and the uses as they were added.
  Sorted sort() {
    Integer[] order = new Integer[values.size()];
    for (int i = 0; i < order.length; i++) {
      order[i] = i;
    }
    java.util.Arrays.sort(order, (a, b) -> Labels.compareText(values.get(a), values.get(b)));
    int[] ranks = new int[order.length];
    String[] sorted = new String[order.length];
    for (int rank = 0; rank < order.length; rank++) {
      ranks[order[rank]] = rank;
      sorted[rank] = values.get(order[rank]);
    }
    return new Sorted(sorted, ranks);
  }

  final class Sorted {
    private final String[] sorted;
    private final int[] ranks;
    private final ByteReader walk = new ByteReader(uses.array(), 0, uses.size(), "label uses", 0);

    Sorted(String[] sorted, int[] ranks) {
      this.sorted = sorted;
      this.ranks = ranks;
    }

    String[] values() {
      return sorted;
    }

    /// The rank of the value of the next series that has the label; called once a use.
    int nextRank() {
      walk.varint();
      return ranks[(int) walk.varint()];
    }

    /// Series grouped by value: `series[starts[rank] .. starts[rank + 1])`, ascending.
    Postings postings() {
      int[] starts = new int[sorted.length + 1];
      var in = new ByteReader(uses.array(), 0, uses.size(), "label uses", 0);
      for (int i = 0; i < useCount; i++) {
        in.varint();
        starts[ranks[(int) in.varint()] + 1]++;
      }
      for (int i = 0; i < sorted.length; i++) {
        starts[i + 1] += starts[i];
      }
      int[] next = starts.clone();
      int[] series = new int[useCount];
      int[] all = new int[useCount];
      in.seek(0);
      int at = -1;
      for (int i = 0; i < useCount; i++) {
        at += (int) in.varint() + 1;
        all[i] = at;
        series[next[ranks[(int) in.varint()]]++] = at;
      }
      return new Postings(starts, series, all);
    }
  }

  /// @param all every series that has the label, ascending
  record Postings(int[] starts, int[] series, int[] all) {}
}
