package io.foursight.wire.profiles;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.foursight.model.FoursightException;
import io.foursight.model.profiles.SymbolsInterner;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;

/// Reads a speedscope file ([schema](https://www.speedscope.app/file-format-schema.json)): named
/// frames once, and profiles that are either samples with weights or events that open and close
/// frames. Values of time become nanoseconds, those without a unit as many periods, bytes bytes.
/// Profiles of the same name, type, unit and start are one. Owned by one thread.
final class SpeedscopeDecoder {
  static final String SCHEMA = "https://www.speedscope.app/file-format-schema.json";

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder().maxNestingDepth(32).maxStringLength(1 << 20).build())
          .build();

  /// The stacks of one profile of the file.
  record Part(String name, String unit, StackSums sums) {
    boolean isTime() {
      return unit.endsWith("seconds");
    }
  }

  private record Key(String name, String type, String unit, double start) {}

  /// A profile as it is written; frames are looked up when all is read, since they may come last.
  private static final class Raw {
    String name = "";
    String type = "";
    String unit = "none";
    double start;
    double end;

    /// Sampled: the frames of all samples, and where each ends.
    int[] frames = new int[64];

    int frameCount;
    int[] sampleEnds = new int[64];
    int samples;
    double[] weights = new double[64];
    int weightCount;

    /// Evented: open (1) or close (0), frame, time.
    int[] events = new int[64];

    double[] times = new double[32];
    int eventCount;
  }

  private final NamedFrames frames;
  private final double periodNanos;
  private final List<String> names = new ArrayList<>();
  private JsonParser in;

  /// @param periodNanos what a value without a unit stands for
  SpeedscopeDecoder(SymbolsInterner symbols, PprofLimits limits, double periodNanos) {
    this.frames = new NamedFrames(symbols, limits);
    this.periodNanos = periodNanos;
  }

  /// @throws FoursightException `BAD_DATA`, `TOO_LARGE`
  List<Part> decode(byte[] json) {
    List<Raw> profiles;
    try (JsonParser parser = JSON.createParser(json)) {
      in = parser;
      profiles = file();
      if (parser.nextToken() != null) {
        throw bad("something behind the object");
      }
    } catch (IOException e) {
      throw PprofFile.bad(
          "speedscope: " + String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
    }
    var parts = new LinkedHashMap<Key, Part>();
    for (Raw raw : profiles) {
      Part part =
          parts.computeIfAbsent(
              new Key(raw.name, raw.type, raw.unit, raw.start),
              key -> new Part(raw.name, raw.unit, new StackSums()));
      double factor = factor(raw.unit);
      switch (raw.type) {
        case "sampled" -> sampled(raw, factor, part.sums());
        case "evented" -> evented(raw, factor, part.sums());
        default ->
            throw PprofFile.bad("speedscope: a profile of the type \"" + cut(raw.type) + "\"");
      }
    }
    return List.copyOf(parts.values());
  }

  private double factor(String unit) {
    return switch (unit) {
      case "nanoseconds", "bytes" -> 1;
      case "microseconds" -> 1e3;
      case "milliseconds" -> 1e6;
      case "seconds" -> 1e9;
      case "none" -> periodNanos;
      default -> throw PprofFile.bad("speedscope: unknown unit \"" + cut(unit) + "\"");
    };
  }

  private void sampled(Raw raw, double factor, StackSums sums) {
    if (raw.samples != raw.weightCount) {
      throw PprofFile.bad(
          "speedscope: " + raw.samples + " samples with " + raw.weightCount + " weights");
    }
    int at = 0;
    for (int s = 0; s < raw.samples; s++) {
      int stack = -1;
      for (int depth = 0; at < raw.sampleEnds[s]; at++, depth++) {
        stack = frames.below(stack, depth, name(raw.frames[at]));
      }
      if (!(raw.weights[s] >= 0)) {
        throw PprofFile.bad("speedscope: a weight of " + raw.weights[s]);
      }
      add(sums, stack, raw.weights[s] * factor);
    }
  }

  private void evented(Raw raw, double factor, StackSums sums) {
    var open = new int[64];
    var stacks = new int[65];
    stacks[0] = -1;
    int depth = 0;
    double last = raw.start;
    for (int e = 0; e < raw.eventCount; e++) {
      double time = raw.times[e];
      int frame = raw.events[2 * e + 1];
      if (!(time >= last)) {
        throw PprofFile.bad("speedscope: events out of order, " + time + " < " + last);
      }
      add(sums, stacks[depth], (time - last) * factor);
      last = time;
      if (raw.events[2 * e] == 1) {
        if (depth == open.length) {
          open = Arrays.copyOf(open, 2 * depth);
          stacks = Arrays.copyOf(stacks, 2 * depth + 1);
        }
        open[depth] = frame;
        stacks[depth + 1] = frames.below(stacks[depth], depth, name(frame));
        depth++;
      } else if (depth == 0 || open[depth - 1] != frame) {
        throw PprofFile.bad(
            "speedscope: at " + time + " frame " + frame + " is closed, which is not the open one");
      } else {
        depth--;
      }
    }
    if (raw.end > last) {
      add(sums, stacks[depth], (raw.end - last) * factor);
    }
  }

  private void add(StackSums sums, int stack, double value) {
    if (value >= 0x1p63) {
      throw PprofFile.bad("speedscope: the value " + value + " is too large");
    }
    long whole = Math.round(value);
    if (stack >= 0 && whole > 0) {
      sums.add(stack, whole);
      frames.checkSamples(sums.size());
    }
  }

  private String name(int frame) {
    if (frame < 0 || frame >= names.size()) {
      throw PprofFile.bad("speedscope: frame " + frame + " of " + names.size());
    }
    return names.get(frame);
  }

  // --- JSON

  private List<Raw> file() throws IOException {
    var profiles = new ArrayList<Raw>();
    String schema = "";
    expect(in.nextToken(), JsonToken.START_OBJECT);
    while (in.nextToken() != JsonToken.END_OBJECT) {
      String field = in.currentName();
      JsonToken value = in.nextToken();
      switch (field) {
        case "$schema" -> schema = text();
        case "shared" -> {
          expect(value, JsonToken.START_OBJECT);
          while (in.nextToken() != JsonToken.END_OBJECT) {
            String inner = in.currentName();
            in.nextToken();
            if (inner.equals("frames")) {
              frameNames();
            } else {
              in.skipChildren();
            }
          }
        }
        case "profiles" -> {
          expect(value, JsonToken.START_ARRAY);
          while (in.nextToken() != JsonToken.END_ARRAY) {
            profiles.add(profile());
          }
        }
        default -> in.skipChildren();
      }
    }
    if (!schema.equals(SCHEMA)) {
      throw PprofFile.bad("speedscope: unknown schema \"" + cut(schema) + "\"");
    }
    return profiles;
  }

  private void frameNames() throws IOException {
    expect(in.currentToken(), JsonToken.START_ARRAY);
    while (in.nextToken() != JsonToken.END_ARRAY) {
      expect(in.currentToken(), JsonToken.START_OBJECT);
      String name = "";
      while (in.nextToken() != JsonToken.END_OBJECT) {
        String field = in.currentName();
        in.nextToken();
        if (field.equals("name")) {
          name = text();
        } else {
          in.skipChildren();
        }
      }
      names.add(name);
    }
  }

  private Raw profile() throws IOException {
    expect(in.currentToken(), JsonToken.START_OBJECT);
    var raw = new Raw();
    while (in.nextToken() != JsonToken.END_OBJECT) {
      String field = in.currentName();
      in.nextToken();
      switch (field) {
        case "name" -> raw.name = text();
        case "type" -> raw.type = text();
        case "unit" -> raw.unit = text();
        case "startValue" -> raw.start = number();
        case "endValue" -> raw.end = number();
        case "samples" -> samples(raw);
        case "weights" -> weights(raw);
        case "events" -> events(raw);
        default -> in.skipChildren();
      }
    }
    return raw;
  }

  private void samples(Raw raw) throws IOException {
    expect(in.currentToken(), JsonToken.START_ARRAY);
    while (in.nextToken() != JsonToken.END_ARRAY) {
      expect(in.currentToken(), JsonToken.START_ARRAY);
      while (in.nextToken() != JsonToken.END_ARRAY) {
        if (raw.frameCount == raw.frames.length) {
          raw.frames = Arrays.copyOf(raw.frames, 2 * raw.frameCount);
        }
        raw.frames[raw.frameCount++] = index();
      }
      if (raw.samples == raw.sampleEnds.length) {
        raw.sampleEnds = Arrays.copyOf(raw.sampleEnds, 2 * raw.samples);
      }
      raw.sampleEnds[raw.samples++] = raw.frameCount;
    }
  }

  private void weights(Raw raw) throws IOException {
    expect(in.currentToken(), JsonToken.START_ARRAY);
    while (in.nextToken() != JsonToken.END_ARRAY) {
      if (raw.weightCount == raw.weights.length) {
        raw.weights = Arrays.copyOf(raw.weights, 2 * raw.weightCount);
      }
      raw.weights[raw.weightCount++] = number();
    }
  }

  private void events(Raw raw) throws IOException {
    expect(in.currentToken(), JsonToken.START_ARRAY);
    while (in.nextToken() != JsonToken.END_ARRAY) {
      expect(in.currentToken(), JsonToken.START_OBJECT);
      if (raw.eventCount == raw.times.length) {
        raw.times = Arrays.copyOf(raw.times, 2 * raw.eventCount);
        raw.events = Arrays.copyOf(raw.events, 4 * raw.eventCount);
      }
      String type = "";
      int frame = 0;
      double time = 0;
      while (in.nextToken() != JsonToken.END_OBJECT) {
        String field = in.currentName();
        in.nextToken();
        switch (field) {
          case "type" -> type = text();
          case "frame" -> frame = index();
          case "at" -> time = number();
          default -> in.skipChildren();
        }
      }
      if (!type.equals("O") && !type.equals("C")) {
        throw bad("an event of the type \"" + cut(type) + "\"");
      }
      raw.events[2 * raw.eventCount] = type.equals("O") ? 1 : 0;
      raw.events[2 * raw.eventCount + 1] = frame;
      raw.times[raw.eventCount++] = time;
    }
  }

  private String text() throws IOException {
    expect(in.currentToken(), JsonToken.VALUE_STRING);
    return in.getText();
  }

  /// Whole numbers may be written as `3.0`.
  private int index() throws IOException {
    double number = number();
    int index = (int) number;
    if (index != number) {
      throw bad("frame " + number);
    }
    return index;
  }

  private double number() throws IOException {
    if (!in.currentToken().isNumeric()) {
      throw bad("expected a number");
    }
    return in.getDoubleValue();
  }

  private void expect(JsonToken token, JsonToken expected) {
    if (token != expected) {
      throw bad("expected " + expected + ", got " + token);
    }
  }

  private FoursightException bad(String what) {
    var at = in.currentTokenLocation();
    return PprofFile.bad(
        "speedscope at line " + at.getLineNr() + ", column " + at.getColumnNr() + ": " + what);
  }

  private static String cut(String text) {
    return text.substring(0, Math.min(100, text.length()));
  }
}
