package io.foursight.queryfrontend.traces;

import io.foursight.model.traces.SpanField;
import io.foursight.model.traces.SpanValue;
import io.foursight.model.traces.TracesQueryRunner.Tags;
import io.foursight.model.traces.TracesTags;
import io.foursight.querylanguages.traceql.parse.TraceqlParser;
import io.foursight.wire.traces.tempo.GoTexts;
import io.foursight.wire.traces.tempo.TempoJson.ScopeTags;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/// What is asked about tags, over HTTP and gRPC. Intrinsics are tags too; some have a fixed list of
/// values.
final class TagDesk {
  private static final String INTRINSIC = "intrinsic";
  private static final List<String> INTRINSICS =
      List.of(
          "duration",
          "event:name",
          "event:timeSinceStart",
          "instrumentation:name",
          "instrumentation:version",
          "kind",
          "link:spanID",
          "link:traceID",
          "name",
          "rootName",
          "rootServiceName",
          "span:duration",
          "span:id",
          "span:kind",
          "span:name",
          "span:parentID",
          "span:status",
          "span:statusMessage",
          "status",
          "statusMessage",
          "trace:duration",
          "trace:id",
          "trace:rootName",
          "trace:rootService",
          "traceDuration");

  private final TracesReadDesk desk;

  TagDesk(TracesReadDesk desk) {
    this.desk = desk;
  }

  /// Names without scopes: attributes of one scope or of all, or the intrinsics.
  List<String> namesV1(String scope, Tags tags) {
    var names = new TreeSet<String>();
    for (ScopeTags one : names(scope, tags)) {
      if (!one.scope().equals(INTRINSIC) || scope.equals(INTRINSIC)) {
        names.addAll(one.names());
      }
    }
    return bounded(List.copyOf(names), tags.limit());
  }

  List<ScopeTags> namesV2(String scope, Tags tags) {
    return names(scope, tags);
  }

  private List<ScopeTags> names(String scope, Tags tags) {
    Optional<SpanField.Scope> only = scope(scope);
    var all = new ArrayList<ScopeTags>();
    if (!scope.equals(INTRINSIC)) {
      List<TracesTags> found =
          desk.run(
              tags.tenants(),
              tags.budget(),
              desk.metrics().metadata,
              tags.query(),
              runner -> runner.tagNames(tags));
      for (TracesTags one : found) {
        if ((only.isEmpty() || only.get() == one.scope()) && !one.names().isEmpty()) {
          all.add(new ScopeTags(ScopeTags.name(one.scope()), bounded(one.names(), tags.limit())));
        }
      }
    }
    if (only.isEmpty()) {
      all.add(new ScopeTags(INTRINSIC, bounded(INTRINSICS, tags.limit())));
    }
    return all;
  }

  /// Empty for all scopes and for the intrinsics.
  private static Optional<SpanField.Scope> scope(String name) {
    if (name.isEmpty() || name.equals("none") || name.equals(INTRINSIC)) {
      return Optional.empty();
    }
    return Optional.of(
        Arrays.stream(SpanField.Scope.values())
            .filter(scope -> ScopeTags.name(scope).equals(name))
            .findFirst()
            .orElseThrow(() ->
                TracesParameters.invalid(
                    "scope",
                    name,
                    "one of span, resource, event, link, instrumentation, intrinsic")));
  }

  private static <T> List<T> bounded(List<T> all, int limit) {
    return limit > 0 && all.size() > limit ? all.subList(0, limit) : all;
  }

  /// Values as texts; the name has no scope.
  List<String> valuesV1(String tag, Tags tags) {
    String identifier =
        switch (tag) {
          case "root.name" -> "rootName";
          case "root.service.name" -> "rootServiceName";
          case "status.code" -> "status";
          default ->
              INTRINSICS.contains(tag) && tag.indexOf(':') < 0
                  ? tag
                  : "." + LegacySearch.quotedName(tag);
        };
    var values = new TreeSet<String>();
    values(identifier, tags).forEach(value -> values.add(GoTexts.of(value)));
    return bounded(List.copyOf(values), tags.limit());
  }

  /// @param identifier as TraceQL writes it
  List<SpanValue> valuesV2(String identifier, Tags tags) {
    TraceqlParser.parseIdentifier(identifier);
    var values = new ArrayList<>(values(identifier, tags));
    values.sort(Comparator.comparing(GoTexts::of));
    return bounded(values, tags.limit());
  }

  private List<SpanValue> values(String identifier, Tags tags) {
    return switch (identifier) {
      case "status", "span:status" ->
          List.of(new SpanValue.Status(2), new SpanValue.Status(1), new SpanValue.Status(0));
      case "kind", "span:kind" -> kinds();
      case "duration", "span:duration", "traceDuration", "trace:duration" -> List.of();
      default ->
          desk.run(
              tags.tenants(),
              tags.budget(),
              desk.metrics().metadata,
              identifier,
              runner -> runner.tagValues(identifier, tags));
    };
  }

  private static List<SpanValue> kinds() {
    var kinds = new ArrayList<SpanValue>();
    for (int code = 0; code <= 5; code++) {
      kinds.add(new SpanValue.Kind(code));
    }
    return kinds;
  }
}
