package io.foursight.model.metrics;

import io.foursight.model.SeriesHash;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/// One decoded write request as columns: `seriesCount` series, each with its label bytes
/// ([LabelBytes]) and a run of float samples and of histograms.
///
/// ```
/// series i:  labels    labelBytes(i)[labelOffset(i) .. +labelLength(i)],  128-bit key (hashHigh[i], hashLow[i])
///            samples   rows sampleStart(i) .. sampleEnd(i)-1 of timestamps / values / startTimestamps
///            histogram rows histogramStart(i) .. histogramEnd(i)-1
/// ```
///
/// The same label set may appear more than once. Sample rows of a series keep the sender's order.
/// Start timestamps are 0 where unknown. A decoder fills it front to back (`beginSeries`, then the
/// rows of that series); the distributor may then drop series or rows and replace label bytes;
/// after that it is only read. The label bytes usually lie in the request's own body buffer, so a
/// batch is **valid only until the call it was passed to returns**. Owned by one thread.
public final class MetricsBatch {
  /// One exemplar and the series it belongs to.
  public record SeriesExemplar(int series, Exemplar exemplar) {}

  private byte[] body;
  private byte[][] replaced = {};
  private int seriesCount;
  private int[] labelOffsets = new int[256];
  private int[] labelLengths = new int[256];
  private long[] hashHigh = new long[256];
  private long[] hashLow = new long[256];
  private int[] sampleEnds = new int[256];
  private int[] histogramEnds = new int[256];
  private int sampleCount;
  private long[] timestamps = new long[256];
  private double[] values = new double[256];
  private long[] startTimestamps = {};
  private int histogramCount;
  private long[] histogramTimestamps = {};
  private long[] histogramStartTimestamps = {};
  private NativeHistogram[] histograms = {};
  private final List<SeriesExemplar> exemplars = new ArrayList<>();
  private final List<MetricMetadata> metadata = new ArrayList<>();

  /// @param body the array that `beginSeries` offsets point into
  public MetricsBatch(byte[] body) {
    this.body = body;
  }

  /// Empties it for another request with another body; keeps the arrays.
  public void reset(byte[] newBody) {
    body = newBody;
    replaced = new byte[0][];
    seriesCount = 0;
    sampleCount = 0;
    if (startTimestamps.length > 0) {
      Arrays.fill(startTimestamps, 0);
    }
    Arrays.fill(histograms, 0, histogramCount, null);
    histogramCount = 0;
    exemplars.clear();
    metadata.clear();
  }

  /// Replaces the body by a longer array that begins with the same bytes, for decoders that
  /// assemble label bytes themselves and learn their size while they go.
  public void body(byte[] grownBody) {
    body = grownBody;
  }

  /// Starts the next series; its rows follow. The hash may be set later through [#hashHigh()] and
  /// [#hashLow()].
  ///
  /// @return the index of the series
  public int beginSeries(int labelOffset, int labelLength) {
    if (seriesCount == labelOffsets.length) {
      int capacity = seriesCount * 2;
      labelOffsets = Arrays.copyOf(labelOffsets, capacity);
      labelLengths = Arrays.copyOf(labelLengths, capacity);
      hashHigh = Arrays.copyOf(hashHigh, capacity);
      hashLow = Arrays.copyOf(hashLow, capacity);
      sampleEnds = Arrays.copyOf(sampleEnds, capacity);
      histogramEnds = Arrays.copyOf(histogramEnds, capacity);
    }
    labelOffsets[seriesCount] = labelOffset;
    labelLengths[seriesCount] = labelLength;
    sampleEnds[seriesCount] = sampleCount;
    histogramEnds[seriesCount] = histogramCount;
    return seriesCount++;
  }

  /// Sets the label range of the series begun last, for decoders that learn it after its samples.
  public void labels(int labelOffset, int labelLength) {
    labelOffsets[seriesCount - 1] = labelOffset;
    labelLengths[seriesCount - 1] = labelLength;
  }

