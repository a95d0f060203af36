package io.foursight.distributor.logs;

import io.foursight.model.ErrorKind;
import io.foursight.model.Labels;
import io.foursight.model.logs.LogsBatch;
import io.foursight.wire.logs.StreamLabels;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.function.Supplier;

/// Applies a tenant's limits to a batch: refused entries are taken out of it, streams get their
/// service name, entries their level. Reusable; owned by one thread.
final class LogsValidator {
  private static final byte[] LEVEL = LogLevel.NAME.getBytes(StandardCharsets.US_ASCII);
  private static final byte[] SEVERITY = "severity_number".getBytes(StandardCharsets.US_ASCII);
  private static final LogLevel[] LEVELS = LogLevel.values();

  private final BitSet refused = new BitSet();
  private StreamRules rules = new StreamRules(LogsWriteLimits.defaults());
  private LineLevel lineLevel = lineLevel(LogsWriteLimits.defaults());
  private LogsWriteLimits limits = LogsWriteLimits.defaults();
  private LogLevel[] streamLevels = new LogLevel[16];
  private int[] levelOffsets = new int[256];
  private int[] levelLengths = new int[256];
  private long tooOldNanos;
  private long tooNewNanos;

  private static LineLevel lineLevel(LogsWriteLimits limits) {
    return new LineLevel(limits.logLevelFields(), limits.logLevelFromJsonMaxDepth());
  }

  /// @param parsed what became of the labels of each stream; empty: they are all good
  /// @return bytes of the entries that are left, lines and structured metadata
  long validate(
      LogsBatch batch,
      List<StreamLabels> parsed,
      LogsWriteLimits newLimits,
      long nowMillis,
      LogsRejections rejections) {
    if (!rules.isOf(newLimits)) {
      rules = new StreamRules(newLimits);
      lineLevel = lineLevel(newLimits);
    }
    limits = newLimits;
    tooOldNanos =
        limits.rejectOldSamples()
            ? (nowMillis - limits.rejectOldSamplesMaxAge().toMillis()) * 1_000_000
            : Long.MIN_VALUE;
    tooNewNanos =
        limits.creationGracePeriod().isPositive()
            ? (nowMillis + limits.creationGracePeriod().toMillis()) * 1_000_000
            : Long.MAX_VALUE;
    refused.clear();
    if (streamLevels.length < batch.streamCount()) {
      streamLevels = new LogLevel[batch.streamCount() * 2];
    }
    long bytes = 0;
    for (int s = 0; s < batch.streamCount(); s++) {
      StreamRules.Verdict verdict =
          parsed.isEmpty() ? rules.of(batch.labels(s)) : rules.of(parsed.get(s));
      streamLevels[s] = verdict.level();
      if (!verdict.reason().isEmpty()) {
        refuseStream(batch, s, verdict, rejections);
      } else {
        batch.labels(s, verdict.labels());
        bytes += entries(batch, s, verdict, rejections);
      }
    }
    if (!refused.isEmpty()) {
      batch.remove(refused);
    }
    if (limits.discoverLogLevels()) {
      levels(batch);
    }
    return bytes;
  }

  private void refuseStream(
      LogsBatch batch, int stream, StreamRules.Verdict verdict, LogsRejections rejections) {
    int start = batch.entryStart(stream);
    int end = batch.entryEnd(stream);
    long bytes = 0;
    for (int e = start; e < end; e++) {
      bytes += bytes(batch, e);
    }
    refused.set(start, end);
    batch.labels(stream, Labels.EMPTY);
    rejections.stream(
        StreamRules.brief(verdict.text()),
        end - start,
        verdict.reason(),
        ErrorKind.BAD_DATA,
        end - start,
        bytes,
        verdict.message());
  }

  static long bytes(LogsBatch batch, int entry) {
    long bytes = batch.lineLength(entry);
    for (int p = batch.metadataStart(entry); p < batch.metadataEnd(entry); p++) {
      bytes += batch.nameLength(p) + batch.valueLength(p);
    }
    return bytes;
  }

  /// @return bytes of the entries that may stay
  private long entries(
      LogsBatch batch, int stream, StreamRules.Verdict verdict, LogsRejections rejections) {
    long[] times = batch.timestamps();
    long max = limits.maxLineSize().bytes();
    int start = batch.entryStart(stream);
    int end = batch.entryEnd(stream);
    long total = 0;
    for (int e = start; e < end; e++) {
      if (limits.incrementDuplicateTimestamp() && e > start && times[e] == times[e - 1]) {
        times[e]++;
      }
      long bytes = bytes(batch, e);
      int length = batch.lineLength(e);
      if (max > 0 && length > max && limits.maxLineSizeTruncate()) {
        length = cut(batch.body(), batch.lineOffset(e), (int) max);
        bytes -= batch.lineLength(e) - length;
        batch.lineLength(e, length);
      }
      long time = times[e];
      if (time < tooOldNanos) {
        refuse(
            batch,
            stream,
            e,
            verdict,
            "greater_than_max_sample_age",
            bytes,
            rejections,
            () ->
                "entry for stream '%s' has timestamp too old: %s, oldest acceptable timestamp is: %s"
                    .formatted(
                        StreamRules.brief(verdict.text()),
                        LogsRejections.time(time),
                        LogsRejections.time(tooOldNanos)));
      } else if (time > tooNewNanos) {
        refuse(
            batch,
            stream,
            e,
            verdict,
            "too_far_in_future",
            bytes,
            rejections,
            () ->
                "entry for stream '%s' has timestamp too new: %s"
                    .formatted(StreamRules.brief(verdict.text()), LogsRejections.time(time)));
      } else if (max > 0 && length > max) {
        int lineLength = length;
        refuse(
            batch,
            stream,
            e,
            verdict,
            "line_too_long",
            bytes,
            rejections,
            () ->
                "max entry size '%d' bytes exceeded for stream '%s' while adding an entry with length '%d' bytes"
                    .formatted(max, StreamRules.brief(verdict.text()), lineLength));
      } else if (batch.metadataEnd(e) == batch.metadataStart(e)
          || metadata(batch, stream, e, verdict, bytes, rejections)) {
        total += bytes;
      }
    }
    return total;
  }

