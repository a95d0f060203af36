package io.foursight.wire.traces.rpc;

import io.foursight.model.traces.SpanField.Scope;
import io.foursight.model.traces.SpanValue;
import io.foursight.model.traces.TracesTags;
import io.foursight.wire.protobuf.ProtoReader;
import io.foursight.wire.protobuf.ProtoWriter;
import java.util.ArrayList;
import java.util.List;

/// Values and names of tags.
///
/// ```
/// value  1 varint type: text 1, int 2, decimal 3, bool 4, duration 5, status 6, kind 7, many 8, nil 9
///        2 string text   3 sint number   4 double decimal   5 msg value of many, once for each
/// tags   1 string scope   2 string name, once for each
/// ```
final class SpanValueCodec {
  private static final int BYTES = ProtoReader.BYTES;
  private static final int DOUBLE = ProtoReader.FIXED64;
  private static final int MAX_DEPTH = 100;

  private SpanValueCodec() {}

  static void write(ProtoWriter out, int field, SpanValue value) {
    int mark = out.begin(field);
    write(out, value);
    out.end(mark);
  }

  /// The fields of one.
  static void write(ProtoWriter out, SpanValue value) {
    switch (value) {
      case SpanValue.Text(String text) -> {
        out.varint(1, 1);
        out.string(2, text);
      }
      case SpanValue.Int(long number) -> number(out, 2, number);
      case SpanValue.Decimal(double decimal) -> {
        out.varint(1, 3);
        out.float64(4, decimal);
      }
      case SpanValue.Bool(boolean bool) -> number(out, 4, bool ? 1 : 0);
      case SpanValue.Duration(long nanos) -> number(out, 5, nanos);
      case SpanValue.Status(int code) -> number(out, 6, code);
      case SpanValue.Kind(int code) -> number(out, 7, code);
      case SpanValue.Many(List<SpanValue> values) -> {
        out.varint(1, 8);
        values.forEach(each -> write(out, 5, each));
      }
      case SpanValue.Nil() -> out.varint(1, 9);
    }
  }

  private static void number(ProtoWriter out, int type, long number) {
    out.varint(1, type);
    out.sint(3, number);
  }

  /// Reads the value of a field whose tag was just read.
  static SpanValue readField(ProtoReader in) {
    return readField(in, 0);
  }

  private static SpanValue readField(ProtoReader in, int depth) {
    int outer = in.enter();
    SpanValue value = read(in, depth);
    in.leave(outer);
    return value;
  }

  /// Reads the fields of one, to the end.
  static SpanValue read(ProtoReader in) {
    return read(in, 0);
  }

  private static SpanValue read(ProtoReader in, int depth) {
    if (depth > MAX_DEPTH) {
      throw in.error("a value nests too deep", in.position());
    }
    int type = 0;
    String text = "";
    long number = 0;
    double decimal = 0;
    List<SpanValue> many = new ArrayList<>();
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 1 << 3 -> type = in.varint32();
        case 2 << 3 | BYTES -> text = in.string();
        case 3 << 3 -> number = in.zigzag64();
        case 4 << 3 | DOUBLE -> decimal = in.float64();
        case 5 << 3 | BYTES -> many.add(readField(in, depth + 1));
        default -> in.skip(tag);
      }
    }
    return switch (type) {
      case 1 -> new SpanValue.Text(text);
      case 2 -> new SpanValue.Int(number);
      case 3 -> new SpanValue.Decimal(decimal);
      case 4 -> new SpanValue.Bool(number != 0);
      case 5 -> new SpanValue.Duration(number);
      case 6 -> new SpanValue.Status((int) number);
      case 7 -> new SpanValue.Kind((int) number);
      case 8 -> new SpanValue.Many(many);
      case 9 -> new SpanValue.Nil();
      default -> throw in.error("a value of type " + type, in.position());
    };
  }

  static void write(ProtoWriter out, TracesTags tags) {
    out.string(1, tags.scope().name());
    tags.names().forEach(name -> out.string(2, name));
  }

  static TracesTags readTags(ProtoReader in) {
    String scope = "";
    List<String> names = new ArrayList<>();
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 1 << 3 | BYTES -> scope = in.string();
        case 2 << 3 | BYTES -> names.add(in.string());
        default -> in.skip(tag);
      }
    }
    try {
      return new TracesTags(Scope.valueOf(scope), names);
    } catch (IllegalArgumentException e) {
      throw in.error("no such scope: " + scope, in.position());
    }
  }
}
