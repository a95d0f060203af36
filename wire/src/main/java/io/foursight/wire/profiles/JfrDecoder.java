package io.foursight.wire.profiles;

import io.foursight.model.Labels;
import io.foursight.model.profiles.ProfilesBatch;
import io.foursight.model.profiles.SymbolsInterner;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Puts a JDK Flight Recorder file, of the JVM or of async-profiler, into a batch: one profile for
/// each thing that its events count and for each set of labels. Events that count nothing here are
/// passed over. Owned by one thread.
public final class JfrDecoder {
  /// Names that the JVM makes up anew in each process; what they were made from is enough.
  private static final Pattern GENERATED =
      Pattern.compile(
          "(\\$\\$Lambda)(?:\\$[0-9]+)?(?:[./+]0x[0-9a-f]+|[./][0-9]+)?$"
              + "|(Generated(?:Method|Constructor|SerializationConstructor)Accessor)[0-9]+$");

  /// Of JDK's settings of events the one that says how often.
  private static final Pattern DURATION = Pattern.compile("([0-9]+) ?(ns|us|ms|s)");

  private final SymbolsInterner symbols;
  private final ProfilesBatch batch;
  private final PprofLimits limits;

  /// @param symbols those of the batch
  public JfrDecoder(SymbolsInterner symbols, ProfilesBatch batch, PprofLimits limits) {
    this.symbols = symbols;
    this.batch = batch;
    this.limits = limits;
  }

  /// Where equal events meet.
  private record Row(int stack, long span) {}

  private record Group(JfrRule rule, Map<String, String> labels) {}

  /// Adds the profiles of a file.
  ///
  /// @param file not compressed
  /// @param origin time of the profiles; labels without `__name__`
  /// @param periodNanos between two samples of the processor or the wall clock, unless the file
  ///   itself says it, as the JDK's own do
  /// @return how many profiles
  /// @throws io.foursight.model.FoursightException `BAD_DATA`; the batch has nothing of the file
  ///   then
  public int decode(byte[] file, JfrLabels contexts, PprofDecoder.Origin origin, long periodNanos) {
    var groups = new LinkedHashMap<Group, Map<Row, long[]>>();
    long period = periodNanos;
    for (JfrChunk chunk : JfrChunk.chunks(file)) {
      var reading = new Reading(chunk, contexts, period, groups);
      reading.read();
      period = reading.periodNanos;
    }
    int before = batch.profiles();
    for (var group : groups.entrySet()) {
      write(group.getKey(), group.getValue(), origin, period);
    }
    return batch.profiles() - before;
  }

  private void write(
      Group group, Map<Row, long[]> rows, PprofDecoder.Origin origin, long periodNanos) {
    var labels = new TreeMap<>(group.labels());
    labels.putAll(origin.labels().toMap());
    for (int v = 0; v < group.rule().values().size(); v++) {
      var type = group.rule().type(v);
      batch.beginProfile(
          type.label(Labels.of(labels)),
          origin.fallbackNanos(),
          origin.durationNanos(),
          type.periodUnit().equals("nanoseconds") ? periodNanos : 0,
          origin.idHigh(),
          origin.idLow());
      for (var row : rows.entrySet()) {
        if (row.getValue()[v] > 0) {
          batch.addSample(row.getKey().stack(), row.getValue()[v], row.getKey().span(), 0, 0);
        }
      }
    }
  }

  /// One chunk; constants have keys of their own in each.
  private final class Reading {
    private final JfrChunk chunk;
    private final JfrLabels contexts;
    private long periodNanos;
    private final Map<Group, Map<Row, long[]>> groups;
    private final Map<Long, Integer> stackOf = new HashMap<>();
    private final Map<Long, Integer> functionOf = new HashMap<>();
    private final Map<Long, Boolean> sleeping = new HashMap<>();
    private final Map<JfrChunk.Type, long[]> scratch = new HashMap<>();
    private String mode = "";

    Reading(
        JfrChunk chunk, JfrLabels contexts, long periodNanos, Map<Group, Map<Row, long[]>> groups) {
      this.chunk = chunk;
      this.contexts = contexts;
      this.periodNanos = periodNanos;
      this.groups = groups;
    }