  /// The largest length up to `max` that does not end inside a character.
  private static int cut(byte[] bytes, int offset, int max) {
    int length = max;
    while (length > 0 && length > max - 4 && (bytes[offset + length] & 0xc0) == 0x80) {
      length--;
    }
    return length;
  }

  private void refuse(
      LogsBatch batch,
      int stream,
      int entry,
      StreamRules.Verdict verdict,
      String reason,
      long bytes,
      LogsRejections rejections,
      Supplier<String> message) {
    refused.set(entry);
    rejections.entry(
        StreamRules.brief(verdict.text()),
        batch.entryEnd(stream) - batch.entryStart(stream),
        reason,
        batch.timestamps()[entry],
        bytes,
        message);
  }

  private boolean metadata(
      LogsBatch batch,
      int stream,
      int entry,
      StreamRules.Verdict verdict,
      long bytes,
      LogsRejections rejections) {
    String text = StreamRules.brief(verdict.text());
    if (!limits.allowStructuredMetadata()) {
      refuse(
          batch,
          stream,
          entry,
          verdict,
          "disallowed_structured_metadata",
          bytes,
          rejections,
          () ->
              "stream '%s' includes structured metadata, but this feature is disallowed; see allow_structured_metadata"
                  .formatted(text));
      return false;
    }
    int count = batch.metadataEnd(entry) - batch.metadataStart(entry);
    int maxCount = limits.maxStructuredMetadataEntriesCount();
    if (maxCount > 0 && count > maxCount) {
      refuse(
          batch,
          stream,
          entry,
          verdict,
          "structured_metadata_too_many",
          bytes,
          rejections,
          () ->
              "stream '%s' has too many structured metadata labels: '%d', limit: '%d'; see max_structured_metadata_entries_count"
                  .formatted(text, count, maxCount));
      return false;
    }
    long size = bytes - batch.lineLength(entry);
    long max = limits.maxStructuredMetadataSize().bytes();
    if (max > 0 && size > max) {
      refuse(
          batch,
          stream,
          entry,
          verdict,
          "structured_metadata_too_large",
          bytes,
          rejections,
          () ->
              "stream '%s' has structured metadata too large: '%d' bytes, limit: '%d' bytes; see max_structured_metadata_size"
                  .formatted(text, size, max));
      return false;
    }
    return true;
  }

  /// Adds `detected_level` to every entry that has none.
  private void levels(LogsBatch batch) {
    int n = batch.entryCount();
    if (n == 0) {
      return;
    }
    if (levelOffsets.length < n) {
      levelOffsets = new int[n * 2];
      levelLengths = new int[n * 2];
    }
    int name = batch.append(LEVEL, 0, LEVEL.length);
    int[] places = new int[LEVELS.length];
    for (int i = 0; i < places.length; i++) {
      places[i] = batch.append(LEVELS[i].text, 0, LEVELS[i].text.length);
    }
    boolean any = false;
    for (int s = 0; s < batch.streamCount(); s++) {
      for (int e = batch.entryStart(s); e < batch.entryEnd(s); e++) {
        LogLevel level = level(batch, e, streamLevels[s]);
        if (level == null) {
          levelLengths[e] = -1;
        } else {
          levelOffsets[e] = places[level.ordinal()];
          levelLengths[e] = level.text.length;
          any = true;
        }
      }
    }
    if (any) {
      batch.addMetadataColumn(name, LEVEL.length, levelOffsets, levelLengths);
    }
  }

  /// Null when the entry says its detected level itself.
  private LogLevel level(LogsBatch batch, int entry, LogLevel ofStream) {
    byte[] body = batch.body();
    LogLevel found = ofStream;
    int severity = -1;
    for (int p = batch.metadataStart(entry); p < batch.metadataEnd(entry); p++) {
      int name = batch.nameOffset(p);
      int length = batch.nameLength(p);
      if (is(LEVEL, body, name, length)) {
        return null;
      }
      if (found == LogLevel.UNKNOWN) {
        if (lineLevel.isField(body, name, length)) {
          found = LogLevel.of(body, batch.valueOffset(p), batch.valueLength(p));
        } else if (is(SEVERITY, body, name, length)) {
          severity = number(body, batch.valueOffset(p), batch.valueLength(p));
        }
      }
    }
    if (found == LogLevel.UNKNOWN && severity > 0) {
      found = LogLevel.ofSeverity(severity);
    }
    return found != LogLevel.UNKNOWN
        ? found
        : lineLevel.of(body, batch.lineOffset(entry), batch.lineLength(entry));
  }

  private static boolean is(byte[] text, byte[] body, int offset, int length) {
    return text.length == length && Arrays.equals(text, 0, length, body, offset, offset + length);
  }

  private static int number(byte[] body, int offset, int length) {
    int value = 0;
    for (int i = offset; i < offset + Math.min(3, length); i++) {
      value = value * 10 + body[i] - '0';
    }
    return length > 2 ? -1 : value;
  }
}
