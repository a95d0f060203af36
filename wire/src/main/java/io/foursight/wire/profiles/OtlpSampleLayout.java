package io.foursight.wire.profiles;

import io.foursight.wire.protobuf.ProtoReader;

/// Which of its two layouts the samples of an OTLP profiles request have; see
/// [OtlpProfilesDecoder].
final class OtlpSampleLayout {
  private boolean seenOld;
  private boolean seenNew;
  private boolean timestamps;
  private long largestOfField2;

  /// Looks at all samples of a `ResourceProfiles` in which the cursor stands.
  void readResource(ProtoReader in) {
    each(in, 2, () -> each(in, 2, () -> each(in, 2, () -> sample(in))));
  }

  private static void each(ProtoReader in, int field, Runnable inside) {
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      if (tag == (field << 3 | ProtoReader.BYTES)) {
        int outer = in.enter();
        inside.run();
        in.leave(outer);
      } else {
        in.skip(tag);
      }
    }
  }

  private void sample(ProtoReader in) {
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 2 << 3 | ProtoReader.BYTES -> {
          int outer = in.enter();
          while (!in.atEnd()) {
            largest(in.varint());
          }
          in.leave(outer);
        }
        case 2 << 3 -> largest(in.varint());
        case 3 << 3 | ProtoReader.BYTES, 4 << 3 -> {
          seenOld = true;
          in.skip(tag);
        }
        case 3 << 3, 4 << 3 | ProtoReader.BYTES -> {
          seenNew = true;
          in.skip(tag);
        }
        case 5 << 3 | ProtoReader.BYTES, 5 << 3 | ProtoReader.FIXED64 -> {
          timestamps = true;
          in.skip(tag);
        }
        default -> in.skip(tag);
      }
    }
  }

  private void largest(long number) {
    largestOfField2 = Long.compareUnsigned(number, largestOfField2) > 0 ? number : largestOfField2;
  }

  /// @param attributes how many the dictionary has
  /// @throws io.foursight.model.FoursightException `BAD_DATA` when there are samples of both
  boolean isOld(int attributes) {
    if (seenOld && seenNew) {
      throw PprofFile.bad("samples have the layouts of OTLP 1.9 and of 1.10 in one request");
    }
    if (seenOld || seenNew) {
      return seenOld;
    }
    return !timestamps || Long.compareUnsigned(largestOfField2, attributes) >= 0;
  }
}
