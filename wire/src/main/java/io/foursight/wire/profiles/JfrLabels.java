package io.foursight.wire.profiles;

import io.foursight.wire.protobuf.ProtoReader;
import java.util.HashMap;
import java.util.Map;

/// Labels that a Pyroscope agent sends beside a JFR file: by the `contextId` of events, names and
/// values.
///
/// ```
/// LabelsSnapshot { map<int64, Context> contexts = 1; map<int64, string> strings = 2; }
/// Context { map<int64, int64> labels = 1; }
/// ```
public final class JfrLabels {
  public static final JfrLabels NONE = new JfrLabels(Map.of());

  private final Map<Long, Map<String, String>> contexts;

  private JfrLabels(Map<Long, Map<String, String>> contexts) {
    this.contexts = contexts;
  }

  /// @throws io.foursight.model.FoursightException `BAD_DATA`
  public static JfrLabels decode(byte[] bytes) {
    var numbers = new HashMap<Long, Map<Long, Long>>();
    var strings = new HashMap<Long, String>();
    var in = new ProtoReader(bytes);
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 1 << 3 | ProtoReader.BYTES -> {
          long key = 0;
          var labels = new HashMap<Long, Long>();
          int outer = in.enter();
          for (int inner = in.tag(); inner != 0; inner = in.tag()) {
            switch (inner) {
              case 1 << 3 -> key = in.varint();
              case 2 << 3 | ProtoReader.BYTES -> context(in, labels);
              default -> in.skip(inner);
            }
          }
          in.leave(outer);
          numbers.put(key, labels);
        }
        case 2 << 3 | ProtoReader.BYTES -> {
          long key = 0;
          String text = "";
          int outer = in.enter();
          for (int inner = in.tag(); inner != 0; inner = in.tag()) {
            switch (inner) {
              case 1 << 3 -> key = in.varint();
              case 2 << 3 | ProtoReader.BYTES -> text = in.string();
              default -> in.skip(inner);
            }
          }
          in.leave(outer);
          strings.put(key, text);
        }
        default -> in.skip(tag);
      }
    }
    var contexts = new HashMap<Long, Map<String, String>>();
    numbers.forEach((context, labels) -> {
      var texts = new HashMap<String, String>();
      labels.forEach((name, value) ->
          texts.put(strings.getOrDefault(name, ""), strings.getOrDefault(value, "")));
      texts.remove("");
      contexts.put(context, texts);
    });
    return new JfrLabels(contexts);
  }

  private static void context(ProtoReader in, Map<Long, Long> labels) {
    int outer = in.enter();
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      if (tag != (1 << 3 | ProtoReader.BYTES)) {
        in.skip(tag);
        continue;
      }
      long name = 0;
      long value = 0;
      int entry = in.enter();
      for (int inner = in.tag(); inner != 0; inner = in.tag()) {
        switch (inner) {
          case 1 << 3 -> name = in.varint();
          case 2 << 3 -> value = in.varint();
          default -> in.skip(inner);
        }
      }
      in.leave(entry);
      labels.put(name, value);
    }
    in.leave(outer);
  }

  /// Empty when the context is not known.
  Map<String, String> labels(long context) {
    return contexts.getOrDefault(context, Map.of());
  }
}
