package io.foursight.integration;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Prometheus's published test scripts (`DIR/promql/*.test`, DIR being `-Dconformance.dir`) as
/// remote writes and queries over HTTP. Only what the scripts load and ask is taken, not what they
/// expect: that the language is right is the matter of the module that has it. Parts of scripts
/// that load histograms or start timestamps are left out.
final class ConformanceScripts {
  private static final Pattern INSTANT =
      Pattern.compile("eval(?:_\\w+)?\\s+instant\\s+(?:at\\s+(\\S+)\\s+)?(.*)");
  private static final Pattern RANGE =
      Pattern.compile(
          "eval(?:_\\w+)?\\s+range\\s+from\\s+(\\S+)\\s+to\\s+(\\S+)\\s+step\\s+(\\S+?)\\s+(.*)");
  private static final Pattern SERIES = Pattern.compile("([^\\s{]*)(?:\\{(.*?)})?\\s+(.*)");
  private static final Pattern LABEL = Pattern.compile("\\s*([^=\\s]+)\\s*=\\s*\"([^\"]*)\"\\s*,?");
  private static final Pattern VALUE =
      Pattern.compile(
          "(_|stale|[+-]?NUMBER|[+-]?[Ii]nf|NaN)(?:([+-]NUMBER))?(?:x(\\d+))?"
              .replace("NUMBER", "(?:\\d+(?:\\.\\d+)?|\\.\\d+)(?:[eE][+-]?\\d+)?"));
  private static final Pattern DURATION = Pattern.compile("(\\d+)(ms|s|m|h|d)");
  private static final double STALE = Double.longBitsToDouble(0x7ff0000000000002L);

  /// What a script does with an empty store.
  record Part(String name, List<Step> steps) {
    long questions() {
      return steps.stream().filter(Question.class::isInstance).count();
    }
  }

  sealed interface Step {}

  /// @param body a remote write request
  record Load(byte[] body) implements Step {}

  /// @param step in seconds, 0 = an instant query at `start`
  record Question(String query, double start, double end, double step) implements Step {
    PrometheusApi.Answer ask(PrometheusApi api) throws IOException, InterruptedException {
      return step == 0 ? api.query(query, start) : api.queryRange(query, start, end, step);
    }
  }

  private ConformanceScripts() {}

  static Optional<Path> directory() {
    Path scripts =
        Path.of(System.getProperty("conformance.dir", "../../shared/conformance"), "promql");
    return Files.isDirectory(scripts) ? Optional.of(scripts) : Optional.empty();
  }

  static List<Part> parts(Path directory) throws IOException {
    var parts = new ArrayList<Part>();
    List<Path> files;
    try (var listing = Files.list(directory)) {
      files = listing.filter(f -> f.toString().endsWith(".test")).sorted().toList();
    }
    for (Path file : files) {
      int number = 0;
      for (String part : Files.readString(file).split("(?m)^\\s*clear\\s*$")) {
        String name = file.getFileName().toString().replace(".test", "") + "-" + number++;
        if (part.contains("load_with_nhcb") || part.contains("{{") || part.contains("@st")) {
          continue;
        }
        List<Step> steps = steps(part);
        if (steps.stream().anyMatch(Question.class::isInstance)) {
          parts.add(new Part(name, steps));
        }
      }
    }
    return parts;
  }

  private static List<Step> steps(String part) throws IOException {
    var steps = new ArrayList<Step>();
    String[] lines = part.split("\n");
    for (int i = 0; i < lines.length; i++) {
      String line = lines[i].strip();
      Matcher instant = INSTANT.matcher(line);
      Matcher range = RANGE.matcher(line);
      if (line.startsWith("load")) {
        long step = millis(line.split("\\s+")[1]);
        var request = new WriteRequest();
        while (i + 1 < lines.length && !lines[i + 1].isBlank()) {
          String series = lines[++i].strip();
          if (!series.startsWith("#")) {
            load(request, series, step);
          }
        }
        steps.add(new Load(request.snappy()));
      } else if (range.matches()) {
        steps.add(
            new Question(
                range.group(4),
                millis(range.group(1)) / 1000.0,
                millis(range.group(2)) / 1000.0,
                millis(range.group(3)) / 1000.0));
      } else if (instant.matches()) {
        String at = instant.group(1) == null ? "0" : instant.group(1);
        steps.add(new Question(instant.group(2), millis(at) / 1000.0, 0, 0));
      }
    }
    return steps;
  }

  private static void load(WriteRequest request, String line, long step) {
    Matcher series = SERIES.matcher(line);
    if (!series.matches()) {
      throw new IllegalArgumentException(line);
    }
    Map<String, String> labels = new LinkedHashMap<>();
    if (!series.group(1).isEmpty()) {
      labels.put("__name__", series.group(1));
    }
    Matcher label = LABEL.matcher(series.group(2) == null ? "" : series.group(2));
    while (label.find()) {
      labels.put(label.group(1).replace("\"", ""), label.group(2));
    }
    labels.values().removeIf(String::isEmpty);
    var timestamps = new ArrayList<Long>();
    var values = new ArrayList<Double>();
    int row = 0;
    for (String token : series.group(3).split("\\s+")) {
      Matcher m = VALUE.matcher(token);
      if (!m.matches()) {
        throw new IllegalArgumentException(token + " in " + line);
      }
      double delta = m.group(2) == null ? 0 : Double.parseDouble(m.group(2));
      // "1x2" is three times 1, "_x2" is a gap of two.
      boolean gap = m.group(1).equals("_");
      int times = m.group(3) == null ? 1 : Integer.parseInt(m.group(3)) + (gap ? 0 : 1);
      double value = gap ? 0 : value(m.group(1));
      for (int i = 0; i < times; i++, row++) {
        if (!gap) {
          timestamps.add(row * step);
          values.add(value);
          value += delta;
        }
      }
    }
    request.series(
        labels,
        timestamps.stream().mapToLong(Long::longValue).toArray(),
        values.stream().mapToDouble(Double::doubleValue).toArray());
  }

  private static double value(String text) {
    return switch (text) {
      case "stale" -> STALE;
      case "Inf", "inf", "+Inf" -> Double.POSITIVE_INFINITY;
      case "-Inf" -> Double.NEGATIVE_INFINITY;
      default -> Double.parseDouble(text);
    };
  }

  /// `1h30m`, or seconds.
  private static long millis(String text) {
    if (text.matches("-?[0-9.]+")) {
      return Math.round(Double.parseDouble(text) * 1000);
    }
    long sum = 0;
    Matcher m = DURATION.matcher(text);
    while (m.find()) {
      long unit =
          switch (m.group(2)) {
            case "ms" -> 1;
            case "s" -> 1000;
            case "m" -> 60_000;
            case "h" -> 3_600_000;
            default -> 86_400_000;
          };
      sum += Long.parseLong(m.group(1)) * unit;
    }
    return text.startsWith("-") ? -sum : sum;
  }
}
