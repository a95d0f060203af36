package io.foursight.wire.profiles.pyroscope;

import io.foursight.model.profiles.ProfileType;
import io.foursight.wire.json.JsonBuffer;
import io.foursight.wire.profiles.FlameGraph;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// A flame graph as the JSON of Pyroscope's older API, `/pyroscope/render` and ad hoc profiles:
///
/// ```
/// { version: 1, flamebearer: { names, levels, numTicks, maxSelf },
///   metadata: { format: single | double, spyName, sampleRate, units, name },
///   timeline: null | { startTime, samples, durationDelta, watermarks },
///   groups: null | { value: timeline }, heatmap: null, [ leftTicks, rightTicks ] }
/// ```
///
/// @param name what the flame graph is called
/// @param type of its values
/// @param timelines by the value of the label that they are grouped by
public record Flamebearer(
    FlameGraph graph,
    String name,
    ProfileType type,
    Optional<Timeline> timeline,
    Map<String, Timeline> timelines) {

  /// @param startSeconds of the first sample
  /// @param stepSeconds between samples
  public record Timeline(long startSeconds, long[] samples, long stepSeconds) {}

  public Flamebearer {
    timelines = new LinkedHashMap<>(timelines);
  }

  public static Flamebearer of(FlameGraph graph, ProfileType type) {
    return new Flamebearer(graph, type.sampleType(), type, Optional.empty(), Map.of());
  }

  /// @param diff whether the graph is of two trees
  public byte[] json(boolean diff) {
    var out = new JsonBuffer();
    out.raw("{\"version\":1,\"flamebearer\":{\"names\":[");
    String comma = "";
    for (String one : graph.names()) {
      out.raw(comma).text(one);
      comma = ",";
    }
    out.raw("],\"levels\":[");
    comma = "";
    for (long[] level : graph.levels()) {
      out.raw(comma);
      numbers(out, level);
      comma = ",";
    }
    out.raw("],\"numTicks\":").number(graph.total());
    out.raw(",\"maxSelf\":").number(graph.maxSelf());
    out.raw("},\"metadata\":{\"format\":\"").raw(diff ? "double" : "single");
    out.raw("\",\"spyName\":\"\",\"sampleRate\":").number(sampleRate());
    out.raw(",\"units\":").text(units());
    out.raw(",\"name\":").text(name);
    out.raw("},\"timeline\":");
    timeline.ifPresentOrElse(line -> write(out, line), () -> out.raw("null"));
    out.raw(",\"groups\":");
    if (timelines.isEmpty()) {
      out.raw("null");
    } else {
      out.raw('{');
      String between = "";
      for (var group : timelines.entrySet()) {
        out.raw(between).text(group.getKey()).raw(':');
        write(out, group.getValue());
        between = ",";
      }
      out.raw('}');
    }
    out.raw(",\"heatmap\":null");
    if (diff) {
      out.raw(",\"leftTicks\":").number(graph.leftTotal());
      out.raw(",\"rightTicks\":").number(graph.rightTotal());
    }
    return out.raw("}").toByteArray();
  }

  /// Time on a processor is shown as samples of one nanosecond.
  private long sampleRate() {
    return type.sampleType().equals("cpu") ? 1_000_000_000 : 100;
  }

  private String units() {
    return switch (type.sampleType()) {
      case "inuse_objects", "alloc_objects", "goroutine", "samples" -> "objects";
      case "cpu" -> "samples";
      default -> type.sampleUnit();
    };
  }

  private static void write(JsonBuffer out, Timeline line) {
    out.raw("{\"startTime\":").number(line.startSeconds()).raw(",\"samples\":");
    numbers(out, line.samples());
    out.raw(",\"durationDelta\":").number(line.stepSeconds()).raw(",\"watermarks\":null}");
  }

  private static void numbers(JsonBuffer out, long[] numbers) {
    out.raw('[');
    for (int i = 0; i < numbers.length; i++) {
      if (i > 0) {
        out.raw(',');
      }
      out.number(numbers[i]);
    }
    out.raw(']');
  }
}
