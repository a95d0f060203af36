package io.foursight.ingester;

import io.foursight.storage.encoding.ByteReader;
import java.nio.charset.StandardCharsets;

/// What the records of all signals in the write-ahead log have in common: every record of a piece
/// of a head begins with the id of its block.
///
/// ```
/// type 1 ROWS     | block id, 26 bytes | bucket zigzag | rows as the signal writes them |
/// type 2 SEALED   | block id, 26 bytes |     the piece takes no more rows
/// type 3 DROPPED  | block id, 26 bytes |     a block answers for the piece
/// ```
public final class PieceRecords {
  public static final byte ROWS = 1;
  public static final byte SEALED = 2;
  public static final byte DROPPED = 3;
  public static final int ID_BYTES = 26;

  private PieceRecords() {}

  static String blockId(byte[] payload, int offset) {
    return new String(payload, offset, ID_BYTES, StandardCharsets.US_ASCII);
  }

  static long bucket(byte[] payload, int offset, int length) {
    return new ByteReader(payload, offset + ID_BYTES, offset + length, "head record", 0).zigzag();
  }
}