  /// Narrows the label range of a series inside the body, after a label was cut out of it; the key
  /// is to be computed again.
  public void labels(int series, int labelOffset, int labelLength) {
    labelOffsets[series] = labelOffset;
    labelLengths[series] = labelLength;
  }

  public void addSample(long timestampMillis, double value) {
    if (sampleCount == timestamps.length) {
      timestamps = Arrays.copyOf(timestamps, sampleCount * 2);
      values = Arrays.copyOf(values, sampleCount * 2);
    }
    timestamps[sampleCount] = timestampMillis;
    values[sampleCount++] = value;
    sampleEnds[seriesCount - 1] = sampleCount;
  }

  public void addSample(long timestampMillis, long startTimestampMillis, double value) {
    addSample(timestampMillis, value);
    if (startTimestampMillis != 0) {
      if (startTimestamps.length < timestamps.length) {
        startTimestamps = Arrays.copyOf(startTimestamps, timestamps.length);
      }
      startTimestamps[sampleCount - 1] = startTimestampMillis;
    }
  }

  public void addHistogram(
      long timestampMillis, long startTimestampMillis, NativeHistogram histogram) {
    if (histogramCount == histograms.length) {
      int capacity = Math.max(16, histogramCount * 2);
      histograms = Arrays.copyOf(histograms, capacity);
      histogramTimestamps = Arrays.copyOf(histogramTimestamps, capacity);
      histogramStartTimestamps = Arrays.copyOf(histogramStartTimestamps, capacity);
    }
    histograms[histogramCount] = histogram;
    histogramTimestamps[histogramCount] = timestampMillis;
    histogramStartTimestamps[histogramCount++] = startTimestampMillis;
    histogramEnds[seriesCount - 1] = histogramCount;
  }

  /// Adds an exemplar of the series begun last.
  public void addExemplar(Exemplar exemplar) {
    exemplars.add(new SeriesExemplar(seriesCount - 1, exemplar));
  }

  public void addMetadata(MetricMetadata entry) {
    metadata.add(entry);
  }

  /// Sets the keys of all series: the first [#seriesCount()] of both arrays, which are copied.
  public void keys(long[] high, long[] low) {
    System.arraycopy(high, 0, hashHigh, 0, seriesCount);
    System.arraycopy(low, 0, hashLow, 0, seriesCount);
  }

  /// Computes the 128-bit key of every series.
  public void hashSeries(SeriesHash hash) {
    for (int i = 0; i < seriesCount; i++) {
      hash.hash(body, labelOffsets[i], labelLengths[i], hashHigh, hashLow, i);
    }
  }

  public int seriesCount() {
    return seriesCount;
  }

  public byte[] labelBytes(int series) {
    return series < replaced.length && replaced[series] != null ? replaced[series] : body;
  }

  public int labelOffset(int series) {
    return labelOffsets[series];
  }

  public int labelLength(int series) {
    return labelLengths[series];
  }

  /// Keys by series, rows `0..seriesCount-1`.
  public long[] hashHigh() {
    return hashHigh;
  }

  public long[] hashLow() {
    return hashLow;
  }

  public int sampleStart(int series) {
    return series == 0 ? 0 : sampleEnds[series - 1];
  }

  public int sampleEnd(int series) {
    return sampleEnds[series];
  }

  public int histogramStart(int series) {
    return series == 0 ? 0 : histogramEnds[series - 1];
  }

  public int histogramEnd(int series) {
    return histogramEnds[series];
  }

  public int sampleCount() {
    return sampleCount;
  }

  public long[] timestamps() {
    return timestamps;
  }

  public double[] values() {
    return values;
  }

  public long startTimestamp(int sampleRow) {
    return sampleRow < startTimestamps.length ? startTimestamps[sampleRow] : 0;
  }

  public int histogramCount() {
    return histogramCount;
  }

  public long histogramTimestamp(int row) {
    return histogramTimestamps[row];
  }

