package io.foursight.distributor.metrics;

import io.foursight.distributor.Relabeler;
import io.foursight.model.FoursightException;
import io.foursight.model.SeriesHash;
import io.foursight.model.metrics.MetricsBatch;
import io.foursight.wire.metrics.LabelBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;
import java.util.TreeMap;

/// Puts the series of a batch through relabel rules, in place. A series with malformed labels, or
/// with a name twice, is left as it is for validation to refuse. Reused; owned by one thread.
final class RelabelFilter {
  private final SeriesHash hash;
  private final ParsedLabels parsed = new ParsedLabels();
  private final LabelBuffer buffer = new LabelBuffer();

  RelabelFilter(SeriesHash hash) {
    this.hash = hash;
  }

  /// @return samples and histograms that the rules dropped
  int apply(Relabeler rules, MetricsBatch batch) {
    var drop = new BitSet();
    int dropped = 0;
    for (int i = 0; i < batch.seriesCount(); i++) {
      var labels = new TreeMap<String, String>();
      if (!read(batch, i, labels)) {
        continue;
      }
      var before = new TreeMap<>(labels);
      if (!rules.apply(labels)) {
        drop.set(i);
        dropped +=
            batch.sampleEnd(i)
                - batch.sampleStart(i)
                + batch.histogramEnd(i)
                - batch.histogramStart(i);
      } else if (!labels.equals(before)) {
        batch.replaceLabels(i, encoded(labels), hash);
      }
    }
    if (!drop.isEmpty()) {
      batch.remove(drop, new BitSet(), new BitSet());
    }
    return dropped;
  }

  private boolean read(MetricsBatch batch, int series, TreeMap<String, String> labels) {
    try {
      parsed.parse(batch.labelBytes(series), batch.labelOffset(series), batch.labelLength(series));
    } catch (FoursightException e) {
      return false;
    }
    for (int label = 0; label < parsed.count(); label++) {
      if (parsed.valueLength(label) > 0
          && labels.put(parsed.name(label), parsed.value(label)) != null) {
        return false;
      }
    }
    return true;
  }

  /// In the order of the names' bytes.
  private byte[] encoded(TreeMap<String, String> labels) {
    buffer.clear();
    labels.entrySet().stream()
        .map(e ->
            new byte[][] {
              e.getKey().getBytes(StandardCharsets.UTF_8),
              e.getValue().getBytes(StandardCharsets.UTF_8)
            })
        .sorted((a, b) -> Arrays.compareUnsigned(a[0], b[0]))
        .forEach(l -> buffer.label(l[0], 0, l[0].length, l[1], 0, l[1].length));
    return Arrays.copyOf(buffer.array(), buffer.size());
  }
}
