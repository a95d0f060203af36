package io.foursight.storage.traces.block.v1;

import io.foursight.model.TextMatcher;
import io.foursight.model.traces.SpanField;
import io.foursight.model.traces.SpanFilter;
import io.foursight.model.traces.SpanValue;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.Span;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/// What a block should answer, told by the generated classes.
final class NaiveSpans {
  /// Stands for what cannot be compared.
  static final SpanValue OTHER = new SpanValue.Nil();

  private NaiveSpans() {}

  static List<SpanValue> values(RandomSpans.Sent sent, SpanField field) {
    var values = new ArrayList<SpanValue>();
    Span span = sent.span();
    switch (field) {
      case SpanField.Attribute attribute -> {
        switch (attribute.scope()) {
          case SPAN -> first(span.getAttributesList(), attribute.name(), values);
          case RESOURCE -> first(resource(sent).getAttributesList(), attribute.name(), values);
          case INSTRUMENTATION -> first(scope(sent).getAttributesList(), attribute.name(), values);
          case EVENT ->
              span.getEventsList()
                  .forEach(e -> all(e.getAttributesList(), attribute.name(), values));
          case LINK ->
              span.getLinksList()
                  .forEach(l -> all(l.getAttributesList(), attribute.name(), values));
        }
      }
      case SpanField.Intrinsic intrinsic -> {
        switch (intrinsic) {
          case NAME -> values.add(new SpanValue.Text(span.getName()));
          case STATUS_MESSAGE -> text(span.getStatus().getMessage(), values);
          case TRACE_STATE -> text(span.getTraceState(), values);
          case EVENT_NAME ->
              span.getEventsList().forEach(e -> values.add(new SpanValue.Text(e.getName())));
          case EVENT_TIME_SINCE_START ->
              span.getEventsList()
                  .forEach(e ->
                      values.add(
                          new SpanValue.Duration(
                              e.getTimeUnixNano() - span.getStartTimeUnixNano())));
          case LINK_TRACE_ID ->
              span.getLinksList().forEach(l -> hex(l.getTraceId().toByteArray(), values));
          case LINK_SPAN_ID ->
              span.getLinksList().forEach(l -> hex(l.getSpanId().toByteArray(), values));
          case INSTRUMENTATION_NAME -> text(scope(sent).getName(), values);
          case INSTRUMENTATION_VERSION -> text(scope(sent).getVersion(), values);
        }
      }
    }
    return values;
  }

  private static Resource resource(RandomSpans.Sent sent) {
    try {
      return Resource.parseFrom(sent.origin().resource());
    } catch (com.google.protobuf.InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  private static InstrumentationScope scope(RandomSpans.Sent sent) {
    try {
      return InstrumentationScope.parseFrom(sent.origin().scope());
    } catch (com.google.protobuf.InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  private static void hex(byte[] id, List<SpanValue> values) {
    values.add(new SpanValue.Text(HexFormat.of().formatHex(id)));
  }

  private static void text(String text, List<SpanValue> values) {
    if (!text.isEmpty()) {
      values.add(new SpanValue.Text(text));
    }
  }

  private static void first(List<KeyValue> attributes, String key, List<SpanValue> values) {
    attributes.stream()
        .filter(a -> a.getKey().equals(key))
        .findFirst()
        .ifPresent(a -> add(a.getValue(), true, values));
  }

  private static void all(List<KeyValue> attributes, String key, List<SpanValue> values) {
    attributes.stream()
        .filter(a -> a.getKey().equals(key))
        .forEach(a -> add(a.getValue(), true, values));
  }

  private static void add(AnyValue value, boolean arrays, List<SpanValue> values) {
    switch (value.getValueCase()) {
      case STRING_VALUE -> values.add(new SpanValue.Text(value.getStringValue()));
      case INT_VALUE -> values.add(new SpanValue.Int(value.getIntValue()));
      case DOUBLE_VALUE -> values.add(new SpanValue.Decimal(value.getDoubleValue()));
      case BOOL_VALUE -> values.add(new SpanValue.Bool(value.getBoolValue()));
      case ARRAY_VALUE -> {
        if (arrays) {
          value.getArrayValue().getValuesList().forEach(v -> add(v, false, values));
        } else {
          values.add(OTHER);
        }
      }
      default -> values.add(OTHER);
    }
  }

  /// Such an attribute is there, without any value.
  private static boolean hasEmptyArray(RandomSpans.Sent sent, SpanField field) {
    if (!(field instanceof SpanField.Attribute attribute)) {
      return false;
    }
    var all = new ArrayList<KeyValue>();
    switch (attribute.scope()) {
      case SPAN -> all.addAll(sent.span().getAttributesList());
      case RESOURCE -> all.addAll(resource(sent).getAttributesList());
      case INSTRUMENTATION -> all.addAll(scope(sent).getAttributesList());
      case EVENT -> sent.span().getEventsList().forEach(e -> all.addAll(e.getAttributesList()));
      case LINK -> sent.span().getLinksList().forEach(l -> all.addAll(l.getAttributesList()));
    }
    return all.stream().anyMatch(a -> a.getKey().equals(attribute.name()));
  }

  static boolean passes(RandomSpans.Sent sent, SpanFilter filter) {
    Span span = sent.span();
    return switch (filter) {
      case SpanFilter.And and -> and.terms().stream().allMatch(term -> passes(sent, term));
      case SpanFilter.Or or -> or.terms().stream().anyMatch(term -> passes(sent, term));
      case SpanFilter.Exists exists ->
          !values(sent, exists.field()).isEmpty() || hasEmptyArray(sent, exists.field());
      case SpanFilter.TextTest test ->
          values(sent, test.field()).stream()
              .anyMatch(
                  v -> v instanceof SpanValue.Text text && test.matcher().matches(text.value()));
      case SpanFilter.NumberRange range ->
          values(sent, range.field()).stream()
              .anyMatch(v ->
                  switch (v) {
                    case SpanValue.Int i -> i.value() >= range.low() && i.value() <= range.high();
                    case SpanValue.Decimal d ->
                        d.value() >= range.low() && d.value() <= range.high();
                    case SpanValue.Duration d ->
                        d.nanos() >= range.low() && d.nanos() <= range.high();
                    default -> false;
                  });
      case SpanFilter.BoolTest test ->
          values(sent, test.field()).contains(new SpanValue.Bool(test.value()));
      case SpanFilter.DurationRange range -> {
        long duration = Math.max(0, span.getEndTimeUnixNano() - span.getStartTimeUnixNano());
        yield duration >= range.lowNanos() && duration <= range.highNanos();
      }
      case SpanFilter.KindIn in ->
          span.getKindValue() > 31 || (in.kinds() >> span.getKindValue() & 1) != 0;
      case SpanFilter.StatusIn in -> (in.statuses() >> span.getStatus().getCodeValue() & 1) != 0;
      case SpanFilter.Root _ ->
          span.getParentSpanId().isEmpty()
              || span.getParentSpanId()
                  .equals(com.google.protobuf.ByteString.copyFrom(new byte[8]));
    };
  }

  /// Equal to one of some texts, which an index may look up.
  static TextMatcher in(String... texts) {
    var all = java.util.Set.of(texts);
    return new TextMatcher() {
      @Override
      public boolean matches(String text) {
        return all.contains(text);
      }

      @Override
      public java.util.Optional<java.util.Set<String>> literals() {
        return java.util.Optional.of(all);
      }
    };
  }
}
