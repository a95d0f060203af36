package io.foursight.ingester.profiles;

import io.foursight.ingester.PieceRecords;
import io.foursight.model.Labels;
import io.foursight.model.profiles.ProfileSymbols;
import io.foursight.model.profiles.ProfilesBatch;
import io.foursight.storage.encoding.ByteReader;
import io.foursight.storage.encoding.ByteWriter;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/// Records of the write-ahead log. A ROWS record holds the profiles of a batch that go to one
/// segment, with all symbols of the batch:
///
/// ```
/// | block id, 26 bytes | bucket zigzag |
/// | string count   | per string but the first, which is empty: length | bytes of all strings |
/// | mapping count  | per mapping: start, limit, file offset, file name, build id |
/// | function count | per function: name, system name, file name, start line zigzag |
/// | location count | per location: mapping + 1, address, line count, lines: function, line zigzag |
/// | stack count    | per stack: own number - parent (own number + 1 without one), location |
/// | series count   | per series: label count, labels: name text, value text |
/// | profile count  | per profile: series, time zigzag as difference to the one before,
/// |                |   duration zigzag, period zigzag, id u64 high, u64 low, sample count, flags u8,
/// |                |   samples: stack, value zigzag; [span id u64, trace id u64 high, u64 low]
/// flags: 1 = samples have spans
/// ```
///
/// Numbers without a width are varints; fixed ones little-endian.
final class ProfilesRecords {
  private static final int SPANS = 1;

  private ProfilesRecords() {}

  /// Writes ROWS records. Owned by one thread.
  static final class Writer {
    /// Room that is not kept when a record took more.
    private static final int MAX_KEPT = 8 << 20;

    private ByteWriter out = new ByteWriter(1 << 16);
    private final Map<Labels, Integer> series = new HashMap<>();

    /// @param left profiles that are not for this segment
    void write(byte[] blockId, long bucket, ProfilesBatch batch, BitSet left) {
      if (out.array().length > MAX_KEPT) {
        out = new ByteWriter(1 << 16);
      }
      out.clear();
      series.clear();
      out.bytes(blockId, 0, PieceRecords.ID_BYTES);
      out.zigzag(bucket);
      symbols(batch.symbols());
      series(batch, left);
      out.varint(batch.profiles() - left.cardinality());
      long time = 0;
      for (int p = left.nextClearBit(0); p < batch.profiles(); p = left.nextClearBit(p + 1)) {
        profile(batch, p, time);
        time = batch.timeNanos(p);
      }
    }

    private void symbols(ProfileSymbols symbols) {
      out.varint(symbols.strings());
      for (int s = 1; s < symbols.strings(); s++) {
        out.varint(symbols.stringLength(s));
      }
      int length = symbols.stringStart(symbols.strings() - 1);
      out.bytes(symbols.text(), 0, length + symbols.stringLength(symbols.strings() - 1));
      out.varint(symbols.mappings());
      for (int m = 0; m < symbols.mappings(); m++) {
        out.varint(symbols.mappingStart(m));
        out.varint(symbols.mappingLimit(m));
        out.varint(symbols.mappingFileOffset(m));
        out.varint(symbols.mappingFileName(m));
        out.varint(symbols.mappingBuildId(m));
      }
      out.varint(symbols.functions());
      for (int f = 0; f < symbols.functions(); f++) {
        out.varint(symbols.functionName(f));
        out.varint(symbols.functionSystemName(f));
        out.varint(symbols.functionFileName(f));
        out.zigzag(symbols.functionStartLine(f));
      }
      out.varint(symbols.locations());
      for (int l = 0; l < symbols.locations(); l++) {
        out.varint(symbols.locationMapping(l) + 1);
        out.varint(symbols.locationAddress(l));
        out.varint(symbols.lineEnd(l) - symbols.lineStart(l));
        for (int line = symbols.lineStart(l); line < symbols.lineEnd(l); line++) {
          out.varint(symbols.lineFunction(line));
          out.zigzag(symbols.lineNumber(line));
        }
      }
      out.varint(symbols.stacks());
      for (int s = 0; s < symbols.stacks(); s++) {
        out.varint(s - symbols.stackParent(s));
        out.varint(symbols.stackLocation(s));
      }
    }

    private void series(ProfilesBatch batch, BitSet left) {
      for (int p = left.nextClearBit(0); p < batch.profiles(); p = left.nextClearBit(p + 1)) {
        series.putIfAbsent(batch.labels(p), 0);
      }
      out.varint(series.size());
      int number = 0;
      for (Map.Entry<Labels, Integer> one : series.entrySet()) {
        one.setValue(number++);
        out.varint(one.getKey().size());
        one.getKey()
            .forEach((name, value) -> {
              out.text(name);
              out.text(value);
            });
      }
    }

