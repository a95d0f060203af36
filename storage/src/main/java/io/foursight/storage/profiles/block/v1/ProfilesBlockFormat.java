package io.foursight.storage.profiles.block.v1;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.Labels;
import io.foursight.model.profiles.ProfileType;
import io.foursight.storage.block.BlockFile;
import io.foursight.storage.encoding.ByteReader;
import io.foursight.storage.encoding.ByteWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;

/// Names, magic numbers, bounds and orders of the format; the layout is drawn in the package
/// comment.
public final class ProfilesBlockFormat {
  /// [io.foursight.storage.block.BlockMeta#format] of these blocks.
  public static final String NAME = "storage.profiles.block.v1";

  /// The order of series inside a chunk's type: by profile type, then as [Labels] compare.
  public static final Comparator<Labels> SERIES_ORDER =
      Comparator.comparing((Labels labels) -> labels.get(ProfileType.LABEL), Labels::compareText)
          .thenComparing(Comparator.naturalOrder());

  /// Chunks hold profiles of one such stretch of time, aligned to the epoch.
  public static final long INTERVAL_NANOS = 3_600_000_000_000L;

  static final String INDEX = "index";
  static final String PROFILES = "profiles";

  static final int VERSION = 1;
  static final int HEADER_BYTES = 16;

  /// `| directory offset u64 | crc u32 | version u32 | magic |`.
  static final int FOOTER_BYTES = 24;

  /// A chunk is closed when it has so many samples, or profiles.
  static final int CHUNK_SAMPLES = 1 << 20;

  static final int CHUNK_PROFILES = 1 << 14;

  /// A run is closed when it has so many samples: what a reader decodes at once. Only a single
  /// larger profile makes a larger one.
  static final int RUN_SAMPLES = 1 << 16;

  /// Symbols of a partition take no more memory than this in a merge; past it another partition of
  /// the same service and build begins.
  public static final long PARTITION_SYMBOL_BYTES = 64L << 20;

  /// Sums take the place of samples when they are so many times fewer.
  static final int SUMS_FACTOR = 2;

  private static final byte[] MAGIC = "4SProf\r\n".getBytes(StandardCharsets.US_ASCII);

  private ProfilesBlockFormat() {}

  /// The stretch of time that a profile belongs to.
  public static long interval(long timeNanos) {
    return Math.floorDiv(timeNanos, INTERVAL_NANOS);
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

  static void writeFooter(long directoryOffset, ByteWriter out) {
    int start = out.size();
    out.u64(directoryOffset);
    out.checksum(start);
    out.u32(VERSION);
    out.bytes(MAGIC, 0, MAGIC.length);
  }

  /// Magic and version come first, so that a file of another release is never called damaged.
  ///
  /// @return where the directory lies
  static int readFooter(byte[] index) {
    int at = index.length - FOOTER_BYTES;
    if (at < HEADER_BYTES) {
      throw FoursightException.corrupt(INDEX + ": only " + index.length + " bytes");
    }
    var tail = new ByteReader(index, at, index.length, INDEX, at);
    tail.skip(12);
    int version = tail.u32();
    checkMagic(tail, INDEX, tail.bytes(MAGIC.length));
    checkVersion(INDEX, version);
    var in = ByteReader.checked(index, at, at + 12, INDEX, at);
    long directory = in.u64();
    if (directory != HEADER_BYTES) {
      throw in.corrupt("directory at " + directory);
    }
    return (int) directory;
  }

  private static void checkMagic(ByteReader in, String file, byte[] magic) {
    if (!Arrays.equals(magic, MAGIC)) {
      throw in.corrupt(file + ": no " + NAME + " file (bad magic) before");
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
