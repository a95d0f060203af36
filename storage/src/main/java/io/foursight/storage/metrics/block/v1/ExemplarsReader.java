package io.foursight.storage.metrics.block.v1;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import io.foursight.model.Labels;
import io.foursight.model.TimeRange;
import io.foursight.model.metrics.Exemplar;
import io.foursight.storage.encoding.ByteReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Exemplars of a block by series, one page in memory at a time. Owned by one thread; ask in
/// ascending order of series.
final class ExemplarsReader {
  private static final int MAX_PAGE_BYTES = 64 << 20;

  private final BlockIndex index;
  private final ExtentReader file;
  private int loaded = -1;
  private Map<Integer, List<Exemplar>> page = Map.of();
  private int at;

  ExemplarsReader(BlockIndex index, ExtentReader file) {
    this.index = index;
    this.file = file;
  }

  List<Exemplar> of(int series, TimeRange range) {
    List<BlockIndex.ExemplarPage> pages = index.exemplarPages();
    if (at < pages.size() && pages.get(at).firstSeries() > series) {
      at = 0;
    }
    while (at < pages.size() && pages.get(at).lastSeries() < series) {
      at++;
    }
    if (at >= pages.size() || pages.get(at).firstSeries() > series) {
      return List.of();
    }
    BlockIndex.ExemplarPage p = pages.get(at);
    if (p.minTime() > range.endMillis() || p.maxTime() < range.startMillis()) {
      return List.of();
    }
    if (loaded != at) {
      page = load(p);
      loaded = at;
    }
    return page.getOrDefault(series, List.of()).stream()
        .filter(e -> range.contains(e.timestampMillis()))
        .toList();
  }

  private Map<Integer, List<Exemplar>> load(BlockIndex.ExemplarPage p) {
    ByteReader packed = file.section(p.offset(), p.length());
    ByteReader in = unpack(packed, MAX_PAGE_BYTES);
    var bySeries = new HashMap<Integer, List<Exemplar>>();
    int series = p.firstSeries();
    while (in.remaining() > 0) {
      series += in.varint(index.seriesCount());
      int count = in.varint(in.remaining());
      var list = new ArrayList<Exemplar>(count);
      for (int i = 0; i < count; i++) {
        long time = in.zigzag();
        double value = Double.longBitsToDouble(in.u64());
        var pairs = new String[2 * in.varint(in.remaining())];
        for (int j = 0; j < pairs.length; j++) {
          pairs[j] = in.text();
        }
        list.add(new Exemplar(Labels.ofSorted(pairs), value, time));
      }
      bySeries.put(series, list);
    }
    return bySeries;
  }

  /// `| raw length varint | zstd |`, the checksum already off.
  static ByteReader unpack(ByteReader packed, int maxBytes) {
    int length = packed.varint(maxBytes);
    byte[] zstd = packed.bytes(packed.remaining());
    try {
      byte[] raw = Zstd.decompress(zstd, length);
      return new ByteReader(raw, 0, raw.length, "unpacked section", 0);
    } catch (ZstdException e) {
      throw packed.corrupt("zstd: " + e.getMessage());
    }
  }
}
