package io.foursight.wire.profiles;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.Labels;
import io.foursight.model.profiles.ProfileType;
import io.foursight.model.profiles.ProfilesBatch;
import io.foursight.model.profiles.SymbolsInterner;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;

/// Puts pprof files into a batch: one profile for each sample type and set of sample labels.
///
/// Repaired on the way, as Pyroscope's users expect: samples with a negative value or none but
/// zeros are left out, equal samples are added up, references to what is not there drop the frame,
/// frames with neither an address nor a function are dropped, addresses of mappings with functions
/// are cleared (so that equal frames of several processes are equal), numeric labels are dropped.
/// `span_id`, `profile_id` (its older name) and `trace_id` stay with the sample, other text labels
/// make series; labels of the series win. Several files may go into one batch. Owned by one thread.
public final class PprofDecoder {
  private final SymbolsInterner symbols;
  private final ProfilesBatch batch;
  private final PprofLimits limits;

  /// @param symbols those of the batch
  public PprofDecoder(SymbolsInterner symbols, ProfilesBatch batch, PprofLimits limits) {
    this.symbols = symbols;
    this.batch = batch;
    this.limits = limits;
  }

  /// What is known of a file from elsewhere.
  ///
  /// @param labels of the series; `__name__` names the kind of profile
  /// @param fallbackNanos its time when the file has none of this century
  /// @param durationNanos when the file has none
  public record Origin(
      Labels labels, long fallbackNanos, long durationNanos, long idHigh, long idLow) {}

  /// The uncompressed bytes of a file that may be in gzip.
  ///
  /// @throws FoursightException `BAD_DATA`, `TOO_LARGE`
  public byte[] unpack(byte[] body) {
    if (body.length < 2 || body[0] != 0x1f || body[1] != (byte) 0x8b) {
      checkSize(body.length);
      return body;
    }
    try (var in = new GZIPInputStream(new ByteArrayInputStream(body), 1 << 16)) {
      int bound =
          limits.maxBytes() == 0 || limits.maxBytes() >= Integer.MAX_VALUE - 8
              ? Integer.MAX_VALUE - 8
              : (int) limits.maxBytes() + 1;
      byte[] unpacked = in.readNBytes(bound);
      checkSize(unpacked.length);
      return unpacked;
    } catch (IOException e) {
      throw new FoursightException(
          ErrorKind.BAD_DATA,
          "invalid profile: gzip of " + body.length + " bytes: " + e.getMessage(),
          e);
    }
  }

  private void checkSize(long size) {
    if (limits.maxBytes() > 0 && size > limits.maxBytes()) {
      throw new FoursightException(
          ErrorKind.TOO_LARGE,
          "the profile has more than "
              + limits.maxBytes()
              + " bytes uncompressed (limits.max_profile_size_bytes)");
    }
  }

  /// The sample types of a file, `type:unit`, and its period's likewise at the end; to name it by.
  ///
  /// @param file not compressed
  public static List<String> types(byte[] file) {
    return types(new PprofFile(file));
  }

  private static List<String> types(PprofFile pprof) {
    var types = new ArrayList<String>();
    for (int t = 0; t < pprof.sampleTypes; t++) {
      types.add(pprof.string(pprof.typeStrings[t]) + ":" + pprof.string(pprof.unitStrings[t]));
    }
    types.add(pprof.string(pprof.periodType) + ":" + pprof.string(pprof.periodUnit));
    return types;
  }

  /// Adds the profiles of one file.
  ///
  /// @param file not compressed
  /// @return how many profiles
  /// @throws FoursightException `BAD_DATA`, `TOO_LARGE`; the batch has nothing of the file then
  public int decode(byte[] file, Origin origin) {
    checkSize(file.length);
    var pprof = new PprofFile(file);
    check(pprof);
    var sums = new Sums(pprof);
    sums.add();
    return sums.write(origin);
  }

