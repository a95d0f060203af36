package io.foursight.wire.metrics;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.Labels;
import io.foursight.model.metrics.Exemplar;
import io.foursight.model.metrics.MetricMetadata;
import io.foursight.model.metrics.MetricsBatch;
import io.foursight.model.metrics.MetricsWriteResult.Rejection;
import io.foursight.wire.protobuf.ProtoReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/// Decodes a remote write 2.0 `io.prometheus.write.v2.Request` (uncompressed) into a batch.
///
/// Symbols are collected in a first pass (protobuf allows them behind the series), series in a
/// second. The label bytes of all series are assembled, in the order of the references, in one
/// buffer that becomes the batch's body; minimal varints, but neither sorted nor checked. Metadata
/// of a series is added once per request for each metric family: the metric's name, for histograms
/// without `_bucket`, `_sum` and `_count`, for summaries without `_sum` and `_count`.
///
/// A broken symbol table is an error of the request. A series that breaks a rule of its own
/// (references that are odd in number or out of range, neither samples nor histograms, or both) is
/// left out of the batch and reported by [#rejections()].
///
/// The batch is valid until the next `decode` of this decoder. Reused; owned by one thread. Errors:
/// `BAD_DATA` with the offset, `TOO_LARGE` past the bounds of [RemoteWriteV1Decoder]. Follows the
/// Prometheus remote write 2.0 specification (start timestamps inside samples and histograms).
public final class RemoteWriteV2Decoder {
  /// Label bytes of one request: a few references can name a large symbol many times.
  public static final int MAX_LABEL_BYTES = 256 << 20;

  private static final int SYMBOL = 0x22;
  private static final int TIME_SERIES = 0x2a;
  private static final byte[] METRIC_NAME = {'_', '_', 'n', 'a', 'm', 'e', '_', '_'};

  private final ProtoReader in = new ProtoReader();
  private final HistogramDecoder histograms = new HistogramDecoder();
  private final SymbolTable symbols = new SymbolTable();
  private final LabelBuffer labels = new LabelBuffer();
  private final BitSet refused = new BitSet();
  private final List<Rejection> rejections = new ArrayList<>();
  private int[] refs = new int[64];
  private int refCount;

  // Metadata met last per symbol of the metric name, packed; 0 = none yet.
  private long[] metadataOf = {};
  private int metadataType;
  private int helpRef;
  private int unitRef;
  private boolean hasMetadata;

  /// @param body decompressed request
  /// @param batch reset here
  public void decode(byte[] body, MetricsBatch batch) {
    decode(body, body.length, batch);
  }

