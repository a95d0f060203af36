package io.foursight.wire.signals;

import io.foursight.model.Labels;
import io.foursight.wire.protobuf.ProtoReader;
import io.foursight.wire.protobuf.ProtoWriter;
import java.nio.charset.StandardCharsets;

/// Labels without field tags: varint count, then for each label, ascending by name, name and value
/// as varint length and UTF-8.
public final class LabelPairs {
  private LabelPairs() {}

  /// As a field of its own.
  public static void write(ProtoWriter out, int field, Labels labels) {
    int mark = out.begin(field);
    write(out, labels);
    out.end(mark);
  }

  public static void write(ProtoWriter out, Labels labels) {
    out.rawVarint(labels.size());
    for (int i = 0; i < labels.size(); i++) {
      text(out, labels.name(i));
      text(out, labels.value(i));
    }
  }

  private static void text(ProtoWriter out, String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    out.rawVarint(utf8.length);
    out.raw(utf8, 0, utf8.length);
  }

  public static Labels read(ProtoReader in) {
    int count = in.varint32();
    if (count < 0 || count > (in.limit() - in.position()) / 2) {
      throw in.error(count + " labels", in.position());
    }
    var pairs = new String[2 * count];
    for (int i = 0; i < pairs.length; i++) {
      pairs[i] = in.string();
    }
    return count == 0 ? Labels.EMPTY : Labels.ofSorted(pairs);
  }

  /// Reads the value of a field whose tag was just read.
  public static Labels readField(ProtoReader in) {
    int outer = in.enter();
    Labels labels = read(in);
    in.leave(outer);
    return labels;
  }
}
