package io.foursight.model.logs;

import io.foursight.model.Labels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/// One decoded push as columns: streams, each with its labels and a run of entries.
///
/// ```
/// stream s:   labels(s), entries entryStart(s) .. entryEnd(s)-1
/// entry e:    timestamps()[e], line = body[lineOffset(e) .. +lineLength(e)],
///             metadata pairs metadataStart(e) .. metadataEnd(e)-1
/// pair p:     name = body[nameOffset(p) .. +nameLength(p)], value likewise
/// ```
///
/// The same label set may appear more than once; entries keep the sender's order; pairs of an entry
/// are in any order, their names distinct. Filled front to back (`beginStream`, then `addEntry`,
/// then that entry's `addMetadata`). The bytes usually lie in the request's body, so a batch is
/// **valid only until the call it was passed to returns**. Owned by one thread.
public final class LogsBatch {
  private byte[] body;
  private int bodySize;
  private final List<Labels> streams = new ArrayList<>();
  private int[] entryEnds = new int[16];
  private int entryCount;
  private long[] timestamps = new long[256];
  private int[] lineOffsets = new int[256];
  private int[] lineLengths = new int[256];
  private int[] metadataEnds = new int[256];
  private int pairCount;
  private int[] pairs = new int[256];

  /// @param body the array that all offsets point into
  public LogsBatch(byte[] body) {
    this.body = body;
    this.bodySize = body.length;
  }

  /// Empties it for another request with another body; keeps the arrays.
  public void reset(byte[] newBody) {
    reset(newBody, newBody.length);
  }

  /// As [#reset(byte[])], for an array of which only the first `size` bytes are taken.
  public void reset(byte[] newBody, int size) {
    body = newBody;
    bodySize = size;
    streams.clear();
    entryCount = 0;
    pairCount = 0;
  }

  /// Replaces the body by a longer array that begins with the same bytes, for decoders that
  /// assemble bytes (unescaped JSON, discovered levels) behind the received ones.
  public void body(byte[] grownBody) {
    body(grownBody, grownBody.length);
  }

  /// As [#body(byte[])], for an array of which only the first `size` bytes are taken.
  public void body(byte[] grownBody, int size) {
    body = grownBody;
    bodySize = size;
  }

  /// Puts bytes behind those that are taken, in a longer array if need be.
  ///
  /// @return where they lie
  public int append(byte[] bytes, int offset, int length) {
    int at = bodySize;
    if (body.length - at < length) {
      long wanted = (long) at + length + body.length / 8;
      body = Arrays.copyOf(body, (int) Math.min(wanted, Integer.MAX_VALUE - 8));
    }
    System.arraycopy(bytes, offset, body, at, length);
    bodySize = at + length;
    return at;
  }

  public byte[] body() {
    return body;
  }

  /// Starts the next stream; its entries follow.
  ///
  /// @return the index of the stream
  public int beginStream(Labels labels) {
    int stream = streams.size();
    if (stream == entryEnds.length) {
      entryEnds = Arrays.copyOf(entryEnds, stream * 2);
    }
    streams.add(labels);
    entryEnds[stream] = entryCount;
    return stream;
  }

  /// Replaces a stream's labels (discovered service name, sanitised names).
  public void labels(int stream, Labels labels) {
    streams.set(stream, labels);
  }

  /// Adds an entry of the stream begun last.
  public void addEntry(long timestampNanos, int lineOffset, int lineLength) {
    if (entryCount == timestamps.length) {
      int capacity = entryCount * 2;
      timestamps = Arrays.copyOf(timestamps, capacity);
      lineOffsets = Arrays.copyOf(lineOffsets, capacity);
      lineLengths = Arrays.copyOf(lineLengths, capacity);
      metadataEnds = Arrays.copyOf(metadataEnds, capacity);
    }
    timestamps[entryCount] = timestampNanos;
    lineOffsets[entryCount] = lineOffset;
    lineLengths[entryCount] = lineLength;
    metadataEnds[entryCount] = pairCount;
    entryEnds[streams.size() - 1] = ++entryCount;
  }

