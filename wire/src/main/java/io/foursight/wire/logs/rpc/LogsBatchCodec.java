package io.foursight.wire.logs.rpc;

import io.foursight.model.ErrorKind;
import io.foursight.model.TenantId;
import io.foursight.model.logs.LogsBatch;
import io.foursight.model.logs.LogsWriteResult;
import io.foursight.model.logs.LogsWriteResult.Rejection;
import io.foursight.wire.protobuf.ProtoReader;
import io.foursight.wire.protobuf.ProtoWriter;
import io.foursight.wire.signals.LabelPairs;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// A push, or some streams of it, column by column.
///
/// ```
/// 1 string tenant
/// 2 bytes  per stream: labels (LabelPairs), varint entries
/// 3 bytes  names of structured metadata: varint length, UTF-8, ...
/// 4 bytes  per entry: zigzag time as difference to the entry before, varint line length,
///          varint pairs, and for each: varint name, varint value length
/// 5 bytes  per entry: line, values
/// ```
public final class LogsBatchCodec {
  private static final int BYTES = ProtoReader.BYTES;

  /// A decoded request; the batch's bytes lie in the request.
  record Decoded(TenantId tenant, LogsBatch batch) {}

  private LogsBatchCodec() {}

  /// The whole batch.
  public static byte[] encode(TenantId tenant, LogsBatch batch) {
    int[] all = new int[batch.streamCount()];
    Arrays.setAll(all, i -> i);
    return encode(tenant, batch, all, all.length);
  }

  /// Streams `chosen[0..count-1]` (ascending) with their entries.
  public static byte[] encode(TenantId tenant, LogsBatch batch, int[] chosen, int count) {
    var head = new ProtoWriter(1 << 12);
    var bytes = new ProtoWriter(1 << 14);
    var names = new Names(batch);
    head.string(1, tenant.value());
    int mark = head.begin(2);
    for (int i = 0; i < count; i++) {
      LabelPairs.write(head, batch.labels(chosen[i]));
      head.rawVarint(batch.entryEnd(chosen[i]) - batch.entryStart(chosen[i]));
    }
    head.end(mark);
    mark = head.begin(4);
    long before = 0;
    for (int i = 0; i < count; i++) {
      for (int e = batch.entryStart(chosen[i]); e < batch.entryEnd(chosen[i]); e++) {
        long difference = batch.timestamps()[e] - before;
        before = batch.timestamps()[e];
        head.rawVarint(difference << 1 ^ difference >> 63);
        head.rawVarint(batch.lineLength(e));
        head.rawVarint(batch.metadataEnd(e) - batch.metadataStart(e));
        bytes.raw(batch.body(), batch.lineOffset(e), batch.lineLength(e));
        for (int p = batch.metadataStart(e); p < batch.metadataEnd(e); p++) {
          head.rawVarint(names.number(p, p - batch.metadataStart(e)));
          head.rawVarint(batch.valueLength(p));
          bytes.raw(batch.body(), batch.valueOffset(p), batch.valueLength(p));
        }
      }
    }
    head.end(mark);
    head.bytes(3, names.out.array(), 0, names.out.size());
    head.bytes(5, bytes.array(), 0, bytes.size());
    return head.toByteArray();
  }

  /// Names of metadata and their numbers.
  private static final class Names {
    private final LogsBatch batch;
    private final ProtoWriter out = new ProtoWriter(256);
    private int[] offsets = new int[16];
    private int[] lengths = new int[16];
    private int count;

    Names(LogsBatch batch) {
      this.batch = batch;
    }

    /// @param guess entries mostly have the same names in the same order
    int number(int pair, int guess) {
      int offset = batch.nameOffset(pair);
      int length = batch.nameLength(pair);
      for (int i = 0; i < count; i++) {
        int at = (guess + i) % count;
        if (lengths[at] == length
            && Arrays.equals(
                batch.body(),
                offset,
                offset + length,
                batch.body(),
                offsets[at],
                offsets[at] + length)) {
          return at;
        }
      }
      if (count == offsets.length) {
        offsets = Arrays.copyOf(offsets, 2 * count);
        lengths = Arrays.copyOf(lengths, 2 * count);
      }
      offsets[count] = offset;
      lengths[count] = length;
      out.rawVarint(length);
      out.raw(batch.body(), offset, length);
      return count++;
    }
  }

