package io.foursight.wire.profiles;

import io.foursight.model.profiles.ProfileType;

/// What stacks count that came with nothing but an application's name, whose last part after a dot
/// says it: `my.app.alloc_space`. Without a dot it is time on the processor.
///
/// @param service the name without that part
/// @param type of the profile
/// @param factor of each value: the period of what is sampled, else 1
record StackType(String service, ProfileType type, long factor) {
  private static final String NANOS = "nanoseconds";

  /// @param rate samples a second; 0 = unknown, then samples are counted
  /// @throws io.foursight.model.FoursightException `BAD_DATA` for a part that is not known
  static StackType of(String application, long rate) {
    int dot = application.lastIndexOf('.');
    if (dot < 0) {
      return sampled(application, "process_cpu", "cpu", rate);
    }
    String service = application.substring(0, dot);
    String suffix = application.substring(dot + 1);
    return switch (suffix) {
      case "cpu", "itimer" -> sampled(service, "process_cpu", "cpu", rate);
      case "wall", "seconds", NANOS, "microseconds", "milliseconds" ->
          sampled(service, "wall", "wall", rate);
      case "inuse_objects",
          "alloc_objects",
          "alloc_in_new_tlab_objects",
          "alloc_outside_tlab_objects",
          "live" ->
          counted(service, "memory", suffix, "count");
      case "inuse_space", "alloc_space", "alloc_in_new_tlab_bytes", "alloc_outside_tlab_bytes" ->
          counted(service, "memory", suffix, "bytes");
      case "bytes" -> counted(service, "memory", "samples", "bytes");
      case "goroutines" -> counted(service, "goroutine", suffix, "count");
      case "mutex_count" -> counted(service, "mutex", "contentions", "count");
      case "mutex_duration" -> counted(service, "mutex", "delay", NANOS);
      case "block_count", "lock_count" -> counted(service, "block", "contentions", "count");
      case "block_duration", "lock_duration" -> counted(service, "block", "delay", NANOS);
      case "exceptions" -> counted(service, "exceptions", "samples", "count");
      default ->
          throw PprofFile.bad(
              "unknown profile type: "
                  + suffix
                  + " (the name of an application ends in a dot and cpu, wall, itimer,"
                  + " alloc_space, ...)");
    };
  }

  private static StackType sampled(String service, String profile, String type, long rate) {
    return rate == 0
        ? counted(service, profile, "samples", "count")
        : new StackType(
            service, new ProfileType(profile, type, NANOS, "cpu", NANOS), periodNanos(rate));
  }

  private static StackType counted(String service, String profile, String type, String unit) {
    return new StackType(service, new ProfileType(profile, type, unit, "", ""), 1);
  }

  /// At least one nanosecond.
  static long periodNanos(long rate) {
    return Math.max(1, 1_000_000_000L / Math.max(1, rate));
  }
}