  /// Adds a structured metadata pair of the entry added last.
  public void addMetadata(int nameOffset, int nameLength, int valueOffset, int valueLength) {
    int at = pairCount * 4;
    if (at == pairs.length) {
      pairs = Arrays.copyOf(pairs, at * 2);
    }
    pairs[at] = nameOffset;
    pairs[at + 1] = nameLength;
    pairs[at + 2] = valueOffset;
    pairs[at + 3] = valueLength;
    metadataEnds[entryCount - 1] = ++pairCount;
  }

  /// Adds one more pair to every entry whose value has a length that is not negative.
  ///
  /// @param valueOffsets by entry, likewise `valueLengths`
  public void addMetadataColumn(
      int nameOffset, int nameLength, int[] valueOffsets, int[] valueLengths) {
    int added = 0;
    for (int e = 0; e < entryCount; e++) {
      added += valueLengths[e] >= 0 ? 1 : 0;
    }
    int total = pairCount + added;
    if (4 * total > pairs.length) {
      pairs = Arrays.copyOf(pairs, Math.max(4 * total, 2 * pairs.length));
    }
    int to = total;
    // From the back, so that no pair is written over before it has moved.
    for (int e = entryCount - 1; e >= 0 && added > 0; e--) {
      int start = metadataStart(e);
      int count = metadataEnds[e] - start;
      metadataEnds[e] = to;
      if (valueLengths[e] >= 0) {
        int at = 4 * --to;
        pairs[at] = nameOffset;
        pairs[at + 1] = nameLength;
        pairs[at + 2] = valueOffsets[e];
        pairs[at + 3] = valueLengths[e];
        added--;
      }
      to -= count;
      System.arraycopy(pairs, 4 * start, pairs, 4 * to, 4 * count);
    }
    pairCount = total;
  }

  public int streamCount() {
    return streams.size();
  }

  public Labels labels(int stream) {
    return streams.get(stream);
  }

  public int entryStart(int stream) {
    return stream == 0 ? 0 : entryEnds[stream - 1];
  }

  public int entryEnd(int stream) {
    return entryEnds[stream];
  }

  public int entryCount() {
    return entryCount;
  }

  /// By entry, rows `0..entryCount-1`; writable, for clamping and de-duplicating times.
  public long[] timestamps() {
    return timestamps;
  }

  public int lineOffset(int entry) {
    return lineOffsets[entry];
  }

  public int lineLength(int entry) {
    return lineLengths[entry];
  }

  /// Shortens a line, where truncation is allowed.
  public void lineLength(int entry, int length) {
    lineLengths[entry] = length;
  }

  public int metadataStart(int entry) {
    return entry == 0 ? 0 : metadataEnds[entry - 1];
  }

  public int metadataEnd(int entry) {
    return metadataEnds[entry];
  }

  public int nameOffset(int pair) {
    return pairs[4 * pair];
  }

  public int nameLength(int pair) {
    return pairs[4 * pair + 1];
  }

  public int valueOffset(int pair) {
    return pairs[4 * pair + 2];
  }

  public int valueLength(int pair) {
    return pairs[4 * pair + 3];
  }

  /// Removes entries; streams stay, possibly without entries. Numbers are those before the call.
  public void remove(BitSet entries) {
    int kept = 0;
    int keptPairs = 0;
    int entry = 0;
    int pair = 0;
    for (int s = 0; s < streams.size(); s++) {
      for (int end = entryEnds[s]; entry < end; entry++) {
        int pairEnd = metadataEnds[entry];
        if (!entries.get(entry)) {
          System.arraycopy(pairs, 4 * pair, pairs, 4 * keptPairs, 4 * (pairEnd - pair));
          keptPairs += pairEnd - pair;
          timestamps[kept] = timestamps[entry];
          lineOffsets[kept] = lineOffsets[entry];
          lineLengths[kept] = lineLengths[entry];
          metadataEnds[kept++] = keptPairs;
        }
        pair = pairEnd;
      }
      entryEnds[s] = kept;
    }
    entryCount = kept;
    pairCount = keptPairs;
  }
}
