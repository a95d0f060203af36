package io.foursight.distributor.logs;

import io.foursight.model.ErrorKind;
import io.foursight.model.logs.LogsWriteResult.Rejection;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/// What one push's validation refused: by stream and reason the first message, the number of
/// entries and their bytes; and what the answer says about it. Owned by one thread.
final class LogsRejections {
  private static final int MAX_LISTED = 10;

  private record Place(String stream, String reason) {}

  private static final class Tally {
    final ErrorKind kind;
    final String message;
    int count;
    long bytes;

    Tally(ErrorKind kind, String message) {
      this.kind = kind;
      this.message = message;
    }
  }

  /// Refused and received entries of a stream.
  private static final class Share {
    int refused;
    int received;
  }

  private final Map<Place, Tally> tallies = new LinkedHashMap<>();
  private final Map<String, Share> shares = new LinkedHashMap<>();
  private final List<String> listed = new ArrayList<>();
  private boolean limited;

  void clear() {
    tallies.clear();
    shares.clear();
    listed.clear();
    limited = false;
  }

  boolean isEmpty() {
    return tallies.isEmpty();
  }

  /// Whether anything was refused by a rate or by the number of streams.
  boolean isLimited() {
    return limited;
  }

  int count() {
    return tallies.values().stream().mapToInt(t -> t.count).sum();
  }

  /// One entry.
  ///
  /// @param received entries of the stream in this push
  /// @param message asked for while few are listed, or the reason is new for the stream
  void entry(
      String stream,
      int received,
      String reason,
      long timestampNanos,
      long bytes,
      Supplier<String> message) {
    var place = new Place(stream, reason);
    Tally tally = tallies.get(place);
    String text = tally == null || listed.size() < MAX_LISTED ? message.get() : "";
    if (listed.size() < MAX_LISTED) {
      listed.add(
          "entry with timestamp " + time(timestampNanos) + " ignored, reason: '" + text + "'");
    }
    add(place, tally, ErrorKind.BAD_DATA, text, received, 1, bytes);
  }

  /// Entries of a stream as a whole.
  void stream(
      String stream,
      int received,
      String reason,
      ErrorKind kind,
      int count,
      long bytes,
      String message) {
    if (listed.size() < MAX_LISTED) {
      listed.add(message);
    }
    var place = new Place(stream, reason);
    add(place, tallies.get(place), kind, message, received, count, bytes);
  }

  private void add(
      Place place,
      Tally before,
      ErrorKind kind,
      String message,
      int received,
      int count,
      long bytes) {
    Tally tally = before;
    if (tally == null) {
      tally = new Tally(kind, message);
      tallies.put(place, tally);
    }
    limited |= kind == ErrorKind.LIMIT_EXCEEDED;
    tally.count += count;
    tally.bytes += bytes;
    Share share = shares.computeIfAbsent(place.stream, unused -> new Share());
    share.refused += count;
    share.received = Math.max(share.received, received);
  }

  /// What the sink refused.
  void add(Rejection r) {
    stream("", r.count(), r.reason(), r.kind(), r.count(), r.bytes(), r.message());
  }

  List<Rejection> list() {
    var all = new ArrayList<Rejection>(tallies.size());
    tallies.forEach(
        (place, t) -> all.add(new Rejection(place.reason, t.kind, t.message, t.count, t.bytes)));
    return all;
  }

  /// The body of the answer: at most ten entries or streams, then how many there were in all.
  String text(String tenant) {
    var text = new StringBuilder(String.join("\n", listed));
    int streams = 0;
    for (Map.Entry<String, Share> share : shares.entrySet()) {
      if (++streams > MAX_LISTED) {
        text.append("\n").append(shares.size() - MAX_LISTED).append(" more streams are left out");
        break;
      }
      text.append("\nuser '")
          .append(tenant)
          .append("', total ignored: ")
          .append(share.getValue().refused)
          .append(" out of ")
          .append(share.getValue().received)
          .append(" for stream: ")
          .append(share.getKey());
    }
    return text.toString();
  }

  static String time(long nanos) {
    return Instant.ofEpochSecond(
            Math.floorDiv(nanos, 1_000_000_000L), Math.floorMod(nanos, 1_000_000_000L))
        .toString();
  }
}
