package io.foursight.wire.otlp;

import io.foursight.model.Labels;
import io.foursight.wire.metrics.LabelBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Labels while they are put together, sorted by name. Not thread-safe.
final class SortedLabels {
  private static final byte[] METRIC_NAME = Labels.METRIC_NAME.getBytes(StandardCharsets.UTF_8);

  private final List<String> names = new ArrayList<>();
  private final List<String> values = new ArrayList<>();
  private final List<byte[]> nameBytes = new ArrayList<>();
  private final List<byte[]> valueBytes = new ArrayList<>();

  void clear() {
    names.clear();
    values.clear();
    nameBytes.clear();
    valueBytes.clear();
  }

  boolean isEmpty() {
    return names.isEmpty();
  }

  /// Sets a label; an empty value or name does nothing.
  void set(String name, String value) {
    put(name, value, true, false);
  }

  void setIfAbsent(String name, String value) {
    put(name, value, false, false);
  }

  /// Sets a label, or appends `;value` to the one that is there: two attributes with one name.
  void join(String name, String value) {
    put(name, value, true, true);
  }

  private void put(String name, String value, boolean replace, boolean join) {
    if (name.isEmpty() || value.isEmpty()) {
      return;
    }
    int at = names.size();
    while (at > 0) {
      int c = Labels.compareText(names.get(at - 1), name);
      if (c == 0) {
        if (replace) {
          String text = join ? values.get(at - 1) + ";" + value : value;
          values.set(at - 1, text);
          valueBytes.set(at - 1, text.getBytes(StandardCharsets.UTF_8));
        }
        return;
      }
      if (c < 0) {
        break;
      }
      at--;
    }
    names.add(at, name);
    values.add(at, value);
    nameBytes.add(at, name.getBytes(StandardCharsets.UTF_8));
    valueBytes.add(at, value.getBytes(StandardCharsets.UTF_8));
  }

  /// Appends the label bytes with `__name__` and, unless its name is empty, one more label; both
  /// win over labels of the same name.
  void encode(LabelBuffer into, byte[] metric, String extraName, byte[] extraValue) {
    boolean metricDone = false;
    boolean extraDone = extraName.isEmpty();
    byte[] extra = extraName.getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < names.size(); i++) {
      String name = names.get(i);
      int toMetric = Labels.compareText(name, Labels.METRIC_NAME);
      if (!metricDone && toMetric >= 0) {
        label(into, METRIC_NAME, metric);
        metricDone = true;
      }
      int toExtra = Labels.compareText(name, extraName);
      if (!extraDone && toExtra >= 0) {
        label(into, extra, extraValue);
        extraDone = true;
      }
      if (toMetric != 0 && (extraName.isEmpty() || toExtra != 0)) {
        label(into, nameBytes.get(i), valueBytes.get(i));
      }
    }
    if (!metricDone) {
      label(into, METRIC_NAME, metric);
    }
    if (!extraDone) {
      label(into, extra, extraValue);
    }
  }

  private static void label(LabelBuffer into, byte[] name, byte[] value) {
    into.label(name, 0, name.length, value, 0, value.length);
  }
}