  static Decoded decode(byte[] message) {
    var in = new ProtoReader(message);
    String tenant = "";
    var streams = new ProtoReader();
    var names = new ProtoReader();
    var entries = new ProtoReader();
    var bytes = new ProtoReader();
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 1 << 3 | BYTES -> tenant = in.string();
        case 2 << 3 | BYTES -> column(in, streams);
        case 3 << 3 | BYTES -> column(in, names);
        case 4 << 3 | BYTES -> column(in, entries);
        case 5 << 3 | BYTES -> column(in, bytes);
        default -> in.skip(tag);
      }
    }
    int[] nameOffsets = new int[16];
    int[] nameLengths = new int[16];
    int nameCount = 0;
    while (!names.atEnd()) {
      if (nameCount == nameOffsets.length) {
        nameOffsets = Arrays.copyOf(nameOffsets, 2 * nameCount);
        nameLengths = Arrays.copyOf(nameLengths, 2 * nameCount);
      }
      nameLengths[nameCount] = names.length();
      nameOffsets[nameCount] = names.position();
      names.position(names.position() + nameLengths[nameCount++]);
    }
    var batch = new LogsBatch(message);
    long time = 0;
    while (!streams.atEnd()) {
      batch.beginStream(LabelPairs.read(streams));
      for (int left = streams.varint32(); left > 0; left--) {
        time += entries.zigzag64();
        int length = entries.varint32();
        batch.addEntry(time, taken(bytes, length), length);
        for (int pairs = entries.varint32(); pairs > 0; pairs--) {
          int name = entries.varint32();
          if (name < 0 || name >= nameCount) {
            throw entries.error("metadata name " + name + " of " + nameCount, entries.position());
          }
          int valueLength = entries.varint32();
          batch.addMetadata(
              nameOffsets[name], nameLengths[name], taken(bytes, valueLength), valueLength);
        }
      }
    }
    return new Decoded(new TenantId(tenant), batch);
  }

  private static int taken(ProtoReader bytes, int length) {
    int at = bytes.position();
    if (length < 0 || length > bytes.limit() - at) {
      throw bytes.error("a text of " + length + " bytes", at);
    }
    bytes.position(at + length);
    return at;
  }

  private static void column(ProtoReader in, ProtoReader column) {
    int length = in.length();
    column.reset(in.array(), in.position(), length);
    in.position(in.position() + length);
  }

  /// `1 varint entries, 2 msg rejection { 1 string reason, 2 string kind, 3 string message, 4
  /// varint count, 5 varint bytes }`.
  static byte[] encode(LogsWriteResult result) {
    var out = new ProtoWriter(32);
    out.varint(1, result.entries());
    for (Rejection rejection : result.rejections()) {
      int mark = out.begin(2);
      out.string(1, rejection.reason());
      out.string(2, rejection.kind().name());
      out.string(3, rejection.message());
      out.varint(4, rejection.count());
      out.varint(5, rejection.bytes());
      out.end(mark);
    }
    return out.toByteArray();
  }

  static LogsWriteResult decodeResult(byte[] bytes) {
    var in = new ProtoReader(bytes);
    int entries = 0;
    List<Rejection> rejections = new ArrayList<>();
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 1 << 3 -> entries = in.varint32();
        case 2 << 3 | BYTES -> rejections.add(rejection(in));
        default -> in.skip(tag);
      }
    }
    return new LogsWriteResult(entries, rejections);
  }

  private static Rejection rejection(ProtoReader in) {
    int outer = in.enter();
    String reason = "";
    String kind = "";
    String message = "";
    int count = 0;
    long bytes = 0;
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 1 << 3 | BYTES -> reason = in.string();
        case 2 << 3 | BYTES -> kind = in.string();
        case 3 << 3 | BYTES -> message = in.string();
        case 4 << 3 -> count = in.varint32();
        case 5 << 3 -> bytes = in.varint();
        default -> in.skip(tag);
      }
    }
    in.leave(outer);
    boolean limit = kind.equals(ErrorKind.LIMIT_EXCEEDED.name());
    return new Rejection(
        reason, limit ? ErrorKind.LIMIT_EXCEEDED : ErrorKind.BAD_DATA, message, count, bytes);
  }
}
