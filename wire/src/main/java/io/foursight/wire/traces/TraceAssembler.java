package io.foursight.wire.traces;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.foursight.model.FoursightException;
import io.foursight.wire.protobuf.ProtoReader;
import io.foursight.wire.protobuf.ProtoWriter;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.Span;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/// Puts the pieces of a trace together: OTLP `TracesData` messages in, one out. Equal resources and
/// scopes become one. A span that several pieces hold comes once; what is equal is told by meaning
/// (the order of fields and of attributes does not count), because a piece may be as it was
/// received or rebuilt from columns. Spans that only share their id are kept.
///
/// Owned by one thread. Errors: `CORRUPT` for a piece that is no such message.
public final class TraceAssembler {
  private static final int BYTES_1 = ProtoReader.tagOf(1, ProtoReader.BYTES);
  private static final int BYTES_2 = ProtoReader.tagOf(2, ProtoReader.BYTES);
  private static final int BYTES_3 = ProtoReader.tagOf(3, ProtoReader.BYTES);
  private static final int INT_6 = ProtoReader.tagOf(6, ProtoReader.VARINT);
  private static final int FIXED_7 = ProtoReader.tagOf(7, ProtoReader.FIXED64);
  private static final int FIXED_8 = ProtoReader.tagOf(8, ProtoReader.FIXED64);

  /// A resource or a scope with the URL of its schema.
  private record Owner(ByteString message, ByteString schema) {}

  /// What copies of a span surely share.
  private record Sketch(ByteString id, long kind, long startNanos, long endNanos) {}

  private record Known(ByteString span, Owner resource, Owner scope) {}

  private final Map<Owner, Map<Owner, List<ByteString>>> spans = new LinkedHashMap<>();
  private final Map<Sketch, List<Known>> known = new HashMap<>();
  private long bytes;
  private int count;

  /// Adds the spans of a piece that are not there yet.
  public void add(byte[] tracesData) {
    add(tracesData, span -> true);
  }

  /// @param wanted of the spans only those whose id passes
  public void add(byte[] tracesData, Predicate<Long> wanted) {
    try {
      var in = new ProtoReader(tracesData);
      for (int tag = in.tag(); tag != 0; tag = in.tag()) {
        if (tag == BYTES_1) {
          int outer = in.enter();
          resourceSpans(in, wanted);
          in.leave(outer);
        } else {
          in.skip(tag);
        }
      }
    } catch (FoursightException e) {
      throw FoursightException.corrupt("a piece of a trace is not readable: " + e.getMessage());
    }
  }

