package io.foursight.wire.metrics;

import io.foursight.model.FoursightException;
import io.foursight.wire.protobuf.ProtoReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// The symbols of one remote write 2.0 request as ranges of its body. Reused; owned by one thread.
final class SymbolTable {
  private byte[] body = {};
  private int[] offsets = new int[256];
  private int[] lengths = new int[256];
  private int size;

  void reset(byte[] newBody) {
    body = newBody;
    size = 0;
  }

  /// Adds the string field whose tag was just read.
  void add(ProtoReader in) {
    RemoteWriteV1Decoder.checkBound("symbols", size, RemoteWriteV1Decoder.MAX_SERIES);
    if (size == offsets.length) {
      offsets = Arrays.copyOf(offsets, size * 2);
      lengths = Arrays.copyOf(lengths, size * 2);
    }
    int n = in.length();
    if (size == 0 && n != 0) {
      throw FoursightException.badData(
          "symbols must start with an empty string, the first of this request has " + n + " bytes");
    }
    offsets[size] = in.position();
    lengths[size++] = n;
    in.position(in.position() + n);
  }

  int size() {
    return size;
  }

  int offset(int symbol) {
    return offsets[symbol];
  }

  int length(int symbol) {
    return lengths[symbol];
  }

  String text(int symbol) {
    return new String(body, offsets[symbol], lengths[symbol], StandardCharsets.UTF_8);
  }
}
