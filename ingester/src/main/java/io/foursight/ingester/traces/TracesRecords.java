package io.foursight.ingester.traces;

import io.foursight.ingester.PieceRecords;
import io.foursight.model.traces.TracesBatch;
import io.foursight.storage.encoding.ByteReader;
import io.foursight.storage.encoding.ByteWriter;
import java.util.Arrays;
import java.util.BitSet;

/// Records of the write-ahead log. A ROWS record holds the spans of a batch that go to one segment,
/// and the resources and scopes that they have:
///
/// ```
/// | block id, 26 bytes | bucket zigzag |
/// | resource count | per resource: length, schema url length |
/// | scope count    | per scope: number of its resource, length, schema url length |
/// | span count     | per span: flags u8; [scope]; [trace id u64 high, u64 low]; span id u64;
/// |                |   start zigzag, as difference to the one before; end zigzag, after the start; length |
/// | resources, each with its schema url | scopes likewise | spans |
/// flags: 1 = the scope of the span before, 2 = its trace
/// ```
///
/// Numbers without a width are varints; fixed ones little-endian.
final class TracesRecords {
  private static final int ID_BYTES = PieceRecords.ID_BYTES;
  private static final int SAME_SCOPE = 1;
  private static final int SAME_TRACE = 2;

  private TracesRecords() {}

  /// Writes ROWS records. Owned by one thread.
  static final class Writer {
    /// Room that is not kept when a record took more.
    private static final int MAX_KEPT = 8 << 20;

    private ByteWriter out = new ByteWriter(1 << 16);
    private ByteWriter bytes = new ByteWriter(1 << 16);

    /// By number in the batch, + 1; 0 = not in the record.
    private int[] resources = new int[16];

    private int[] scopes = new int[16];

    /// @param left spans that are not for this segment
    void write(byte[] blockId, long bucket, TracesBatch batch, BitSet left) {
      if (out.array().length + bytes.array().length > MAX_KEPT) {
        out = new ByteWriter(1 << 16);
        bytes = new ByteWriter(1 << 16);
      }
      out.clear();
      bytes.clear();
      out.bytes(blockId, 0, ID_BYTES);
      out.zigzag(bucket);
      int spans = number(batch, left);
      writeGroups(batch);
      out.varint(spans);
      writeSpans(batch, left);
      out.bytes(bytes);
    }

    /// Numbers the resources and scopes that are needed.
    private int number(TracesBatch batch, BitSet left) {
      resources = cleared(resources, batch.resourceCount());
      scopes = cleared(scopes, batch.scopeCount());
      int spans = 0;
      for (int i = left.nextClearBit(0); i < batch.spanCount(); i = left.nextClearBit(i + 1)) {
        int scope = batch.scopeOf(i);
        scopes[scope] = 1;
        resources[batch.resourceOf(scope)] = 1;
        spans++;
      }
      number(resources, batch.resourceCount());
      number(scopes, batch.scopeCount());
      return spans;
    }

    private static int[] cleared(int[] numbers, int count) {
      if (numbers.length < count) {
        return new int[count];
      }
      Arrays.fill(numbers, 0, count, 0);
      return numbers;
    }

    private static void number(int[] numbers, int count) {
      int next = 0;
      for (int i = 0; i < count; i++) {
        if (numbers[i] != 0) {
          numbers[i] = ++next;
        }
      }
    }

    private static int used(int[] numbers, int count) {
      int used = 0;
      for (int i = 0; i < count; i++) {
        used += numbers[i] == 0 ? 0 : 1;
      }
      return used;
    }

    private void writeGroups(TracesBatch batch) {
      byte[] body = batch.body();
      out.varint(used(resources, batch.resourceCount()));
      for (int r = 0; r < batch.resourceCount(); r++) {
        if (resources[r] != 0) {
          out.varint(batch.resourceLength(r));
          out.varint(batch.resourceSchemaLength(r));
          bytes.bytes(body, batch.resourceOffset(r), batch.resourceLength(r));
          bytes.bytes(body, batch.resourceSchemaOffset(r), batch.resourceSchemaLength(r));
        }
      }
      out.varint(used(scopes, batch.scopeCount()));
      for (int s = 0; s < batch.scopeCount(); s++) {
        if (scopes[s] != 0) {
          out.varint(resources[batch.resourceOf(s)] - 1);
          out.varint(batch.scopeLength(s));
          out.varint(batch.scopeSchemaLength(s));
          bytes.bytes(body, batch.scopeOffset(s), batch.scopeLength(s));
          bytes.bytes(body, batch.scopeSchemaOffset(s), batch.scopeSchemaLength(s));
        }
      }
    }

