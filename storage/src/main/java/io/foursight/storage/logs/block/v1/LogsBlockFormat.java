package io.foursight.storage.logs.block.v1;

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
public final class LogsBlockFormat {
  /// [io.foursight.storage.block.BlockMeta#format] of these blocks.
  public static final String NAME = "storage.logs.block.v1";

  /// The order of streams inside a block: application (the first of the labels `service_name`,
  /// `service`, `app`, `application`, `app_name`, `name`, `container`, `job` that there is), then
  /// as [Labels] compare. So streams that write alike lie side by side. A total order consistent
  /// with equals.
  public static final Comparator<Labels> STREAM_ORDER =
      Comparator.comparing(LogsBlockFormat::application, Labels::compareText)
          .thenComparing(Comparator.naturalOrder());

  static final String INDEX = "index";
  static final String ROWS = "rows";

  static final int VERSION = 1;
  static final int HEADER_BYTES = 16;
  static final int FOOTER_BYTES = 32;

  /// A row group is closed when its lines and metadata reach this, or its rows [#GROUP_ROWS].
  static final int GROUP_BYTES = 16 << 20;

  static final int GROUP_ROWS = 1 << 18;

  /// From this size on a row group is also closed where the application changes.
  static final int GROUP_BYTES_AT_BORDER = 4 << 20;

  /// Rows of a slice, the grain of statistics: part of one stream in one row group.
  static final int SLICE_ROWS = 1024;

  private static final byte[] MAGIC = "4SLogs\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final String[] APPLICATION = {
    "service_name", "service", "app", "application", "app_name", "name", "container", "job"
  };

  private LogsBlockFormat() {}

  static String application(Labels labels) {
    for (String name : APPLICATION) {
      String value = labels.get(name);
      if (!value.isEmpty()) {
        return value;
      }
    }
    return "";
  }

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

  /// Where the sections of the index lie; both end where the next thing begins.
  record Footer(long streamsOffset, long groupsOffset) {}

  static void writeFooter(Footer footer, ByteWriter out) {
    int start = out.size();
    out.u64(footer.streamsOffset);
    out.u64(footer.groupsOffset);
    out.checksum(start);
    out.u32(VERSION);
    out.bytes(MAGIC, 0, MAGIC.length);
  }

  /// Magic and version come first, so that a file of another release is never called damaged.
  static Footer readFooter(byte[] index) {
    int at = index.length - FOOTER_BYTES;
    if (at < HEADER_BYTES) {
      throw FoursightException.corrupt(INDEX + ": only " + index.length + " bytes");
    }
    var tail = new ByteReader(index, at, index.length, INDEX, at);
    tail.skip(20);
    int version = tail.u32();
    checkMagic(tail, INDEX, tail.bytes(MAGIC.length));
    checkVersion(INDEX, version);
    var in = ByteReader.checked(index, at, at + 20, INDEX, at);
    var footer = new Footer(in.u64(), in.u64());
    if (footer.streamsOffset < HEADER_BYTES
        || footer.groupsOffset < footer.streamsOffset
        || footer.groupsOffset > at) {
      throw in.corrupt("sections at " + footer);
    }
    return footer;
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