    void read() {
      chunk.events(type -> {
        if (type.name.equals("jdk.ActiveSetting")) {
          setting(type);
        }
      });
      chunk.events(this::event);
    }

    private long[] fields(JfrChunk.Type type) {
      long[] values = scratch.computeIfAbsent(type, t -> new long[t.fields.size()]);
      chunk.fields(type, values);
      return values;
    }

    /// async-profiler says here by what it samples, the JDK how often.
    private void setting(JfrChunk.Type type) {
      long[] values = fields(type);
      switch (text(type, values, "name")) {
        case "event" -> mode = text(type, values, "value");
        case "period" -> {
          JfrChunk.Type of = chunk.type(number(type, values, "id").orElse(0L));
          if (of != null && of.name.equals("jdk.ExecutionSample")) {
            periodNanos = duration(text(type, values, "value"), periodNanos);
          }
        }
        default -> {
          // Settings of other things.
        }
      }
    }

    private String text(JfrChunk.Type type, long[] values, String field) {
      int index = type.field(field);
      if (index < 0 || !type.fields.get(index).type().name.equals("java.lang.String")) {
        return "";
      }
      chunk.position((int) values[index]);
      return chunk.string();
    }

    private void event(JfrChunk.Type type) {
      switch (type.name) {
        case "jdk.ExecutionSample" -> {
          long[] values = fields(type);
          if (mode.equals("wall")) {
            add(JfrRule.WALL_OF_EXECUTION, type, values);
          }
          if (!isSleeping(type, values)) {
            add(JfrRule.EXECUTION, type, values);
          }
        }
        case "profiler.WallClockSample" -> {
          long[] values = fields(type);
          add(JfrRule.WALL_CLOCK, type, values);
          if (mode.equals("wall") && !isSleeping(type, values)) {
            add(JfrRule.CPU_OF_WALL_CLOCK, type, values);
          }
        }
        default -> {
          JfrRule rule = JfrRule.OTHERS.get(type.name);
          if (rule != null) {
            add(rule, type, fields(type));
          }
        }
      }
    }

    private boolean isSleeping(JfrChunk.Type type, long[] values) {
      int index = type.field("state");
      if (index < 0) {
        return false;
      }
      JfrChunk.Type state = type.fields.get(index).type();
      return sleeping.computeIfAbsent(
          values[index], key -> name(state, key).equals("STATE_SLEEPING"));
    }

    /// The `name` of a constant, which is a text.
    private String name(JfrChunk.Type type, long key) {
      int at = (int) chunk.constantField(type, key, "name");
      if (at == 0) {
        return "";
      }
      chunk.position(at);
      return chunk.string();
    }

    private void add(JfrRule rule, JfrChunk.Type type, long[] values) {
      int stack = stack(type, values);
      if (stack < 0) {
        return;
      }
      long span = number(type, values, "spanId").orElse(0L);
      var labels = labels(rule, type, values);
      long[] sums =
          groups
              .computeIfAbsent(new Group(rule, labels), unused -> new LinkedHashMap<>())
              .computeIfAbsent(new Row(stack, span), unused -> new long[rule.values().size()]);
      for (int v = 0; v < sums.length; v++) {
        JfrRule.Value value = rule.values().get(v);
        sums[v] +=
            switch (value.of()) {
              case ONE -> 1;
              case PERIOD -> periodNanos;
              case PERIODS -> periodNanos * number(type, values, value.field()).orElse(1L);
              case FIELD -> Math.max(0, number(type, values, value.field()).orElse(0L));
              case TICKS -> nanos(number(type, values, value.field()).orElse(0L));
            };
      }
    }

    private Map<String, String> labels(JfrRule rule, JfrChunk.Type type, long[] values) {
      Optional<Long> context = number(type, values, "contextId");
      Map<String, String> known =
          context.isEmpty() ? Map.of() : contexts.labels(context.orElseThrow());
      if (mode.isEmpty() || !rule.event().equals("jdk.ExecutionSample")) {
        return known;
      }
      var labels = new HashMap<>(known);
      labels.put("jfr_event", mode);
      return labels;
    }

    private Optional<Long> number(JfrChunk.Type type, long[] values, String field) {
      int index = type.field(field);
      return index < 0 ? Optional.empty() : Optional.of(values[index]);
    }