    private void writeSpans(TracesBatch batch, BitSet left) {
      long start = 0;
      int before = -1;
      for (int i = left.nextClearBit(0); i < batch.spanCount(); i = left.nextClearBit(i + 1)) {
        int scope = batch.scopeOf(i);
        boolean sameScope = before >= 0 && batch.scopeOf(before) == scope;
        boolean sameTrace =
            before >= 0
                && batch.traceHigh(before) == batch.traceHigh(i)
                && batch.traceLow(before) == batch.traceLow(i);
        out.u8((sameScope ? SAME_SCOPE : 0) | (sameTrace ? SAME_TRACE : 0));
        if (!sameScope) {
          out.varint(scopes[scope] - 1);
        }
        if (!sameTrace) {
          out.u64(batch.traceHigh(i));
          out.u64(batch.traceLow(i));
        }
        out.u64(batch.spanId(i));
        out.zigzag(batch.startNanos(i) - start);
        start = batch.startNanos(i);
        out.zigzag(batch.endNanos(i) - start);
        out.varint(batch.spanLength(i));
        bytes.bytes(batch.body(), batch.spanOffset(i), batch.spanLength(i));
        before = i;
      }
    }

    byte[] array() {
      return out.array();
    }

    int length() {
      return out.size();
    }
  }

  /// Reads a ROWS record into an empty batch over the payload.
  static void read(byte[] payload, int offset, int length, TracesBatch batch) {
    int end = offset + length;
    batch.reset(payload, end);
    var in = new ByteReader(payload, offset + ID_BYTES, end, "traces record", offset);
    in.zigzag();
    var resourceLengths = new int[in.varint(length)];
    var resourceSchemas = new int[resourceLengths.length];
    for (int r = 0; r < resourceLengths.length; r++) {
      resourceLengths[r] = in.varint(length);
      resourceSchemas[r] = in.varint(length);
    }
    var scopeResources = new int[in.varint(length)];
    var scopeLengths = new int[scopeResources.length];
    var scopeSchemas = new int[scopeResources.length];
    for (int s = 0; s < scopeResources.length; s++) {
      scopeResources[s] = in.varint(resourceLengths.length - 1);
      scopeLengths[s] = in.varint(length);
      scopeSchemas[s] = in.varint(length);
    }
    int spans = in.varint(length);
    int columns = in.position();
    int at = bytesBegin(in, spans, scopeLengths.length, length);
    var resourcePlaces = new int[resourceLengths.length];
    for (int r = 0; r < resourceLengths.length; r++) {
      resourcePlaces[r] = at;
      at += resourceLengths[r] + resourceSchemas[r];
    }
    var scopePlaces = new int[scopeLengths.length];
    for (int s = 0; s < scopeLengths.length; s++) {
      scopePlaces[s] = at;
      at += scopeLengths[s] + scopeSchemas[s];
    }
    in.seek(columns);
    // In a batch a scope follows its resource, and a span its scope: each change begins anew.
    long high = 0;
    long low = 0;
    long start = 0;
    int scope = -1;
    for (int i = 0; i < spans; i++) {
      int flags = in.u8();
      if ((flags & SAME_SCOPE) == 0) {
        scope = in.varint(scopeLengths.length - 1);
        int r = scopeResources[scope];
        batch.addResource(
            resourcePlaces[r],
            resourceLengths[r],
            resourcePlaces[r] + resourceLengths[r],
            resourceSchemas[r]);
        batch.addScope(
            scopePlaces[scope],
            scopeLengths[scope],
            scopePlaces[scope] + scopeLengths[scope],
            scopeSchemas[scope]);
      }
      if ((flags & SAME_TRACE) == 0) {
        high = in.u64();
        low = in.u64();
      }
      long spanId = in.u64();
      start += in.zigzag();
      long spanEnd = start + in.zigzag();
      int spanLength = in.varint(end - at);
      batch.addSpan(at, spanLength, high, low, spanId, start, spanEnd);
      at += spanLength;
    }
    if (at != end) {
      throw in.corrupt((end - at) + " bytes are left after the last span");
    }
  }

  /// The bytes begin where the numbers end: one pass to find that place.
  private static int bytesBegin(ByteReader in, int spans, int scopes, int length) {
    for (int i = 0; i < spans; i++) {
      int flags = in.u8();
      if ((flags & SAME_SCOPE) == 0) {
        in.varint(scopes - 1);
      } else if (i == 0) {
        throw in.corrupt("the first span has no scope");
      }
      in.skip((flags & SAME_TRACE) == 0 ? 24 : 8);
      in.zigzag();
      in.zigzag();
      in.varint(length);
    }
    return in.position();
  }
}