  private void check(PprofFile pprof) {
    if (limits.maxSamples() > 0 && pprof.samples > limits.maxSamples()) {
      throw new FoursightException(
          ErrorKind.TOO_LARGE,
          "the profile has "
              + pprof.samples
              + " samples, the limit is "
              + limits.maxSamples()
              + " (limits.max_profile_stacktrace_samples)");
    }
    for (int f = 0; f < pprof.functions; f++) {
      if (pprof.functionNumbers[5 * f] == 0) {
        throw PprofFile.bad("function id is 0");
      }
    }
    for (int m = 0; m < pprof.mappings; m++) {
      if (pprof.mappingNumbers[6 * m] == 0) {
        throw PprofFile.bad("mapping id is 0");
      }
    }
    for (int t = 0; t < pprof.sampleTypes; t++) {
      String type = pprof.string(pprof.typeStrings[t]);
      if (type.indexOf('-') >= 0) {
        throw PprofFile.bad("sample type \"" + type + "\" contains -");
      }
    }
    for (int s = 0; s < pprof.samples && limits.maxSampleLabels() > 0; s++) {
      int count = pprof.labelEnds[s] - pprof.labelStart(s);
      if (count > limits.maxSampleLabels()) {
        throw PprofFile.bad(
            "sample "
                + s
                + " has "
                + count
                + " labels, the limit is "
                + limits.maxSampleLabels()
                + " (limits.max_profile_stacktrace_sample_labels)");
      }
    }
  }

  /// Where equal samples meet.
  private record Key(int group, int stack, long span, long traceHigh, long traceLow) {}

  private final class Sums {
    private final PprofFile pprof;
    private final int[] locationOf;
    private final List<Map<String, String>> groups = new ArrayList<>();
    private final Map<Map<String, String>, Integer> groupOf = new HashMap<>();
    private final Map<Key, Integer> rowOf = new HashMap<>();
    private final List<Key> rows = new ArrayList<>();
    private long[] sums;

    Sums(PprofFile pprof) {
      this.pprof = pprof;
      this.locationOf = new int[pprof.locations];
      Arrays.fill(locationOf, -2);
      this.sums = new long[Math.max(1, pprof.sampleTypes * 64)];
      group(Map.of());
    }

    void add() {
      int types = pprof.sampleTypes;
      for (int s = 0; s < pprof.samples; s++) {
        if (!counts(s)) {
          continue;
        }
        int stack = stack(s);
        if (stack < 0) {
          continue;
        }
        Key key = key(s, stack);
        Integer row = rowOf.get(key);
        if (row == null) {
          row = rows.size();
          rowOf.put(key, row);
          rows.add(key);
          if (rows.size() * types > sums.length) {
            sums = Arrays.copyOf(sums, 2 * sums.length);
          }
        }
        for (int t = 0; t < types; t++) {
          sums[row * types + t] += pprof.values[s * types + t];
        }
      }
    }

    private boolean counts(int sample) {
      boolean any = false;
      for (int t = 0; t < pprof.sampleTypes; t++) {
        long value = pprof.values[sample * pprof.sampleTypes + t];
        if (value < 0) {
          return false;
        }
        any |= value != 0;
      }
      return any;
    }

    /// Root first; -1 when no frame is left.
    private int stack(int sample) {
      int first = pprof.sampleLocationStart(sample);
      int stack = -1;
      int depth = 0;
      for (int i = pprof.sampleLocationEnds[sample] - 1; i >= first; i--) {
        int row = pprof.sampleLocations[i];
        int location = row < 0 ? -1 : location(row);
        if (location >= 0) {
          if (limits.maxDepth() > 0 && depth == limits.maxDepth()) {
            break;
          }
          stack = symbols.stack(stack, location);
          depth++;
        }
      }
      return stack;
    }

    private int location(int row) {
      if (locationOf[row] == -2) {
        locationOf[row] = intern(row);
      }
      return locationOf[row];
    }

    private int intern(int row) {
      int first = pprof.lineStart(row);
      int count = 0;
      var functions = new int[pprof.lineEnds[row] - first];
      var numbers = new long[functions.length];
      for (int l = first; l < pprof.lineEnds[row]; l++) {
        if (pprof.lineFunctions[l] >= 0) {
          functions[count] = function(pprof.lineFunctions[l]);
          numbers[count++] = pprof.lineNumbers[l];
        }
      }
      int mapping = pprof.locationMappings[row];
      long address = pprof.addresses[row];
      if (count == 0 && address == 0) {
        return -1;
      }
      boolean named =
          count > 0 && mapping >= 0 && pprof.mappingNumbers[6 * mapping + 5] >>> 32 != 0;
      return symbols.location(
          mapping < 0 ? -1 : mapping(mapping), named ? 0 : address, functions, numbers, count);
    }

