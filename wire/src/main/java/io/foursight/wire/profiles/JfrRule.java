package io.foursight.wire.profiles;

import io.foursight.model.profiles.ProfileType;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/// What the events of one type count.
///
/// @param event as the JVM or async-profiler names it
/// @param profile `__name__` of the profiles
/// @param period what happens between two samples, `type:unit`; `:` when there is nothing
/// @param values what is added up, each a profile type of its own
record JfrRule(String event, String profile, String period, List<Value> values) {

  /// @param type and unit, `type:unit`
  /// @param of how much one event counts
  /// @param field that `of` refers to; empty for the others
  record Value(String type, Of of, String field) {}

  enum Of {
    /// 1.
    ONE,
    /// The time between two samples in nanoseconds.
    PERIOD,
    /// As many periods as a field says.
    PERIODS,
    /// A field that is a number.
    FIELD,
    /// A field that is a time in ticks, in nanoseconds.
    TICKS
  }

  private static final String CPU = "cpu:nanoseconds";
  private static final String WALL = "wall:nanoseconds";
  private static final String SPACE = "space:bytes";

  static final JfrRule EXECUTION =
      new JfrRule(
          "jdk.ExecutionSample", "process_cpu", CPU, List.of(new Value(CPU, Of.PERIOD, "")));

  /// The same events when the profiler took them by the wall clock.
  static final JfrRule WALL_OF_EXECUTION =
      new JfrRule("jdk.ExecutionSample", "wall", WALL, List.of(new Value(WALL, Of.PERIOD, "")));

  static final JfrRule WALL_CLOCK =
      new JfrRule(
          "profiler.WallClockSample",
          "wall",
          WALL,
          List.of(new Value(WALL, Of.PERIODS, "samples")));

  /// Of these events those of running threads.
  static final JfrRule CPU_OF_WALL_CLOCK =
      new JfrRule(
          "profiler.WallClockSample",
          "process_cpu",
          CPU,
          List.of(new Value(CPU, Of.PERIODS, "samples")));

  /// All others: whatever happens, it counts. The first eight as Pyroscope reads them; the rest is
  /// the JVM's that Pyroscope leaves out.
  static final Map<String, JfrRule> OTHERS =
      List.of(
              allocation("jdk.ObjectAllocationInNewTLAB", "alloc_in_new_tlab", "tlabSize"),
              allocation("jdk.ObjectAllocationOutsideTLAB", "alloc_outside_tlab", "allocationSize"),
              allocation("jdk.ObjectAllocationSample", "alloc_sample", "weight"),
              waiting("jdk.JavaMonitorEnter", "mutex"),
              waiting("jdk.ThreadPark", "block"),
              new JfrRule(
                  "profiler.LiveObject",
                  "memory",
                  "objects:count",
                  List.of(new Value("live:count", Of.ONE, ""))),
              new JfrRule(
                  "profiler.Malloc",
                  "memory",
                  ":",
                  List.of(
                      new Value("malloc_objects:count", Of.ONE, ""),
                      new Value("malloc_bytes:bytes", Of.FIELD, "size"))),
              new JfrRule(
                  "jdk.CPUTimeSample",
                  "process_cpu",
                  CPU,
                  List.of(new Value(CPU, Of.TICKS, "samplingPeriod"))),
              new JfrRule(
                  "jdk.OldObjectSample",
                  "memory",
                  "objects:count",
                  List.of(
                      new Value("old_objects:count", Of.ONE, ""),
                      new Value("old_bytes:bytes", Of.FIELD, "objectSize"))),
              new JfrRule(
                  "jdk.JavaExceptionThrow",
                  "exceptions",
                  ":",
                  List.of(new Value("exceptions:count", Of.ONE, ""))),
              new JfrRule(
                  "jdk.JavaErrorThrow",
                  "exceptions",
                  ":",
                  List.of(new Value("errors:count", Of.ONE, ""))),
              io("jdk.FileRead", "file_read", "bytesRead"),
              io("jdk.FileWrite", "file_write", "bytesWritten"),
              io("jdk.SocketRead", "socket_read", "bytesRead"),
              io("jdk.SocketWrite", "socket_write", "bytesWritten"),
              new JfrRule(
                  "jdk.VirtualThreadPinned",
                  "block",
                  ":",
                  List.of(
                      new Value("pinned:count", Of.ONE, ""),
                      new Value("pinned_delay:nanoseconds", Of.TICKS, "duration"))))
          .stream()
          .collect(Collectors.toUnmodifiableMap(JfrRule::event, Function.identity()));

  private static JfrRule allocation(String event, String name, String field) {
    return new JfrRule(
        event,
        "memory",
        SPACE,
        List.of(
            new Value(name + "_objects:count", Of.ONE, ""),
            new Value(name + "_bytes:bytes", Of.FIELD, field)));
  }

  /// Ticks are taken for nanoseconds, as Pyroscope does: its numbers are what people know.
  private static JfrRule waiting(String event, String name) {
    return new JfrRule(
        event,
        name,
        name + ":count",
        List.of(
            new Value("contentions:count", Of.ONE, ""),
            new Value("delay:nanoseconds", Of.FIELD, "duration")));
  }

  private static JfrRule io(String event, String name, String field) {
    return new JfrRule(
        event,
        "io",
        ":",
        List.of(
            new Value(name + ":count", Of.ONE, ""),
            new Value(name + "_bytes:bytes", Of.FIELD, field),
            new Value(name + "_delay:nanoseconds", Of.TICKS, "duration")));
  }

  /// The profile type of one of the values.
  ProfileType type(int value) {
    return ProfileType.parse(profile + ":" + values.get(value).type() + ":" + period);
  }
}
