package io.foursight.wire.profiles.rpc;

import io.foursight.model.profiles.ProfilesStats;
import io.foursight.wire.protobuf.ProtoReader;
import io.foursight.wire.protobuf.ProtoWriter;

/// `1 varint profiles, 2 varint series, 3 varint samples, 4 varint bytes, 5 sint oldest, 6 sint
/// newest`.
final class ProfilesStatsCodec {
  private ProfilesStatsCodec() {}

  static byte[] encode(ProfilesStats stats) {
    var out = new ProtoWriter(64);
    out.varint(1, stats.profiles());
    out.varint(2, stats.series());
    out.varint(3, stats.samples());
    out.varint(4, stats.bytes());
    out.sint(5, stats.oldestNanos());
    out.sint(6, stats.newestNanos());
    return out.toByteArray();
  }

  static ProfilesStats decode(byte[] bytes) {
    var in = new ProtoReader(bytes);
    long profiles = 0;
    long series = 0;
    long samples = 0;
    long stored = 0;
    long oldest = 0;
    long newest = 0;
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 1 << 3 -> profiles = in.varint();
        case 2 << 3 -> series = in.varint();
        case 3 << 3 -> samples = in.varint();
        case 4 << 3 -> stored = in.varint();
        case 5 << 3 -> oldest = in.zigzag64();
        case 6 << 3 -> newest = in.zigzag64();
        default -> in.skip(tag);
      }
    }
    return new ProfilesStats(profiles, series, samples, stored, oldest, newest);
  }
}
