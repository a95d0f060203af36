package io.foursight.ingester.metrics;

import io.foursight.model.Labels;

/// The labels of the series that a shard had at one moment. Readable from any thread.
record ShardSeries(SymbolTable.Snapshot symbols, byte[][] pages, int[] addresses, int count) {
  /// Walks the label list of a series: pairs of symbols, ascending by name.
  static final class Walk {
    private final ShardSeries series;
    private byte[] page = {};
    private int position;
    private int left;
    private int name;
    private int value;

    Walk(ShardSeries series) {
      this.series = series;
    }

    Walk to(int id) {
      int address = series.addresses[id];
      page = series.pages[address >>> ByteArena.PAGE_BITS];
      position = ByteArena.offset(address);
      left = uvarint();
      return this;
    }

    boolean next() {
      if (left == 0) {
        return false;
      }
      left--;
      name = uvarint();
      value = uvarint();
      return true;
    }

    int size() {
      return left;
    }

    int name() {
      return name;
    }

    int value() {
      return value;
    }

    /// The value symbol of a name, or -1.
    int find(int id, int wanted) {
      to(id);
      while (next()) {
        if (name == wanted) {
          return value;
        }
      }
      return -1;
    }

    private int uvarint() {
      byte b = page[position++];
      if (b >= 0) {
        return b;
      }
      int result = b & 0x7f;
      for (int shift = 7; ; shift += 7) {
        b = page[position++];
        result |= (b & 0x7f) << shift;
        if (b >= 0) {
          return result;
        }
      }
    }
  }

  /// Compares and materializes series; keeps the texts it has met. Owned by one thread.
  static final class Reader {
    private final ShardSeries series;
    private final Walk a;
    private final Walk b;
    private final String[] texts;

    Reader(ShardSeries series) {
      this(series, new String[series.symbols.count()]);
    }

    /// @param texts known texts by symbol, shared with other readers; null where not known yet
    Reader(ShardSeries series, String[] texts) {
      this.series = series;
      this.texts = texts;
      a = new Walk(series);
      b = new Walk(series);
    }

    /// The order of [Labels].
    int compare(int left, int right) {
      a.to(left);
      b.to(right);
      while (true) {
        boolean more = a.next();
        boolean moreToo = b.next();
        if (!more || !moreToo) {
          return Boolean.compare(more, moreToo);
        }
        int c = series.symbols.compare(a.name(), b.name());
        if (c == 0) {
          c = series.symbols.compare(a.value(), b.value());
        }
        if (c != 0) {
          return c;
        }
      }
    }

    Labels labels(int id) {
      a.to(id);
      String[] pairs = new String[2 * a.size()];
      for (int i = 0; a.next(); ) {
        pairs[i++] = text(a.name());
        pairs[i++] = text(a.value());
      }
      return Labels.ofSorted(pairs);
    }

    String text(int symbol) {
      String text = texts[symbol];
      if (text == null) {
        text = series.symbols.text(symbol);
        texts[symbol] = text;
      }
      return text;
    }

    Walk walk() {
      return a;
    }

    ShardSeries series() {
      return series;
    }
  }
}
