package io.foursight.storage.traces.block.v1;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.storage.encoding.ByteReader;
import io.foursight.storage.encoding.ByteWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Names, magic numbers and bounds of the format; the layout is drawn in the package comment.
public final class TracesBlockFormat {
  /// [io.foursight.storage.block.BlockMeta#format] of these blocks.
  public static final String NAME = "storage.traces.block.v1";

  /// The Parquet file.
  public static final String SPANS = "spans.parquet";

  static final String INDEX = "index";

  static final int VERSION = 1;
  static final int HEADER_BYTES = 16;

  /// `| head offset u64 | head length u32 | crc u32 | version u32 | magic |`.
  static final int FOOTER_BYTES = 28;

  /// Where [io.foursight.storage.block.BlockMeta#stats] tell how many bytes at the end of the index
  /// a reader fetches when it opens the block.
  static final String HEAD_BYTES = "index_head_bytes";

  /// A row group is closed where a trace ends when its spans have so many bytes, or so many rows;
  /// inside a trace only at four times as much.
  static final int GROUP_BYTES = 32 << 20;

  static final int GROUP_ROWS = 1 << 16;

  /// Rows of a data page.
  static final int PAGE_ROWS = 4096;

  private static final byte[] MAGIC = "4STrace\n".getBytes(StandardCharsets.US_ASCII);

  private TracesBlockFormat() {}

  static void writeHeader(ByteWriter out) {
    out.bytes(MAGIC, 0, MAGIC.length);
    out.u32(VERSION);
    out.u32(INDEX.charAt(0));
  }

  static void checkHeader(ByteReader in) {
    checkMagic(in, in.bytes(MAGIC.length));
    checkVersion(in.u32());
    if (in.u32() != INDEX.charAt(0)) {
      throw in.corrupt("not a file of kind '" + INDEX + "'");
    }
  }

  /// Where the head of the index lies.
  record Footer(long headOffset, int headLength) {}

  static void writeFooter(Footer footer, ByteWriter out) {
    int start = out.size();
    out.u64(footer.headOffset);
    out.u32(footer.headLength);
    out.checksum(start);
    out.u32(VERSION);
    out.bytes(MAGIC, 0, MAGIC.length);
  }

  /// Magic and version come first, so that a file of another release is never called damaged.
  ///
  /// @param tail the last bytes of the index
  /// @param offset where they lie in the file
  static Footer readFooter(byte[] tail, long offset) {
    int at = tail.length - FOOTER_BYTES;
    if (at < 0) {
      throw FoursightException.corrupt(INDEX + ": only " + tail.length + " bytes");
    }
    var end = new ByteReader(tail, at, tail.length, INDEX, offset + at);
    end.skip(16);
    int version = end.u32();
    checkMagic(end, end.bytes(MAGIC.length));
    checkVersion(version);
    var in = ByteReader.checked(tail, at, at + 16, INDEX, offset + at);
    var footer = new Footer(in.u64(), in.u32());
    if (footer.headOffset < HEADER_BYTES
        || footer.headLength < 0
        || footer.headOffset + footer.headLength != offset + at) {
      throw in.corrupt("head at " + footer);
    }
    return footer;
  }

  private static void checkMagic(ByteReader in, byte[] magic) {
    if (!Arrays.equals(magic, MAGIC)) {
      throw in.corrupt("no " + NAME + " file (bad magic) before");
    }
  }

  /// @param version of the index, or of the Parquet file as its metadata tell
  static void checkVersion(int version) {
    if (version != VERSION) {
      throw new FoursightException(
          ErrorKind.UNIMPLEMENTED,
          INDEX
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
