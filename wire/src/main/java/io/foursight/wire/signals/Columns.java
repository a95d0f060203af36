package io.foursight.wire.signals;

import io.foursight.wire.protobuf.ProtoReader;
import io.foursight.wire.protobuf.ProtoWriter;

/// Values of a column without field tags.
public final class Columns {
  private Columns() {}

  public static void zigzag(ProtoWriter out, long value) {
    out.rawVarint(value << 1 ^ value >> 63);
  }

  /// Points a reader at the value of a bytes field whose tag was just read.
  public static void enter(ProtoReader in, ProtoReader column) {
    int length = in.length();
    column.reset(in.array(), in.position(), length);
    in.position(in.position() + length);
  }

  /// A number below a bound.
  public static int index(ProtoReader in, int bound, String of) {
    int at = in.position();
    long number = in.varint();
    if (number < 0 || number >= bound) {
      throw in.error(of + " " + number + " of " + bound, at);
    }
    return (int) number;
  }

  /// How many items follow, each of which takes some bytes.
  public static int count(ProtoReader in) {
    int at = in.position();
    long count = in.varint();
    if (count < 0 || count > in.limit() - in.position()) {
      throw in.error(count + " items", at);
    }
    return (int) count;
  }
}