  public long histogramStartTimestamp(int row) {
    return histogramStartTimestamps[row];
  }

  public NativeHistogram histogram(int row) {
    return histograms[row];
  }

  /// In the order received.
  public List<SeriesExemplar> exemplars() {
    return exemplars;
  }

  public List<MetricMetadata> metadata() {
    return metadata;
  }

  /// Gives a series other label bytes (canonicalised, truncated, replica label removed) and its new
  /// key.
  public void replaceLabels(int series, byte[] labelBytes, SeriesHash hash) {
    hash.hash(labelBytes, 0, labelBytes.length, hashHigh, hashLow, series);
    replaceLabels(series, labelBytes, hashHigh[series], hashLow[series]);
  }

  /// As [#replaceLabels(int, byte[], SeriesHash)], with a key that was computed before. The bytes
  /// are shared: nobody changes them.
  public void replaceLabels(int series, byte[] labelBytes, long high, long low) {
    if (replaced.length < seriesCount) {
      replaced = Arrays.copyOf(replaced, labelOffsets.length);
    }
    replaced[series] = labelBytes;
    labelOffsets[series] = 0;
    labelLengths[series] = labelBytes.length;
    hashHigh[series] = high;
    hashLow[series] = low;
  }

  /// Replaces one histogram row, after its resolution was reduced.
  public void replaceHistogram(int row, NativeHistogram histogram) {
    histograms[row] = histogram;
  }

  /// Removes whole series (with rows and exemplars) and single rows; the rest keeps its order. Row
  /// numbers are those before the call.
  public void remove(BitSet series, BitSet samples, BitSet histogramRows) {
    int keptSeries = 0;
    int keptSamples = 0;
    int keptHistograms = 0;
    int sample = 0;
    int histogram = 0;
    int[] renumbered = new int[seriesCount];
    for (int i = 0; i < seriesCount; i++) {
      boolean drop = series.get(i);
      renumbered[i] = drop ? -1 : keptSeries;
      for (int end = sampleEnds[i]; sample < end; sample++) {
        if (!drop && !samples.get(sample)) {
          timestamps[keptSamples] = timestamps[sample];
          values[keptSamples] = values[sample];
          if (startTimestamps.length > 0) {
            long start = startTimestamp(sample);
            if (keptSamples < startTimestamps.length) {
              startTimestamps[keptSamples] = start;
            }
          }
          keptSamples++;
        }
      }
      for (int end = histogramEnds[i]; histogram < end; histogram++) {
        if (!drop && !histogramRows.get(histogram)) {
          histograms[keptHistograms] = histograms[histogram];
          histogramTimestamps[keptHistograms] = histogramTimestamps[histogram];
          histogramStartTimestamps[keptHistograms++] = histogramStartTimestamps[histogram];
        }
      }
      if (!drop) {
        if (i < replaced.length) {
          replaced[keptSeries] = replaced[i];
        }
        labelOffsets[keptSeries] = labelOffsets[i];
        labelLengths[keptSeries] = labelLengths[i];
        hashHigh[keptSeries] = hashHigh[i];
        hashLow[keptSeries] = hashLow[i];
        sampleEnds[keptSeries] = keptSamples;
        histogramEnds[keptSeries++] = keptHistograms;
      }
    }
    for (int i = keptSeries; i < Math.min(seriesCount, replaced.length); i++) {
      replaced[i] = null;
    }
    Arrays.fill(histograms, keptHistograms, histogramCount, null);
    for (int i = keptSamples; i < Math.min(sampleCount, startTimestamps.length); i++) {
      startTimestamps[i] = 0;
    }
    seriesCount = keptSeries;
    sampleCount = keptSamples;
    histogramCount = keptHistograms;
    exemplars.removeIf(e -> renumbered[e.series()] < 0);
    exemplars.replaceAll(e -> new SeriesExemplar(renumbered[e.series()], e.exemplar()));
  }
}
