package io.foursight.wire.metrics.rpc;

import io.foursight.model.metrics.MetricMetadata;
import io.foursight.model.metrics.MetricMetadata.Type;
import io.foursight.wire.protobuf.ProtoReader;
import io.foursight.wire.protobuf.ProtoWriter;

/// `{ 1 string family, 2 varint type, 3 string help, 4 string unit }`.
final class MetadataCodec {
  private static final int BYTES = ProtoReader.BYTES;

  private MetadataCodec() {}

  static void write(ProtoWriter out, int field, MetricMetadata entry) {
    int mark = out.begin(field);
    out.string(1, entry.metricFamily());
    out.varint(2, entry.type().ordinal());
    out.string(3, entry.help());
    out.string(4, entry.unit());
    out.end(mark);
  }

  static MetricMetadata read(ProtoReader in) {
    int outer = in.enter();
    String family = "";
    int type = 0;
    String help = "";
    String unit = "";
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 1 << 3 | BYTES -> family = in.string();
        case 2 << 3 -> type = in.varint32();
        case 3 << 3 | BYTES -> help = in.string();
        case 4 << 3 | BYTES -> unit = in.string();
        default -> in.skip(tag);
      }
    }
    in.leave(outer);
    Type[] types = Type.values();
    return new MetricMetadata(
        family, type >= 0 && type < types.length ? types[type] : Type.UNKNOWN, help, unit);
  }
}