    private int mapping(int row) {
      int at = 6 * row;
      long[] numbers = pprof.mappingNumbers;
      return symbols.mapping(
          numbers[at + 1],
          numbers[at + 2],
          numbers[at + 3],
          text(numbers[at + 4]),
          text(numbers[at + 5] & 0xffffffffL));
    }

    private int function(int row) {
      int at = 5 * row;
      long[] numbers = pprof.functionNumbers;
      return symbols.function(
          text(numbers[at + 1]), text(numbers[at + 2]), text(numbers[at + 3]), numbers[at + 4]);
    }

    private int text(long number) {
      int row = pprof.stringRow(number);
      int offset = pprof.stringOffsets[row];
      int length = pprof.stringLengths[row];
      int cut = limits.maxSymbolLength() == 0 ? 0 : Math.max(0, length - limits.maxSymbolLength());
      // Not in the middle of a character.
      while (cut > 0 && cut < length && (pprof.bytes[offset + cut] & 0xc0) == 0x80) {
        cut++;
      }
      return symbols.string(pprof.bytes, offset + cut, length - cut);
    }

    private Key key(int sample, int stack) {
      long span = 0;
      long traceHigh = 0;
      long traceLow = 0;
      Map<String, String> labels = Map.of();
      for (int l = pprof.labelStart(sample); l < pprof.labelEnds[sample]; l++) {
        String key = pprof.string(pprof.labelKeys[l]);
        String text = pprof.string(pprof.labelTexts[l]);
        switch (key) {
          case "span_id", "profile_id" -> span = HexIds.span(text);
          case "trace_id" -> {
            traceHigh = HexIds.traceHigh(text);
            traceLow = HexIds.traceLow(text);
          }
          default -> {
            if (labels.isEmpty()) {
              labels = new TreeMap<>();
            }
            labels.put(key, text);
          }
        }
      }
      return new Key(group(labels), stack, span, traceHigh, traceLow);
    }

    private int group(Map<String, String> labels) {
      Integer group = groupOf.get(labels);
      if (group == null) {
        group = groups.size();
        groups.add(labels);
        groupOf.put(labels, group);
      }
      return group;
    }

    int write(Origin origin) {
      int before = batch.profiles();
      var byGroup = new ArrayList<List<Integer>>();
      groups.forEach(unused -> byGroup.add(new ArrayList<>()));
      for (int row = 0; row < rows.size(); row++) {
        byGroup.get(rows.get(row).group()).add(row);
      }
      for (int t = 0; t < pprof.sampleTypes; t++) {
        var type =
            new ProfileType(
                origin.labels().metricName(),
                pprof.string(pprof.typeStrings[t]),
                pprof.string(pprof.unitStrings[t]),
                pprof.string(pprof.periodType),
                pprof.string(pprof.periodUnit));
        for (int g = 0; g < groups.size(); g++) {
          if (!byGroup.get(g).isEmpty()) {
            writeProfile(origin, type, groups.get(g), byGroup.get(g), t);
          }
        }
      }
      return batch.profiles() - before;
    }

    private void writeProfile(
        Origin origin, ProfileType type, Map<String, String> group, List<Integer> members, int t) {
      var labels = new TreeMap<>(group);
      labels.putAll(origin.labels().toMap());
      // Some write milliseconds or nothing: whatever lies in 1970 is no time.
      boolean timed = pprof.timeNanos >= 365L * 86_400 * 1_000_000_000;
      batch.beginProfile(
          type.label(Labels.of(labels)),
          timed ? pprof.timeNanos : origin.fallbackNanos(),
          pprof.durationNanos != 0 ? pprof.durationNanos : origin.durationNanos(),
          pprof.period,
          origin.idHigh(),
          origin.idLow());
      for (int row : members) {
        long value = sums[row * pprof.sampleTypes + t];
        if (value != 0) {
          Key key = rows.get(row);
          batch.addSample(key.stack(), value, key.span(), key.traceHigh(), key.traceLow());
        }
      }
    }
  }
}