  private void resourceSpans(ProtoReader in, Predicate<Long> wanted) {
    int start = in.position();
    Owner resource = owner(in);
    in.position(start);
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      if (tag != BYTES_2) {
        in.skip(tag);
        continue;
      }
      int outer = in.enter();
      int scopeStart = in.position();
      Owner scope = owner(in);
      in.position(scopeStart);
      for (int t = in.tag(); t != 0; t = in.tag()) {
        if (t == BYTES_2) {
          int around = in.enter();
          span(in, resource, scope, wanted);
          in.leave(around);
        } else {
          in.skip(t);
        }
      }
      in.leave(outer);
    }
  }

  /// The fields 1 and 3 of `ResourceSpans` or `ScopeSpans`; reads to the end.
  private static Owner owner(ProtoReader in) {
    ByteString message = ByteString.EMPTY;
    ByteString schema = ByteString.EMPTY;
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      if (tag == BYTES_1) {
        message = slice(in);
      } else if (tag == BYTES_3) {
        schema = slice(in);
      } else {
        in.skip(tag);
      }
    }
    return new Owner(message, schema);
  }

  private static ByteString slice(ProtoReader in) {
    int n = in.length();
    ByteString slice = ByteString.copyFrom(in.array(), in.position(), n);
    in.position(in.position() + n);
    return slice;
  }

  private void span(ProtoReader in, Owner resource, Owner scope, Predicate<Long> wanted) {
    ByteString whole = ByteString.copyFrom(in.array(), in.position(), in.limit() - in.position());
    ByteString id = ByteString.EMPTY;
    long kind = 0;
    long startNanos = 0;
    long endNanos = 0;
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      if (tag == BYTES_2) {
        id = slice(in);
      } else if (tag == INT_6) {
        kind = in.varint();
      } else if (tag == FIXED_7) {
        startNanos = in.fixed64();
      } else if (tag == FIXED_8) {
        endNanos = in.fixed64();
      } else {
        in.skip(tag);
      }
    }
    if (id.size() == 8 && !wanted.test(id.asReadOnlyByteBuffer().getLong())) {
      return;
    }
    List<Known> alike =
        known.computeIfAbsent(new Sketch(id, kind, startNanos, endNanos), s -> new ArrayList<>(1));
    for (Known other : alike) {
      if (equal(other, whole, resource, scope)) {
        return;
      }
    }
    alike.add(new Known(whole, resource, scope));
    spans
        .computeIfAbsent(resource, r -> new LinkedHashMap<>())
        .computeIfAbsent(scope, s -> new ArrayList<>())
        .add(whole);
    bytes += whole.size();
    count++;
  }

  private static boolean equal(Known other, ByteString span, Owner resource, Owner scope) {
    if (other.span().equals(span)
        && other.resource().equals(resource)
        && other.scope().equals(scope)) {
      return true;
    }
    try {
      return normalised(Span.parseFrom(other.span())).equals(normalised(Span.parseFrom(span)))
          && other.resource().schema().equals(resource.schema())
          && other.scope().schema().equals(scope.schema())
          && resource(other.resource().message()).equals(resource(resource.message()))
          && scope(other.scope().message()).equals(scope(scope.message()));
    } catch (InvalidProtocolBufferException e) {
      return false;
    }
  }

  private static Resource resource(ByteString message) throws InvalidProtocolBufferException {
    Resource resource = Resource.parseFrom(message);
    return resource.toBuilder()
        .clearAttributes()
        .addAllAttributes(sorted(resource.getAttributesList()))
        .build();
  }

  private static InstrumentationScope scope(ByteString message)
      throws InvalidProtocolBufferException {
    InstrumentationScope scope = InstrumentationScope.parseFrom(message);
    return scope.toBuilder()
        .clearAttributes()
        .addAllAttributes(sorted(scope.getAttributesList()))
        .build();
  }

  /// A span with its attributes in the order of their keys.
  static Span normalised(Span span) {
    Span.Builder copy = span.toBuilder();
    copy.clearAttributes().addAllAttributes(sorted(span.getAttributesList()));
    for (Span.Event.Builder event : copy.getEventsBuilderList()) {
      List<KeyValue> attributes = sorted(event.getAttributesList());
      event.clearAttributes().addAllAttributes(attributes);
    }
    for (Span.Link.Builder link : copy.getLinksBuilderList()) {
      List<KeyValue> attributes = sorted(link.getAttributesList());
      link.clearAttributes().addAllAttributes(attributes);
    }
    if (span.hasStatus() && span.getStatus().getSerializedSize() == 0) {
      copy.clearStatus();
    }
    return copy.build();
  }

  private static List<KeyValue> sorted(List<KeyValue> attributes) {
    var copy = new ArrayList<>(attributes);
    copy.sort(Comparator.comparing(KeyValue::getKey));
    return copy;
  }

  /// Bytes of the spans so far.
  public long bytes() {
    return bytes;
  }

  public int spanCount() {
    return count;
  }

  /// All as one `TracesData`, resources, scopes and spans in the order in which they came.
  public byte[] tracesData() {
    var out = new ProtoWriter((int) Math.min(1 << 28, bytes + bytes / 4 + 256));
    spans.forEach((resource, scopes) -> {
      int r = out.begin(1);
      part(out, 1, resource.message());
      scopes.forEach((scope, list) -> {
        int s = out.begin(2);
        part(out, 1, scope.message());
        list.forEach(span -> out.bytes(2, span.toByteArray()));
        part(out, 3, scope.schema());
        out.end(s);
      });
      part(out, 3, resource.schema());
      out.end(r);
    });
    return out.toByteArray();
  }

  private static void part(ProtoWriter out, int field, ByteString message) {
    if (!message.isEmpty()) {
      out.bytes(field, message.toByteArray());
    }
  }
}
