package io.foursight.storage.logs.block.v1;

import io.foursight.model.Labels;
import io.foursight.storage.encoding.ByteReader;
import io.foursight.storage.encoding.ByteWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/// The labels of a block's streams, in [LogsBlockFormat#STREAM_ORDER], a section of the index:
///
/// ```
/// | symbols varint | text* | streams varint | (labels varint, (name, value symbol varint)*)* |
/// ```
final class StreamTable {
  private StreamTable() {}

  static ByteWriter pack(List<Labels> streams) {
    var symbols = new LinkedHashMap<String, Integer>();
    var rows = new ByteWriter();
    rows.varint(streams.size());
    for (Labels labels : streams) {
      rows.varint(labels.size());
      labels.forEach((name, value) -> {
        rows.varint(symbol(symbols, name));
        rows.varint(symbol(symbols, value));
      });
    }
    var raw = new ByteWriter();
    raw.varint(symbols.size());
    symbols.keySet().forEach(raw::text);
    raw.bytes(rows);
    return Section.pack(raw);
  }

  private static int symbol(LinkedHashMap<String, Integer> symbols, String text) {
    Integer known = symbols.putIfAbsent(text, symbols.size());
    return known == null ? symbols.size() - 1 : known;
  }

  static List<Labels> read(ByteReader in) {
    var symbols = new String[in.varint(in.remaining())];
    for (int i = 0; i < symbols.length; i++) {
      symbols[i] = in.text();
    }
    int count = in.varint(in.remaining());
    var streams = new ArrayList<Labels>(count);
    for (int i = 0; i < count; i++) {
      var pairs = new String[2 * in.varint(in.remaining())];
      for (int p = 0; p < pairs.length; p++) {
        pairs[p] = symbols[in.varint(symbols.length - 1)];
      }
      streams.add(Labels.ofSorted(pairs));
    }
    return List.copyOf(streams);
  }
}
