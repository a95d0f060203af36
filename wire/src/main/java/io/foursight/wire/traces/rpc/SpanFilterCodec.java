package io.foursight.wire.traces.rpc;

import io.foursight.model.TextMatcher;
import io.foursight.model.traces.SpanField;
import io.foursight.model.traces.SpanField.Attribute;
import io.foursight.model.traces.SpanField.Intrinsic;
import io.foursight.model.traces.SpanField.Scope;
import io.foursight.model.traces.SpanFilter;
import io.foursight.model.traces.SpanTextMatcher;
import io.foursight.wire.protobuf.ProtoReader;
import io.foursight.wire.protobuf.ProtoWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// Fields of spans, and conditions on them.
///
/// ```
/// field   1 string scope, 2 string name     an attribute
///         3 string intrinsic
/// filter  one of
///         1 msg and { 1 filter, once for each }     6 msg bool { 1 field, 2 varint value }
///         2 msg or, likewise                        7 msg duration { 1 sint low, 2 sint high }
///         3 msg exists { 1 field }                  8 msg kinds { 1 varint bits }
///         4 msg text { 1 field, 2 string test }     9 msg statuses { 1 varint bits }
///         5 msg range { 1 field, 2 double low,     10 msg root
///                       3 double high }
/// ```
///
/// A filter may let spans pass that it should not: what a peer does not know, what cannot be
/// written and what nests too deep lets more pass.
final class SpanFilterCodec {
  private static final int BYTES = ProtoReader.BYTES;
  private static final int DOUBLE = ProtoReader.FIXED64;
  private static final int MAX_DEPTH = 100;

  private SpanFilterCodec() {}

  static void write(ProtoWriter out, int number, SpanField field) {
    int mark = out.begin(number);
    switch (field) {
      case Attribute(Scope scope, String name) -> {
        out.string(1, scope.name());
        out.string(2, name);
      }
      case Intrinsic intrinsic -> out.string(3, intrinsic.name());
    }
    out.end(mark);
  }

