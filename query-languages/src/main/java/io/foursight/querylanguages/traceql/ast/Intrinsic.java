package io.foursight.querylanguages.traceql.ast;

import java.util.Optional;

/// What TraceQL knows of a span beside its attributes.
public enum Intrinsic {
  DURATION("duration", "span", "duration", Type.DURATION),
  NAME("name", "span", "name", Type.TEXT),
  STATUS("status", "span", "status", Type.STATUS),
  STATUS_MESSAGE("statusMessage", "span", "statusMessage", Type.TEXT),
  KIND("kind", "span", "kind", Type.KIND),
  SPAN_ID("", "span", "id", Type.TEXT),
  PARENT_ID("", "span", "parentID", Type.TEXT),
  CHILD_COUNT("", "span", "childCount", Type.INT),
  ROOT_NAME("rootName", "trace", "rootName", Type.TEXT),
  ROOT_SERVICE("rootServiceName", "trace", "rootService", Type.TEXT),
  TRACE_DURATION("traceDuration", "trace", "duration", Type.DURATION),
  TRACE_ID("", "trace", "id", Type.TEXT),
  NESTED_SET_LEFT("nestedSetLeft", "", "", Type.INT),
  NESTED_SET_RIGHT("nestedSetRight", "", "", Type.INT),
  NESTED_SET_PARENT("nestedSetParent", "", "", Type.INT),
  /// Parses and is refused, as upstream does.
  PARENT("parent", "", "", Type.NIL),
  EVENT_NAME("", "event", "name", Type.TEXT),
  EVENT_TIME_SINCE_START("", "event", "timeSinceStart", Type.DURATION),
  LINK_TRACE_ID("", "link", "traceID", Type.TEXT),
  LINK_SPAN_ID("", "link", "spanID", Type.TEXT),
  /// Upstream knows no type of the instrumentation's and lets them pass where a truth value must
  /// stand; they are never true.
  INSTRUMENTATION_NAME("", "instrumentation", "name", Type.ANY),
  INSTRUMENTATION_VERSION("", "instrumentation", "version", Type.ANY);

  private final String bare;
  private final String scope;
  private final String member;
  private final Type type;

  Intrinsic(String bare, String scope, String member, Type type) {
    this.bare = bare;
    this.scope = scope;
    this.member = member;
    this.type = type;
  }

  public Type type() {
    return type;
  }

  /// The one that is spelled without scope.
  public static Optional<Intrinsic> bare(String word) {
    for (Intrinsic each : values()) {
      if (!word.isEmpty() && each.bare.equals(word)) {
        return Optional.of(each);
      }
    }
    return Optional.empty();
  }

  /// The one that is spelled `scope:member`.
  public static Optional<Intrinsic> scoped(String scope, String member) {
    for (Intrinsic each : values()) {
      if (!scope.isEmpty() && each.scope.equals(scope) && each.member.equals(member)) {
        return Optional.of(each);
      }
    }
    return Optional.empty();
  }

  /// The spelling without scope; empty when there is none.
  public String bareText() {
    return bare;
  }

  /// The spelling `scope:member`; empty when there is none.
  public String scopedText() {
    return scope.isEmpty() ? "" : scope + ":" + member;
  }

  /// What the texts in brackets say: the shortest spelling.
  public String text() {
    return bare.isEmpty() ? scopedText() : bare;
  }

  /// Whether a span has one for each of its events or links.
  public boolean isMany() {
    return scope.equals("event") || scope.equals("link");
  }
}