  /// @param body begins with a decompressed request
  /// @param length of the request
  /// @param batch reset here
  public void decode(byte[] body, int length, MetricsBatch batch) {
    refused.clear();
    rejections.clear();
    labels.clear();
    symbols.reset(body);
    in.reset(body, 0, length);
    int seriesFields = 0;
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      if (tag == SYMBOL) {
        symbols.add(in);
      } else {
        seriesFields += tag == TIME_SERIES ? 1 : 0;
        in.skip(tag);
      }
    }
    if (symbols.size() == 0 && seriesFields > 0) {
      throw in.error("symbols must start with an empty string, there are none", length);
    }
    if (metadataOf.length < symbols.size()) {
      metadataOf = new long[Math.max(256, symbols.size())];
    } else {
      Arrays.fill(metadataOf, 0, symbols.size(), 0);
    }
    batch.reset(labels.array());
    in.reset(body, 0, length);
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      if (tag == TIME_SERIES) {
        int outer = in.enter();
        series(body, batch);
        in.leave(outer);
      } else {
        in.skip(tag);
      }
    }
    batch.body(labels.array());
    if (!refused.isEmpty()) {
      batch.remove(refused, new BitSet(), new BitSet());
    }
  }

  /// What the last `decode` left out, one entry a reason.
  public List<Rejection> rejections() {
    return rejections;
  }

  private void series(byte[] body, MetricsBatch batch) {
    RemoteWriteV1Decoder.checkBound("series", batch.seriesCount(), RemoteWriteV1Decoder.MAX_SERIES);
    int start = in.position();
    refCount = 0;
    hasMetadata = false;
    int labelStart = labels.size();
    int series = batch.beginSeries(labelStart, 0);
    int samplesBefore = batch.sampleCount();
    int histogramsBefore = batch.histogramCount();
    int exemplars = 0;
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 0x08 -> ref(in.varint32());
        case 0x0a -> {
          int outer = in.enter();
          while (!in.atEnd()) {
            ref(in.varint32());
          }
          in.leave(outer);
        }
        case 0x12 -> sample(batch);
        case 0x1a -> {
          RemoteWriteV1Decoder.checkBound(
              "histograms", batch.histogramCount(), RemoteWriteV1Decoder.MAX_ROWS);
          int outer = in.enter();
          histograms.decode(in, batch);
          in.leave(outer);
        }
        case 0x22 -> {
          exemplar(batch);
          exemplars++;
        }
        case 0x2a -> metadata();
        default -> in.skip(tag);
      }
    }
    int samples = batch.sampleCount() - samplesBefore;
    int histogramRows = batch.histogramCount() - histogramsBefore;
    String problem = symbolsOf(refs, refCount);
    if (!problem.isEmpty()) {
      refuse(series, "invalid_label_refs", problem, start, samples + histogramRows + exemplars);
      return;
    }
    for (int i = 0; i < refCount; i += 2) {
      int name = refs[i];
      int value = refs[i + 1];
      if (labels.size() > MAX_LABEL_BYTES - symbols.length(name) - symbols.length(value)) {
        throw new FoursightException(
            ErrorKind.TOO_LARGE,
            "the labels of a write request grow beyond "
                + MAX_LABEL_BYTES
                + " bytes at byte "
                + start);
      }
      labels.label(
          body,
          symbols.offset(name),
          symbols.length(name),
          body,
          symbols.offset(value),
          symbols.length(value));
    }
    batch.labels(labelStart, labels.size() - labelStart);
    if (samples == 0 && histogramRows == 0) {
      refuse(
          series,
          "no_samples",
          "TimeSeries must contain at least one sample or histogram",
          start,
          Math.max(1, exemplars));
    } else if (samples > 0 && histogramRows > 0) {
      refuse(
          series,
          "mixed_samples",
          "TimeSeries must contain either samples or histograms, it has "
              + samples
              + " and "
              + histogramRows,
          start,
          samples + histogramRows + exemplars);
    } else if (hasMetadata) {
      addMetadata(body, batch);
    }
  }

  private void sample(MetricsBatch batch) {
    RemoteWriteV1Decoder.checkBound("samples", batch.sampleCount(), RemoteWriteV1Decoder.MAX_ROWS);
    int outer = in.enter();
    long timestamp = 0;
    long startTimestamp = 0;
    double value = 0;
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 0x09 -> value = in.float64();
        case 0x10 -> timestamp = in.varint();
        case 0x18 -> startTimestamp = in.varint();
        default -> in.skip(tag);
      }
    }
    in.leave(outer);
    batch.addSample(timestamp, startTimestamp, value);
  }

  private void exemplar(MetricsBatch batch) {
    int outer = in.enter();
    int own = refCount;
    double value = 0;
    long timestamp = 0;
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 0x08 -> ref(in.varint32());
        case 0x0a -> {
          int packed = in.enter();
          while (!in.atEnd()) {
            ref(in.varint32());
          }
          in.leave(packed);
        }
        case 0x11 -> value = in.float64();
        case 0x18 -> timestamp = in.varint();
        default -> in.skip(tag);
      }
    }
    in.leave(outer);
    int[] mine = Arrays.copyOfRange(refs, own, refCount);
    refCount = own;
    String problem = symbolsOf(mine, mine.length);
    if (!problem.isEmpty()) {
      reject("invalid_exemplar_label_refs", "exemplar: " + problem, in.position(), 1);
      return;
    }
    var pairs = new String[mine.length];
    for (int i = 0; i < mine.length; i++) {
      pairs[i] = symbols.text(mine[i]);
    }
    batch.addExemplar(new Exemplar(Labels.of(pairs), value, timestamp));
  }

  private void metadata() {
    int outer = in.enter();
    hasMetadata = true;
    metadataType = 0;
    helpRef = 0;
    unitRef = 0;
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 0x08 -> metadataType = in.varint32();
        case 0x18 -> helpRef = in.varint32();
        case 0x20 -> unitRef = in.varint32();
        default -> in.skip(tag);
      }
    }
    in.leave(outer);
  }

  private void addMetadata(byte[] body, MetricsBatch batch) {
    int metric = metricNameSymbol(body);
    boolean said = metadataType != 0 || helpRef != 0 || unitRef != 0;
    if (metric < 0 || !said || bad(helpRef) || bad(unitRef)) {
      return;
    }
    long packed = ((long) helpRef * symbols.size() + unitRef << 4 | metadataType & 15) + 1;
    if (metadataOf[metric] == packed) {
      return;
    }
    metadataOf[metric] = packed;
    var type = RemoteWriteV1Decoder.metadataType(metadataType);
    var entry =
        new MetricMetadata(
            family(symbols.text(metric), type), type, symbols.text(helpRef), symbols.text(unitRef));
    if (batch.metadata().isEmpty() || !batch.metadata().getLast().equals(entry)) {
      batch.addMetadata(entry);
    }
  }

  private int metricNameSymbol(byte[] body) {
    for (int i = 0; i < refCount; i += 2) {
      int name = refs[i];
      if (symbols.length(name) == METRIC_NAME.length
          && Arrays.equals(
              METRIC_NAME,
              0,
              METRIC_NAME.length,
              body,
              symbols.offset(name),
              symbols.offset(name) + METRIC_NAME.length)) {
        return refs[i + 1];
      }
    }
    return -1;
  }

  static String family(String metric, MetricMetadata.Type type) {
    String[] suffixes =
        switch (type) {
          case HISTOGRAM, GAUGEHISTOGRAM -> new String[] {"_bucket", "_sum", "_count"};
          case SUMMARY -> new String[] {"_sum", "_count"};
          default -> new String[0];
        };
    for (String suffix : suffixes) {
      if (metric.endsWith(suffix)) {
        return metric.substring(0, metric.length() - suffix.length());
      }
    }
    return metric;
  }

  private void ref(int ref) {
    if (refCount == refs.length) {
      refs = Arrays.copyOf(refs, refCount * 2);
    }
    refs[refCount++] = ref;
  }

  private boolean bad(int ref) {
    return ref < 0 || ref >= symbols.size();
  }

  /// What is wrong with label references, or nothing.
  private String symbolsOf(int[] all, int count) {
    if (count % 2 != 0) {
      return "invalid labelRefs length " + count + ", it must be even";
    }
    for (int i = 0; i < count; i++) {
      if (bad(all[i])) {
        return "labelRefs["
            + i
            + "] = "
            + Integer.toUnsignedString(all[i])
            + " is outside of the symbols table of "
            + symbols.size();
      }
    }
    return "";
  }

  private void refuse(int series, String reason, String message, int at, int count) {
    refused.set(series);
    reject(reason, message, at, count);
  }

  private void reject(String reason, String message, int at, int count) {
    for (int i = 0; i < rejections.size(); i++) {
      var r = rejections.get(i);
      if (r.reason().equals(reason)) {
        rejections.set(i, new Rejection(reason, r.kind(), r.message(), r.count() + count));
        return;
      }
    }
    rejections.add(
        new Rejection(
            reason, ErrorKind.BAD_DATA, message + " (time series at byte " + at + ")", count));
  }
}