    private void profile(ProfilesBatch batch, int p, long timeBefore) {
      out.varint(series.get(batch.labels(p)));
      out.zigzag(batch.timeNanos(p) - timeBefore);
      out.zigzag(batch.durationNanos(p));
      out.zigzag(batch.period(p));
      out.u64(batch.idHigh(p));
      out.u64(batch.idLow(p));
      int from = batch.sampleStart(p);
      int to = batch.sampleEnd(p);
      out.varint(to - from);
      boolean spans = false;
      for (int s = from; s < to && !spans; s++) {
        spans = (batch.spanId(s) | batch.traceHigh(s) | batch.traceLow(s)) != 0;
      }
      out.u8(spans ? SPANS : 0);
      for (int s = from; s < to; s++) {
        out.varint(batch.stack(s));
        out.zigzag(batch.value(s));
        if (spans) {
          out.u64(batch.spanId(s));
          out.u64(batch.traceHigh(s));
          out.u64(batch.traceLow(s));
        }
      }
    }

    byte[] array() {
      return out.array();
    }

    int length() {
      return out.size();
    }
  }

  /// The profiles of a ROWS record.
  ///
  /// @throws io.foursight.model.FoursightException `CORRUPT`
  static ProfilesBatch read(byte[] payload, int offset, int length) {
    int start = offset + PieceRecords.ID_BYTES;
    var in = new ByteReader(payload, start, offset + length, "profiles record", 0);
    in.zigzag();
    var batch = new ProfilesBatch(symbols(in));
    var series = new Labels[in.varint(in.remaining())];
    for (int s = 0; s < series.length; s++) {
      var pairs = new String[2 * in.varint(in.remaining() / 2)];
      for (int i = 0; i < pairs.length; i++) {
        pairs[i] = in.text();
      }
      series[s] = Labels.ofSorted(pairs);
    }
    long time = 0;
    for (int left = in.varint(in.remaining()); left > 0; left--) {
      Labels labels = series[in.varint(series.length - 1)];
      time += in.zigzag();
      batch.beginProfile(labels, time, in.zigzag(), in.zigzag(), in.u64(), in.u64());
      int samples = in.varint(in.remaining());
      boolean spans = (in.u8() & SPANS) != 0;
      for (int s = 0; s < samples; s++) {
        int stack = in.varint(batch.symbols().stacks() - 1);
        long value = in.zigzag();
        batch.addSample(
            stack, value, spans ? in.u64() : 0, spans ? in.u64() : 0, spans ? in.u64() : 0);
      }
    }
    if (in.remaining() > 0) {
      throw in.corrupt(in.remaining() + " bytes are left after the last profile");
    }
    return batch;
  }

  private static ProfileSymbols symbols(ByteReader in) {
    var symbols = new ProfileSymbols();
    var lengths = new int[in.varint(in.remaining())];
    for (int s = 1; s < lengths.length; s++) {
      lengths[s] = in.varint(in.remaining());
    }
    for (int s = 1; s < lengths.length; s++) {
      int at = in.position();
      in.skip(lengths[s]);
      symbols.addString(in.array(), at, lengths[s]);
    }
    int lastString = symbols.strings() - 1;
    for (int m = in.varint(in.remaining()); m > 0; m--) {
      symbols.addMapping(
          in.varint(), in.varint(), in.varint(), in.varint(lastString), in.varint(lastString));
    }
    for (int f = in.varint(in.remaining()); f > 0; f--) {
      symbols.addFunction(
          in.varint(lastString), in.varint(lastString), in.varint(lastString), in.zigzag());
    }
    for (int l = in.varint(in.remaining()); l > 0; l--) {
      symbols.addLocation(in.varint(symbols.mappings()) - 1, in.varint());
      for (int lines = in.varint(in.remaining()); lines > 0; lines--) {
        symbols.addLine(in.varint(symbols.functions() - 1), in.zigzag());
      }
    }
    int stacks = in.varint(in.remaining());
    for (int s = 0; s < stacks; s++) {
      int up = in.varint(s + 1);
      if (up == 0) {
        throw in.corrupt("a stack that is its own parent");
      }
      symbols.addStack(s - up, in.varint(symbols.locations() - 1));
    }
    return symbols;
  }
}
