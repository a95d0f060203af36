package io.foursight.querylanguages.traceql.plan;

import io.foursight.model.traces.SpanField;
import io.foursight.querylanguages.traceql.ast.FieldExpr;
import io.foursight.querylanguages.traceql.ast.Intrinsic;
import java.util.List;
import java.util.Optional;

/// What fields of the language are to Sources.
public final class StoredFields {
  private StoredFields() {}

  /// Where to look, in this order; none for what is not a column.
  public static List<SpanField> of(FieldExpr.Field field) {
    return switch (field) {
      case FieldExpr.Attribute a ->
          a.scope() == FieldExpr.Scope.NONE
              ? List.of(
                  new SpanField.Attribute(SpanField.Scope.SPAN, a.name()),
                  new SpanField.Attribute(SpanField.Scope.RESOURCE, a.name()))
              : List.of(new SpanField.Attribute(a.scope().stored(), a.name()));
      case FieldExpr.IntrinsicField f ->
          of(f.intrinsic()).map(List::<SpanField>of).orElse(List.of());
    };
  }

  public static Optional<SpanField.Intrinsic> of(Intrinsic intrinsic) {
    return switch (intrinsic) {
      case NAME -> Optional.of(SpanField.Intrinsic.NAME);
      case STATUS_MESSAGE -> Optional.of(SpanField.Intrinsic.STATUS_MESSAGE);
      case EVENT_NAME -> Optional.of(SpanField.Intrinsic.EVENT_NAME);
      case EVENT_TIME_SINCE_START -> Optional.of(SpanField.Intrinsic.EVENT_TIME_SINCE_START);
      case LINK_TRACE_ID -> Optional.of(SpanField.Intrinsic.LINK_TRACE_ID);
      case LINK_SPAN_ID -> Optional.of(SpanField.Intrinsic.LINK_SPAN_ID);
      case INSTRUMENTATION_NAME -> Optional.of(SpanField.Intrinsic.INSTRUMENTATION_NAME);
      case INSTRUMENTATION_VERSION -> Optional.of(SpanField.Intrinsic.INSTRUMENTATION_VERSION);
      case DURATION,
          STATUS,
          KIND,
          SPAN_ID,
          PARENT_ID,
          CHILD_COUNT,
          ROOT_NAME,
          ROOT_SERVICE,
          TRACE_DURATION,
          TRACE_ID,
          NESTED_SET_LEFT,
          NESTED_SET_RIGHT,
          NESTED_SET_PARENT,
          PARENT ->
          Optional.empty();
    };
  }
}
