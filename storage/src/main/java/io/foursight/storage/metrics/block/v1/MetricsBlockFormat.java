package io.foursight.storage.metrics.block.v1;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.Labels;
import io.foursight.storage.block.BlockFile;
import io.foursight.storage.encoding.ByteReader;
import io.foursight.storage.encoding.ByteWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;

/// Names, magic numbers and orders of the format; the layout is drawn in the package comment.
public final class MetricsBlockFormat {
  /// [io.foursight.storage.block.BlockMeta#format] of these blocks.
  public static final String NAME = "storage.metrics.block.v1";

  /// The order of series inside a block: metric name, then the other labels without `le` as
  /// [Labels] compare, then `le` by its number (absent first, unparsable last), then as text. So
  /// the series of a metric lie side by side, and the buckets of a classic histogram too. A total
  /// order consistent with equals.
  public static final Comparator<Labels> SERIES_ORDER = new SeriesOrder();

  static final String INDEX = "index";
  static final String VALUES = "values";
  static final String TIMESTAMPS = "timestamps";
  static final String EXEMPLARS = "exemplars";

  static final int VERSION = 1;
  static final int HEADER_BYTES = 16;
  static final int FOOTER_BYTES = 32;

  /// Rows of a chunk, but for the last of a series.
  static final int CHUNK_ROWS = 1024;

  /// Series of an index page, label values of a page, timestamp columns of a page.
  static final int SERIES_PER_PAGE = 128;

  static final int VALUES_PER_PAGE = 64;
  static final int COLUMNS_PER_PAGE = 256;

  /// A longer postings list lies outside its page, with a checksum of its own.
  static final int INLINE_POSTINGS_BYTES = 64;

  /// So many buckets may be coded as differences in a row.
  static final int MAX_BUCKET_DEPTH = 15;

  private static final byte[] MAGIC = "4SMetric".getBytes(StandardCharsets.US_ASCII);

  private MetricsBlockFormat() {}

  /// A new file of a block, with its header.
  static BlockFile file(Path directory, String name) {
    return new BlockFile(directory, name, out -> writeHeader(name, out));
  }

  static void writeHeader(String file, ByteWriter out) {
    out.bytes(MAGIC, 0, MAGIC.length);
    out.u32(VERSION);
    out.u32(file.charAt(0));
  }

  static void checkHeader(ByteReader in, String file) {
    checkMagic(in, file, in.bytes(MAGIC.length));
    checkVersion(file, in.u32());
    if (in.u32() != file.charAt(0)) {
      throw in.corrupt("not a file of kind '" + file + "'");
    }
  }

  static void writeFooter(long tocOffset, long tocLength, ByteWriter out) {
    int start = out.size();
    out.u64(tocOffset);
    out.u64(tocLength);
    out.checksum(start);
    out.u32(VERSION);
    out.bytes(MAGIC, 0, MAGIC.length);
  }

  record Footer(long tocOffset, long tocLength) {}

  /// Magic and version come first, so that a file of another release is never called damaged.
  static Footer readFooter(byte[] bytes, int at, long fileOffset) {
    var tail = new ByteReader(bytes, at, at + FOOTER_BYTES, INDEX, fileOffset);
    tail.skip(20);
    int version = tail.u32();
    checkMagic(tail, INDEX, tail.bytes(MAGIC.length));
    checkVersion(INDEX, version);
    var in = ByteReader.checked(bytes, at, at + 20, INDEX, fileOffset);
    return new Footer(in.u64(), in.u64());
  }

  private static void checkMagic(ByteReader in, String file, byte[] magic) {
    if (!Arrays.equals(magic, MAGIC)) {
      throw in.corrupt("no " + NAME + " file (bad magic) before");
    }
  }

  private static void checkVersion(String file, int version) {
    if (version != VERSION) {
      throw new FoursightException(
          ErrorKind.UNIMPLEMENTED,
          file
              + ": block version "
              + version
              + (version > VERSION ? " is too new" : " is too old")
              + " for this program, which reads version "
              + VERSION
              + " of "
              + NAME);
    }
  }
}