  /// Reads the value of a field whose tag was just read.
  static SpanField readField(ProtoReader in) {
    int outer = in.enter();
    String scope = "";
    String name = "";
    String intrinsic = "";
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 1 << 3 | BYTES -> scope = in.string();
        case 2 << 3 | BYTES -> name = in.string();
        case 3 << 3 | BYTES -> intrinsic = in.string();
        default -> in.skip(tag);
      }
    }
    in.leave(outer);
    try {
      return intrinsic.isEmpty()
          ? new Attribute(Scope.valueOf(scope), name)
          : Intrinsic.valueOf(intrinsic);
    } catch (IllegalArgumentException e) {
      throw in.error("no such field: " + scope + intrinsic, in.position());
    }
  }

  static void write(ProtoWriter out, int number, SpanFilter filter) {
    write(out, number, filter, 0);
  }

  private static void write(ProtoWriter out, int number, SpanFilter filter, int depth) {
    int outer = out.begin(number);
    if (depth < MAX_DEPTH) {
      fields(out, filter, depth);
    }
    out.end(outer);
  }

  private static void fields(ProtoWriter out, SpanFilter filter, int depth) {
    switch (filter) {
      case SpanFilter.And(List<SpanFilter> terms) -> {
        int mark = out.begin(1);
        terms.forEach(term -> write(out, 1, term, depth + 1));
        out.end(mark);
      }
      case SpanFilter.Or(List<SpanFilter> terms) -> {
        int mark = out.begin(2);
        terms.forEach(term -> write(out, 1, term, depth + 1));
        out.end(mark);
      }
      case SpanFilter.Exists(SpanField field) -> exists(out, field);
      case SpanFilter.TextTest(SpanField field, TextMatcher matcher) -> {
        if (matcher instanceof SpanTextMatcher known) {
          int mark = out.begin(4);
          write(out, 1, field);
          out.string(2, known.text());
          out.end(mark);
        } else {
          exists(out, field);
        }
      }
      case SpanFilter.NumberRange(SpanField field, double low, double high) -> {
        int mark = out.begin(5);
        write(out, 1, field);
        out.float64(2, low);
        out.float64(3, high);
        out.end(mark);
      }
      case SpanFilter.BoolTest(SpanField field, boolean value) -> {
        int mark = out.begin(6);
        write(out, 1, field);
        out.varint(2, value ? 1 : 0);
        out.end(mark);
      }
      case SpanFilter.DurationRange(long low, long high) -> {
        int mark = out.begin(7);
        out.sint(1, low);
        out.sint(2, high);
        out.end(mark);
      }
      case SpanFilter.KindIn(int kinds) -> bits(out, 8, kinds);
      case SpanFilter.StatusIn(int statuses) -> bits(out, 9, statuses);
      case SpanFilter.Root() -> out.end(out.begin(10));
    }
  }

  private static void exists(ProtoWriter out, SpanField field) {
    int mark = out.begin(3);
    write(out, 1, field);
    out.end(mark);
  }

  private static void bits(ProtoWriter out, int number, int bits) {
    int mark = out.begin(number);
    out.varint(1, Integer.toUnsignedLong(bits));
    out.end(mark);
  }

  /// Reads the value of a field whose tag was just read.
  ///
  /// @param tests makes a test of what [SpanTextMatcher#text] wrote
  static SpanFilter readFilter(ProtoReader in, Function<String, ? extends TextMatcher> tests) {
    return readFilter(in, tests, 0);
  }

  private static SpanFilter readFilter(
      ProtoReader in, Function<String, ? extends TextMatcher> tests, int depth) {
    if (depth > MAX_DEPTH) {
      throw in.error("a filter nests too deep", in.position());
    }
    int outer = in.enter();
    SpanFilter filter = SpanFilter.ALL;
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 1 << 3 | BYTES -> filter = new SpanFilter.And(terms(in, tests, depth));
        case 2 << 3 | BYTES -> filter = new SpanFilter.Or(terms(in, tests, depth));
        case 3 << 3 | BYTES,
            4 << 3 | BYTES,
            5 << 3 | BYTES,
            6 << 3 | BYTES,
            7 << 3 | BYTES,
            8 << 3 | BYTES,
            9 << 3 | BYTES ->
            filter = condition(in, tag >>> 3, tests);
        case 10 << 3 | BYTES -> {
          in.skip(tag);
          filter = new SpanFilter.Root();
        }
        default -> in.skip(tag);
      }
    }
    in.leave(outer);
    return filter;
  }

  private static List<SpanFilter> terms(
      ProtoReader in, Function<String, ? extends TextMatcher> tests, int depth) {
    int outer = in.enter();
    var terms = new ArrayList<SpanFilter>();
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      if (tag == (1 << 3 | BYTES)) {
        terms.add(readFilter(in, tests, depth + 1));
      } else {
        in.skip(tag);
      }
    }
    in.leave(outer);
    return terms;
  }

  private static SpanFilter condition(
      ProtoReader in, int kind, Function<String, ? extends TextMatcher> tests) {
    int outer = in.enter();
    SpanField field = SpanField.SERVICE_NAME;
    String test = "";
    long first = 0;
    long second = 0;
    double low = 0;
    double high = 0;
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 1 << 3 | BYTES -> field = readField(in);
        case 2 << 3 | BYTES -> test = in.string();
        case 1 << 3 -> first = in.varint();
        case 2 << 3 -> second = in.varint();
        case 2 << 3 | DOUBLE -> low = in.float64();
        case 3 << 3 | DOUBLE -> high = in.float64();
        default -> in.skip(tag);
      }
    }
    in.leave(outer);
    return switch (kind) {
      case 3 -> new SpanFilter.Exists(field);
      case 4 -> new SpanFilter.TextTest(field, tests.apply(test));
      case 5 -> new SpanFilter.NumberRange(field, low, high);
      case 6 -> new SpanFilter.BoolTest(field, second != 0);
      case 7 -> new SpanFilter.DurationRange(signed(first), signed(second));
      case 8 -> new SpanFilter.KindIn((int) first);
      default -> new SpanFilter.StatusIn((int) first);
    };
  }

  private static long signed(long zigzag) {
    return zigzag >>> 1 ^ -(zigzag & 1);
  }
}
