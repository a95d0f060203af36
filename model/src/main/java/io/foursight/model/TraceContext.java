package io.foursight.model;

import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;

/// The trace that a request belongs to, as its sender named it (W3C Trace Context, header
/// `traceparent`). It goes with the request from the door through every process and thread that
/// works for it, unchanged, so that lines in the logs of all of them name the same trace.
///
/// @param traceparent valid, version 00 fields first
public record TraceContext(String traceparent) {
  /// The header's name, also in calls between components.
  public static final String HEADER = "traceparent";

  private static final Pattern FORM =
      Pattern.compile(
          "(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-.{0,200})?");
  private static final ScopedValue<TraceContext> CURRENT = ScopedValue.newInstance();

  /// Empty when the header is missing or malformed: then there is no trace.
  public static Optional<TraceContext> of(Optional<String> header) {
    return header.filter(h -> FORM.matcher(h).matches()).map(TraceContext::new);
  }

  /// That of the work that this thread does.
  public static Optional<TraceContext> current() {
    return CURRENT.isBound() ? Optional.of(CURRENT.get()) : Optional.empty();
  }

  /// The trace's id of the work that this thread does, or nothing; for lines in the log.
  public static String currentId() {
    return current().map(TraceContext::traceId).orElse("");
  }

  /// 32 hexadecimal digits.
  public String traceId() {
    return traceparent.substring(3, 35);
  }

  /// Does work for a trace, if there is one.
  public static void run(Optional<TraceContext> context, Runnable work) {
    if (context.isPresent()) {
      ScopedValue.where(CURRENT, context.get()).run(work);
    } else {
      work.run();
    }
  }

  /// The same work for the current trace, in another thread.
  public static Runnable carried(Runnable work) {
    Optional<TraceContext> context = current();
    return context.isEmpty() ? work : () -> run(context, work);
  }

  /// As [#carried].
  public static <T> Callable<T> carriedCall(Callable<T> work) {
    Optional<TraceContext> context = current();
    return context.isEmpty()
        ? work
        : () -> ScopedValue.where(CURRENT, context.get()).call(work::call);
  }
}
