package io.foursight.model.metrics;

import io.foursight.model.FoursightException;
import io.foursight.model.Labels;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/// Merges cursors into one: equal label sets become one series whose samples are the union by
/// timestamp. Where two inputs have the same timestamp, the sample is taken once; if the values
/// differ the **later input in the list wins** (callers list older data first), except that a stale
/// marker loses against a real sample. Buffers one series an input. Owned by one thread; closing
/// closes the inputs.
public final class MergingSeriesCursor implements SeriesCursor {
  private record Input(SeriesCursor cursor, int order) {}

  private final List<SeriesCursor> inputs;
  private final PriorityQueue<Input> queue =
      new PriorityQueue<>(
          Comparator.comparing((Input i) -> i.cursor.labels()).thenComparingInt(i -> i.order));
  private final List<Input> current = new ArrayList<>();
  private final SampleColumns left = new SampleColumns();
  private final SampleColumns right = new SampleColumns();
  private final SampleColumns spare = new SampleColumns();
  private boolean started;

  private MergingSeriesCursor(List<SeriesCursor> inputs) {
    this.inputs = List.copyOf(inputs);
  }

  /// The merge of the inputs, the only one unchanged.
  public static SeriesCursor of(List<SeriesCursor> inputs) {
    return switch (inputs.size()) {
      case 0 -> SeriesCursor.empty();
      case 1 -> inputs.getFirst();
      default -> new MergingSeriesCursor(inputs);
    };
  }

  @Override
  public boolean next() {
    if (!started) {
      started = true;
      for (int i = 0; i < inputs.size(); i++) {
        advance(new Input(inputs.get(i), i));
      }
    } else {
      current.forEach(this::advance);
    }
    current.clear();
    Input first = queue.poll();
    if (first == null) {
      return false;
    }
    current.add(first);
    while (!queue.isEmpty() && queue.peek().cursor.labels().equals(first.cursor.labels())) {
      current.add(queue.poll());
    }
    return true;
  }

  private void advance(Input input) {
    if (input.cursor.next()) {
      queue.add(input);
    }
  }

  @Override
  public Labels labels() {
    return current.getFirst().cursor.labels();
  }

  @Override
  public void samples(SampleColumns into) {
    if (current.size() == 1) {
      current.getFirst().cursor.samples(into);
      return;
    }
    current.getFirst().cursor.samples(left);
    SampleColumns merged = left;
    for (int i = 1; i < current.size(); i++) {
      current.get(i).cursor.samples(right);
      SampleColumns target = i == current.size() - 1 ? into : merged == left ? spare : left;
      mergeSamples(merged, right, target);
      merged = target;
    }
  }

  /// The union of two ascending sets; `newer` wins ties unless it is a stale marker. `into` must be
  /// neither input.
  public static void mergeSamples(SampleColumns older, SampleColumns newer, SampleColumns into) {
    into.clear();
    into.reserve(older.size() + newer.size());
    int i = 0;
    int j = 0;
    // What lies before the other's first row goes over as a whole: all of it, mostly.
    if (!older.isEmpty() && !newer.isEmpty()) {
      i = older.rowsBefore(newer.timestamp(0));
      into.append(older, 0, i);
      if (i == 0) {
        j = newer.rowsBefore(older.timestamp(0));
        into.append(newer, 0, j);
      }
    }
    while (i < older.size() && j < newer.size()) {
      long a = older.timestamp(i);
      long b = newer.timestamp(j);
      if (a < b) {
        into.addFrom(older, i++);
      } else if (a > b) {
        into.addFrom(newer, j++);
      } else {
        if (isStale(newer, j) && !isStale(older, i)) {
          into.addFrom(older, i);
        } else {
          into.addFrom(newer, j);
        }
        i++;
        j++;
      }
    }
    into.append(older, i, older.size());
    into.append(newer, j, newer.size());
  }

  private static boolean isStale(SampleColumns samples, int row) {
    return samples.isHistogram(row)
        ? samples.histogram(row).isStale()
        : StaleMarker.isStale(samples.value(row));
  }

  @Override
  public void close() {
    closeAll(inputs);
  }

  static void closeAll(List<SeriesCursor> inputs) {
    FoursightException first = null;
    for (SeriesCursor input : inputs) {
      try {
        input.close();
      } catch (FoursightException e) {
        if (first == null) {
          first = e;
        } else {
          first.addSuppressed(e);
        }
      }
    }
    if (first != null) {
      throw first;
    }
  }
}
