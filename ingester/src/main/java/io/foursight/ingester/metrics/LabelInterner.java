package io.foursight.ingester.metrics;

import io.foursight.model.metrics.LabelBytes;
import io.foursight.storage.encoding.Varint;
import java.util.Arrays;

/// Turns label bytes into lists of symbols. Series that come one after the other share most of
/// their labels (those of one target): a label that equals, byte for byte, one of the series before
/// takes its symbols without a look into the table. Under the shard's lock.
///
/// ```
/// list := uvarint n, (uvarint name symbol, uvarint value symbol) * n
/// ```
final class LabelInterner {
  /// How far labels may have moved from one series to the next.
  private static final int REACH = 3;

  private final SymbolTable symbols;
  private final ByteArena texts;
  private final LabelBytes.Reader reader = new LabelBytes.Reader();
  private byte[] list = new byte[256];

  /// The series before: its bytes, and for each label where it ends and its two symbols.
  private byte[] before = {};

  private int[] beforeEnds = new int[32];
  private int[] beforeSymbols = new int[64];
  private int beforeCount;

  /// The series under way.
  private int[] ends = new int[32];

  private int[] own = new int[64];

  LabelInterner(SymbolTable symbols, ByteArena texts) {
    this.symbols = symbols;
    this.texts = texts;
  }

  /// @return the address of the list in the arena
  int intern(byte[] labels, int offset, int length) {
    int n = 0;
    int p = 0;
    int candidate = 0;
    reader.reset(labels, offset, length);
    for (int at = offset; reader.next(); n++) {
      int end = reader.valueOffset() + reader.valueLength();
      int same = equalBefore(labels, at, end, candidate);
      if (n == ends.length) {
        ends = Arrays.copyOf(ends, n * 2);
        own = Arrays.copyOf(own, n * 4);
      }
      if (same >= 0) {
        own[2 * n] = beforeSymbols[2 * same];
        own[2 * n + 1] = beforeSymbols[2 * same + 1];
        candidate = same + 1;
      } else {
        own[2 * n] = symbols.intern(labels, reader.nameOffset(), reader.nameLength());
        own[2 * n + 1] = symbols.intern(labels, reader.valueOffset(), reader.valueLength());
        candidate++;
      }
      ends[n] = end - offset;
      at = end;
      if (list.length - p < 20) {
        list = Arrays.copyOf(list, list.length * 2);
      }
      p = Varint.put(list, p, own[2 * n]);
      p = Varint.put(list, p, own[2 * n + 1]);
    }
    int address = texts.allocate(Varint.size(n) + p);
    byte[] page = texts.page(address);
    int q = Varint.put(page, ByteArena.offset(address), n);
    System.arraycopy(list, 0, page, q, p);
    remember(labels, offset, length, n);
    return address;
  }

  /// The label of the series before that has the bytes `from .. to - 1`, at `first` or a little
  /// behind; or -1.
  private int equalBefore(byte[] labels, int from, int to, int first) {
    int last = Math.min(beforeCount, first + REACH);
    for (int i = first; i < last; i++) {
      int start = i == 0 ? 0 : beforeEnds[i - 1];
      if (beforeEnds[i] - start == to - from
          && Arrays.equals(before, start, beforeEnds[i], labels, from, to)) {
        return i;
      }
    }
    return -1;
  }

  private void remember(byte[] labels, int offset, int length, int n) {
    if (before.length < length) {
      before = new byte[length + 64];
    }
    System.arraycopy(labels, offset, before, 0, length);
    beforeCount = n;
    int[] oldEnds = beforeEnds;
    beforeEnds = ends;
    ends = oldEnds.length < beforeEnds.length ? new int[beforeEnds.length] : oldEnds;
    int[] oldSymbols = beforeSymbols;
    beforeSymbols = own;
    own = oldSymbols.length < beforeSymbols.length ? new int[beforeSymbols.length] : oldSymbols;
  }
}