    private long nanos(long ticks) {
      double nanos = ticks * (1e9 / chunk.ticksPerSecond);
      return ticks <= 0 ? 0 : (long) nanos;
    }

    private int stack(JfrChunk.Type type, long[] values) {
      int index = type.field("stackTrace");
      if (index < 0) {
        return -1;
      }
      long key = values[index];
      Integer known = stackOf.get(key);
      if (known != null) {
        return known;
      }
      int stack = readStack(type.fields.get(index).type(), key);
      stackOf.put(key, stack);
      return stack;
    }

    /// Frames come from the innermost out.
    private int readStack(JfrChunk.Type type, long key) {
      int framesField = type.field("frames");
      int at = framesField < 0 ? 0 : (int) chunk.constantField(type, key, "frames");
      if (at == 0) {
        return -1;
      }
      JfrChunk.Type frame = type.fields.get(framesField).type();
      int method = frame.field("method");
      int line = frame.field("lineNumber");
      if (method < 0) {
        return -1;
      }
      chunk.position(at);
      long count = chunk.varint();
      var locations = new int[(int) Math.min(count, 64)];
      var frameValues = new long[frame.fields.size()];
      int read = 0;
      for (; read < count; read++) {
        if (read == locations.length) {
          locations = Arrays.copyOf(locations, 2 * read);
        }
        chunk.fields(frame, frameValues);
        int back = chunk.position();
        int function = function(frame.fields.get(method).type(), frameValues[method]);
        locations[read] =
            symbols.location(
                -1,
                0,
                new int[] {function},
                new long[] {line < 0 ? 0 : Math.max(0, frameValues[line])},
                1);
        chunk.position(back);
      }
      int stack = -1;
      int deepest = limits.maxDepth() == 0 ? 0 : Math.max(0, read - limits.maxDepth());
      for (int i = read - 1; i >= deepest; i--) {
        stack = symbols.stack(stack, locations[i]);
      }
      return stack;
    }

    /// `pkg/Class.method`.
    private int function(JfrChunk.Type method, long key) {
      Integer known = functionOf.get(key);
      if (known != null) {
        return known;
      }
      String name = symbol(method, key, "name");
      int type = method.field("type");
      String owner =
          type < 0
              ? ""
              : symbol(
                  method.fields.get(type).type(), chunk.constantField(method, key, "type"), "name");
      byte[] text = (folded(owner) + "." + name).getBytes(StandardCharsets.UTF_8);
      int cut = NamedFrames.cut(text, 0, text.length, limits.maxSymbolLength());
      int function = symbols.function(symbols.string(text, cut, text.length - cut), 0, 0, 0);
      functionOf.put(key, function);
      return function;
    }

    /// A field that is the key of a symbol, whose text is its field `string`; or a text itself.
    private String symbol(JfrChunk.Type type, long key, String field) {
      int index = type.field(field);
      if (index < 0) {
        return "";
      }
      JfrChunk.Type target = type.fields.get(index).type();
      long value = chunk.constantField(type, key, field);
      int at =
          type.fields.get(index).pool()
              ? (int) chunk.constantField(target, value, "string")
              : (int) value;
      if (at == 0) {
        return "";
      }
      chunk.position(at);
      return chunk.string();
    }
  }

  /// `20 ms`; anything else is the other one.
  private static long duration(String text, long other) {
    Matcher matcher = DURATION.matcher(text);
    if (!matcher.matches() || matcher.group(1).length() > 9) {
      return other;
    }
    long unit =
        switch (matcher.group(2)) {
          case "ns" -> 1;
          case "us" -> 1000;
          case "ms" -> 1_000_000;
          default -> 1_000_000_000;
        };
    long nanos = Long.parseLong(matcher.group(1)) * unit;
    return nanos == 0 ? other : nanos;
  }

  private static String folded(String owner) {
    if (owner.indexOf('$') < 0 && owner.indexOf("Accessor") < 0) {
      return owner;
    }
    Matcher matcher = GENERATED.matcher(owner);
    if (!matcher.find()) {
      return owner;
    }
    return matcher.end(1) >= 0
        ? owner.substring(0, matcher.end(1)) + "$_"
        : owner.substring(0, matcher.end(2)) + "_";
  }
}
