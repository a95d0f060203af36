package io.foursight.wire.logs;

import io.foursight.model.logs.LogsBatch;
import java.util.Arrays;

/// The structured metadata of one entry while it is read: places of names and values in one array
/// of bytes. Names stay distinct, the later value wins; pairs without a name or value are left out.
/// Owned by one thread.
public final class MetadataPairs {
  private int[] places = new int[64];
  private int size;

  public void clear() {
    size = 0;
  }

  public int size() {
    return size;
  }

  /// Keeps the first `count` pairs: those that all entries of a resource or scope share.
  public void truncate(int count) {
    size = count;
  }

  public void add(byte[] bytes, int nameOffset, int nameLength, int valueOffset, int valueLength) {
    if (nameLength == 0) {
      return;
    }
    int at = find(bytes, nameOffset, nameLength);
    if (at == size) {
      if (4 * size == places.length) {
        places = Arrays.copyOf(places, 8 * size);
      }
      size++;
    }
    places[4 * at] = nameOffset;
    places[4 * at + 1] = nameLength;
    places[4 * at + 2] = valueOffset;
    places[4 * at + 3] = valueLength;
  }

  private int find(byte[] bytes, int nameOffset, int nameLength) {
    for (int i = 0; i < size; i++) {
      int other = places[4 * i];
      if (places[4 * i + 1] == nameLength
          && Arrays.equals(
              bytes, other, other + nameLength, bytes, nameOffset, nameOffset + nameLength)) {
        return i;
      }
    }
    return size;
  }

  /// Adds the pairs to the entry added last.
  public void emit(LogsBatch batch) {
    for (int at = 0; at < 4 * size; at += 4) {
      if (places[at + 3] > 0) {
        batch.addMetadata(places[at], places[at + 1], places[at + 2], places[at + 3]);
      }
    }
  }

  /// A copy of the first `count` pairs as `nameOffset, nameLength, valueOffset, valueLength`.
  public int[] copy(int count) {
    return Arrays.copyOf(places, 4 * count);
  }

  /// Replaces everything by a [#copy].
  public void restore(int[] saved) {
    if (places.length < saved.length) {
      places = Arrays.copyOf(saved, saved.length * 2);
    } else {
      System.arraycopy(saved, 0, places, 0, saved.length);
    }
    size = saved.length / 4;
  }
}
