package io.foursight.model.profiles;

import io.foursight.model.Labels;
import io.foursight.model.QueryBudget;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/// Collects rows of profiles from everywhere, in any order, and gives them back a series at a time,
/// ascending by labels, each ascending by time and without copies (see [ProfileSet]). What it holds
/// is charged to the budget until [#close]. Owned by one thread.
public final class ProfileRowsUnion implements AutoCloseable {
  private static final int PLAIN = 4;
  private static final int WITH_SPANS = 7;

  private final int width;
  private final QueryBudget budget;
  private final Map<Labels, Rows> series = new TreeMap<>();
  private long charged;

  /// Rows of one series, to be filled.
  public final class Rows {
    /// Time, id, [span, trace], value.
    private long[] numbers = new long[0];

    private int count;

    private Rows() {}

    /// @param spanId with the trace id: not looked at unless rows are of spans
    public void add(
        long timeNanos,
        long value,
        long idHigh,
        long idLow,
        long spanId,
        long traceHigh,
        long traceLow) {
      int at = width * count++;
      if (at == numbers.length) {
        int longs = Math.max(4 * width, Math.multiplyExact(2, at));
        charge(8L * (longs - at));
        numbers = Arrays.copyOf(numbers, longs);
      }
      numbers[at] = timeNanos;
      numbers[at + 1] = idHigh;
      numbers[at + 2] = idLow;
      if (width == WITH_SPANS) {
        numbers[at + 3] = spanId;
        numbers[at + 4] = traceHigh;
        numbers[at + 5] = traceLow;
      }
      numbers[at + width - 1] = value;
    }
  }

  /// @param bySpan whether rows are those of spans
  public ProfileRowsUnion(boolean bySpan, QueryBudget budget) {
    this.width = bySpan ? WITH_SPANS : PLAIN;
    this.budget = budget;
  }

  private void charge(long bytes) {
    budget.charge(bytes);
    charged += bytes;
  }

  public Rows of(Labels labels) {
    Rows rows = series.get(labels);
    if (rows == null) {
      rows = new Rows();
      series.put(labels, rows);
    }
    return rows;
  }

  public void add(ProfileRows from) {
    Rows rows = of(from.labels());
    boolean spans = width == WITH_SPANS;
    for (int i = 0; i < from.rows(); i++) {
      rows.add(
          from.timesNanos()[i],
          from.values()[i],
          from.idHighs()[i],
          from.idLows()[i],
          spans ? from.spanIds()[i] : 0,
          spans ? from.traceHighs()[i] : 0,
          spans ? from.traceLows()[i] : 0);
    }
  }

  /// Gives every series that has rows.
  public void forEach(Consumer<ProfileRows> each) {
    series.forEach((labels, rows) -> {
      if (rows.count > 0) {
        budget.check();
        each.accept(rows(labels, rows));
      }
    });
  }

  private ProfileRows rows(Labels labels, Rows rows) {
    int[] order = order(rows);
    var columns = new long[width][rows.count];
    int kept = 0;
    int before = -1;
    for (int row : order) {
      if (before >= 0 && isCopy(rows.numbers, before, row)) {
        continue;
      }
      for (int c = 0; c < width; c++) {
        columns[c][kept] = rows.numbers[width * row + c];
      }
      kept++;
      before = row;
    }
    var none = new long[0];
    boolean spans = width == WITH_SPANS;
    return new ProfileRows(
        labels,
        kept,
        columns[0],
        columns[width - 1],
        columns[1],
        columns[2],
        spans ? columns[3] : none,
        spans ? columns[4] : none,
        spans ? columns[5] : none);
  }

  private int[] order(Rows rows) {
    var order = new int[rows.count];
    boolean sorted = true;
    for (int i = 0; i < order.length; i++) {
      order[i] = i;
      sorted &= i == 0 || compare(rows.numbers, i - 1, i) <= 0;
    }
    if (sorted) {
      return order;
    }
    Integer[] boxed = new Integer[order.length];
    Arrays.setAll(boxed, i -> i);
    Arrays.sort(boxed, (a, b) -> compare(rows.numbers, a, b));
    Arrays.setAll(order, i -> boxed[i]);
    return order;
  }

  private int compare(long[] numbers, int a, int b) {
    for (int c = 0; c < width - 1; c++) {
      int order = Long.compare(numbers[width * a + c], numbers[width * b + c]);
      if (order != 0) {
        return order;
      }
    }
    return 0;
  }

  private boolean isCopy(long[] numbers, int a, int b) {
    return (numbers[width * a + 1] | numbers[width * a + 2]) != 0 && compare(numbers, a, b) == 0;
  }

  @Override
  public void close() {
    budget.release(charged);
    charged = 0;
  }
}
