package io.foursight.storage.metrics.block.v1;

import com.github.luben.zstd.Zstd;
import io.foursight.model.Labels;
import io.foursight.model.metrics.Exemplar;
import io.foursight.storage.block.BlockFile;
import io.foursight.storage.encoding.ByteWriter;
import java.nio.file.Path;
import java.util.List;

/// Streams exemplars into zstd pages of about 32 KiB; the file exists only when there are any.
///
/// ```
/// page: | raw length varint | zstd of records | crc u32 |
/// record: | series gap varint | count varint | (time zigzag, value u64, label count varint, (name, value)*)* |
/// ```
///
/// Gaps count from the page's first ordinal, which the directory tells.
final class ExemplarsWriter {
  private static final int PAGE_BYTES = 32 << 10;

  private final Path directory;
  private BlockFile file;
  private final ByteWriter page = new ByteWriter();
  private final ByteWriter pages = new ByteWriter();
  private int pageCount;
  private int firstSeries;
  private int lastSeries;
  private int lastFirstSeries;
  private long minTime = Long.MAX_VALUE;
  private long maxTime = Long.MIN_VALUE;
  private long count;

  ExemplarsWriter(Path directory) {
    this.directory = directory;
  }

  long count() {
    return count;
  }

  void add(int series, List<Exemplar> exemplars) {
    if (exemplars.isEmpty()) {
      return;
    }
    if (page.size() == 0) {
      firstSeries = series;
      lastSeries = series;
    }
    page.varint(series - lastSeries);
    lastSeries = series;
    page.varint(exemplars.size());
    for (Exemplar e : exemplars) {
      page.zigzag(e.timestampMillis());
      page.u64(Double.doubleToRawLongBits(e.value()));
      Labels labels = e.labels();
      page.varint(labels.size());
      for (int i = 0; i < labels.size(); i++) {
        page.text(labels.name(i));
        page.text(labels.value(i));
      }
      minTime = Math.min(minTime, e.timestampMillis());
      maxTime = Math.max(maxTime, e.timestampMillis());
      count++;
    }
    if (page.size() >= PAGE_BYTES) {
      flush();
    }
  }

  private void flush() {
    if (page.size() == 0) {
      return;
    }
    if (file == null) {
      file = MetricsBlockFormat.file(directory, MetricsBlockFormat.EXEMPLARS);
    }
    var out = new ByteWriter();
    out.varint(page.size());
    byte[] packed = Zstd.compress(page.toByteArray());
    out.bytes(packed, 0, packed.length);
    out.checksum(0);
    file.append(out);
    pages.varint(out.size());
    pages.varint(firstSeries - lastFirstSeries);
    pages.varint(lastSeries - firstSeries);
    pages.zigzag(minTime);
    pages.varint(maxTime - minTime);
    lastFirstSeries = firstSeries;
    minTime = Long.MAX_VALUE;
    maxTime = Long.MIN_VALUE;
    pageCount++;
    page.clear();
  }

  /// Closes the file and gives the directory: `| pages varint | (length, first series since the
  /// last page, last series since the first, min time zigzag, max time since it)* |`.
  ByteWriter finish() {
    flush();
    if (file != null) {
      file.finish();
    }
    var directoryBytes = new ByteWriter();
    directoryBytes.varint(pageCount);
    directoryBytes.bytes(pages);
    return directoryBytes;
  }

  boolean hasFile() {
    return file != null;
  }

  void abort() {
    if (file != null) {
      file.close();
    }
  }
}
