package io.foursight.wire.signals;

import io.foursight.model.LabelMatcher;
import io.foursight.model.TextMatcher;
import io.foursight.wire.protobuf.ProtoReader;
import io.foursight.wire.protobuf.ProtoWriter;
import java.util.function.Function;

/// A matcher: `{ 1 varint type: = != =~ !~, 2 string name, 3 string value }`.
public final class Matchers {
  private static final int BYTES = ProtoReader.BYTES;

  private Matchers() {}

  public static void write(ProtoWriter out, int field, LabelMatcher matcher) {
    int mark = out.begin(field);
    out.varint(1, matcher.type().ordinal());
    out.string(2, matcher.name());
    out.string(3, matcher.value());
    out.end(mark);
  }

  /// Reads the value of a field whose tag was just read.
  ///
  /// @param regexes compiles an expression, fully anchored
  public static LabelMatcher read(ProtoReader in, Function<String, TextMatcher> regexes) {
    int outer = in.enter();
    int type = 0;
    String name = "";
    String value = "";
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 1 << 3 -> type = in.varint32();
        case 2 << 3 | BYTES -> name = in.string();
        case 3 << 3 | BYTES -> value = in.string();
        default -> in.skip(tag);
      }
    }
    LabelMatcher matcher =
        switch (type) {
          case 0 -> LabelMatcher.equal(name, value);
          case 1 -> LabelMatcher.notEqual(name, value);
          case 2 -> LabelMatcher.regex(name, value, false, regexes.apply(value));
          case 3 -> LabelMatcher.regex(name, value, true, regexes.apply(value));
          default -> throw in.error("matcher type " + type + " is not known", in.position());
        };
    in.leave(outer);
    return matcher;
  }
}
