package io.foursight.ingester.logs;

import io.foursight.ingester.PieceRecords;
import io.foursight.model.FoursightException;
import io.foursight.model.Labels;
import io.foursight.model.logs.LogsBatch;
import io.foursight.storage.encoding.ByteReader;
import io.foursight.storage.encoding.ByteWriter;
import java.util.Arrays;
import java.util.BitSet;

/// Records of the write-ahead log. A ROWS record holds the entries of a batch that go to one
/// segment:
///
/// ```
/// | block id, 26 bytes | bucket zigzag | stream count |
/// | per stream: label count, (name, value as length and bytes) ..., entry count |
/// | metadata names: count, (length and bytes) ... |
/// | per entry: time zigzag, as difference to the one before; line length; pair count, (name number, value length) ... |
/// | per entry: line, values |
/// ```
///
/// All numbers are varints.
final class LogsRecords {
  private static final int ID_BYTES = PieceRecords.ID_BYTES;

  private LogsRecords() {}

  /// Writes ROWS records. Owned by one thread.
  static final class Writer {
    /// Room that is not kept when a record took more.
    private static final int MAX_KEPT = 8 << 20;

    private ByteWriter out = new ByteWriter(1 << 16);
    private ByteWriter bytes = new ByteWriter(1 << 16);
    private byte[][] names = new byte[16][];
    private int[] nameNumbers = new int[0];
    private int nameCount;

    /// @param left entries that are not for this segment
    void write(byte[] blockId, long bucket, LogsBatch batch, BitSet left) {
      if (out.array().length > MAX_KEPT) {
        out = new ByteWriter(1 << 16);
        bytes = new ByteWriter(1 << 16);
      }
      out.clear();
      bytes.clear();
      out.bytes(blockId, 0, ID_BYTES);
      out.zigzag(bucket);
      streams(batch, left);
      names(batch, left);
      entries(batch, left);
      out.bytes(bytes);
    }

    byte[] array() {
      return out.array();
    }

    int length() {
      return out.size();
    }

    private void streams(LogsBatch batch, BitSet left) {
      out.varint(batch.streamCount());
      for (int s = 0; s < batch.streamCount(); s++) {
        int start = batch.entryStart(s);
        int end = batch.entryEnd(s);
        int count = end - start - left.get(start, end).cardinality();
        Labels labels = count == 0 ? Labels.EMPTY : batch.labels(s);
        out.varint(labels.size());
        for (int i = 0; i < labels.size(); i++) {
          out.text(labels.name(i));
          out.text(labels.value(i));
        }
        out.varint(count);
      }
    }

    private void names(LogsBatch batch, BitSet left) {
      nameCount = 0;
      int entries = batch.entryCount();
      int pairs = entries == 0 ? 0 : batch.metadataEnd(entries - 1);
      if (nameNumbers.length < pairs) {
        nameNumbers = new int[pairs + pairs / 2];
      }
      byte[] body = batch.body();
      for (int e = 0; e < entries; e++) {
        if (left.get(e)) {
          continue;
        }
        int next = 0;
        for (int p = batch.metadataStart(e); p < batch.metadataEnd(e); p++) {
          int number = number(body, batch.nameOffset(p), batch.nameLength(p), next);
          nameNumbers[p] = number;
          next = number + 1;
        }
      }
      out.varint(nameCount);
      for (int i = 0; i < nameCount; i++) {
        out.varint(names[i].length);
        out.bytes(names[i], 0, names[i].length);
      }
    }

    private int number(byte[] body, int offset, int length, int guess) {
      for (int i = 0, at = guess; i < nameCount; i++, at++) {
        int number = at >= nameCount ? at % nameCount : at;
        byte[] name = names[number];
        if (name.length == length
            && Arrays.equals(name, 0, length, body, offset, offset + length)) {
          return number;
        }
      }
      if (nameCount == names.length) {
        names = Arrays.copyOf(names, 2 * nameCount);
      }
      names[nameCount] = Arrays.copyOfRange(body, offset, offset + length);
      return nameCount++;
    }

    private void entries(LogsBatch batch, BitSet left) {
      byte[] body = batch.body();
      long before = 0;
      for (int e = 0; e < batch.entryCount(); e++) {
        if (left.get(e)) {
          continue;
        }
        long time = batch.timestamps()[e];
        out.zigzag(time - before);
        before = time;
        out.varint(batch.lineLength(e));
        out.varint(batch.metadataEnd(e) - batch.metadataStart(e));
        bytes.bytes(body, batch.lineOffset(e), batch.lineLength(e));
        for (int p = batch.metadataStart(e); p < batch.metadataEnd(e); p++) {
          out.varint(nameNumbers[p]);
          out.varint(batch.valueLength(p));
          bytes.bytes(body, batch.valueOffset(p), batch.valueLength(p));
        }
      }
    }
  }

  /// Reads a ROWS record into a batch whose body is the payload.
  ///
  /// @throws FoursightException `CORRUPT` when it makes no sense
  static void read(byte[] payload, int offset, int length, LogsBatch batch) {
    batch.reset(payload);
    int end = offset + length;
    var in = new ByteReader(payload, offset + ID_BYTES, end, "logs record", offset);
    in.zigzag();
    int streamCount = in.varint(length);
    var labels = new Labels[streamCount];
    var counts = new int[streamCount];
    int entries = 0;
    for (int s = 0; s < streamCount; s++) {
      var pairs = new String[2 * in.varint(length)];
      for (int i = 0; i < pairs.length; i++) {
        pairs[i] = in.text();
      }
      labels[s] = Labels.ofSorted(pairs);
      counts[s] = in.varint(length);
      entries += counts[s];
    }
    int nameCount = in.varint(length);
    var nameOffsets = new int[nameCount];
    var nameLengths = new int[nameCount];
    for (int i = 0; i < nameCount; i++) {
      nameLengths[i] = in.varint(in.remaining());
      nameOffsets[i] = in.position();
      in.skip(nameLengths[i]);
    }
    // The bytes begin where the numbers end: one pass to find that place.
    int numbers = in.position();
    long total = 0;
    for (int e = 0; e < entries; e++) {
      in.zigzag();
      total += in.varint(length);
      for (int p = in.varint(length); p > 0; p--) {
        in.varint(nameCount);
        total += in.varint(length);
      }
    }
    if (total != in.remaining()) {
      throw in.corrupt(total + " bytes of lines and values, " + in.remaining() + " are there");
    }
    int at = in.position();
    in.seek(numbers);
    long time = 0;
    for (int s = 0; s < streamCount; s++) {
      batch.beginStream(labels[s]);
      for (int e = 0; e < counts[s]; e++) {
        time += in.zigzag();
        int lineLength = in.varint(length);
        int pairs = in.varint(length);
        batch.addEntry(time, at, lineLength);
        at += lineLength;
        for (int p = 0; p < pairs; p++) {
          int name = in.varint(nameCount - 1);
          int valueLength = in.varint(length);
          batch.addMetadata(nameOffsets[name], nameLengths[name], at, valueLength);
          at += valueLength;
        }
      }
    }
  }
}
