package io.foursight.wire.profiles;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.Labels;
import io.foursight.model.profiles.ProfileType;
import io.foursight.model.profiles.ProfilesBatch;
import io.foursight.model.profiles.SymbolsInterner;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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

  /// What is mended in files of some writers.
  ///
  /// @param functionIds functions that all have the id 0 take those of the locations, and `-` in
  ///   sample types becomes `_`: the .NET profiler's
  /// @param fileInNames a function's name becomes `file name`: scripting languages, whose flame
  ///   graphs say little without
  /// @param notOfAbsoluteFiles but not where the file's path is absolute
  public record Repairs(boolean functionIds, boolean fileInNames, boolean notOfAbsoluteFiles) {
    public static final Repairs NONE = new Repairs(false, false, false);
  }

  private static boolean isGzip(byte[] body) {
    return body.length >= 2 && body[0] == 0x1f && body[1] == (byte) 0x8b;
  }

  /// The uncompressed bytes of a file that may be in gzip.
  ///
  /// @throws FoursightException `BAD_DATA`, `TOO_LARGE`
  public byte[] unpack(byte[] body) {
    if (!isGzip(body)) {
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
      if (isGzip(unpacked)) {
        throw PprofFile.bad("it is in gzip twice");
      }
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

  /// The kind of profile that a file without a name is, as [#types] of it say: `process_cpu`,
  /// `memory`, ...
  public static String profileName(byte[] file) {
    var names = types(file);
    names.removeLast();
    names.replaceAll(type -> type.substring(0, type.indexOf(':')));
    return SampleTypeConfig.DEFAULT.profileName(names);
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
    return decode(file, origin, Repairs.NONE);
  }

  /// As [#decode(byte[], Origin)], for a writer whose files need repairs.
  public int decode(byte[] file, Origin origin, Repairs repairs) {
    checkSize(file.length);
    var pprof = new PprofFile(file, repairs.functionIds());
    check(pprof, repairs);
    var sums = new Sums(pprof, repairs);
    sums.add();
    return sums.write(origin);
  }

  static FoursightException tooManySamples(int samples, PprofLimits limits) {
    return new FoursightException(
        ErrorKind.TOO_LARGE,
        "the profile has "
            + samples
            + " samples, the limit is "
            + limits.maxSamples()
            + " (limits.max_profile_stacktrace_samples)");
  }

  private void check(PprofFile pprof, Repairs repairs) {
    if (pprof.sampleTypes == 0) {
      throw PprofFile.bad("it has no sample types");
    }
    if (limits.maxSamples() > 0 && pprof.samples > limits.maxSamples()) {
      throw tooManySamples(pprof.samples, limits);
    }
    for (int f = 0; f < pprof.functions; f++) {
      if (pprof.functionNumbers[5 * f] == 0) {
        throw PprofFile.bad("function id is 0");
      }
    }
    for (int l = 0; l < pprof.locations; l++) {
      if (pprof.locationId(l) == 0) {
        throw PprofFile.bad("location id is 0");
      }
    }
    for (int m = 0; m < pprof.mappings; m++) {
      if (pprof.mappingNumbers[6 * m] == 0) {
        throw PprofFile.bad("mapping id is 0");
      }
    }
    for (int t = 0; t < pprof.sampleTypes; t++) {
      String type = pprof.string(pprof.typeStrings[t]);
      if (type.indexOf('-') >= 0 && !repairs.functionIds()) {
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
    private final Repairs repairs;
    private final int[] locationOf;
    private final List<Map<String, String>> groups = new ArrayList<>();
    private final Map<Map<String, String>, Integer> groupOf = new HashMap<>();
    private final Map<Key, Integer> rowOf = new HashMap<>();
    private final List<Key> rows = new ArrayList<>();
    private long[] sums;

    Sums(PprofFile pprof, Repairs repairs) {
      this.pprof = pprof;
      this.repairs = repairs;
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
          if (sums[row * types + t] < 0) {
            throw PprofFile.bad("the values of a stack pass 64 bits");
          }
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
          name(numbers[at + 1], numbers[at + 3]),
          text(numbers[at + 2]),
          text(numbers[at + 3]),
          numbers[at + 4]);
    }

    private int name(long number, long file) {
      int row = pprof.stringRow(number);
      boolean shaped =
          GoNames.isShaped(pprof.bytes, pprof.stringOffsets[row], pprof.stringLengths[row]);
      if (!shaped && !repairs.fileInNames()) {
        return text(number);
      }
      String name = pprof.string(number);
      if (shaped) {
        name = GoNames.withoutShapes(name);
      }
      if (repairs.fileInNames()) {
        String path = pprof.string(file);
        if (!repairs.notOfAbsoluteFiles() || !path.startsWith("/")) {
          name = path + " " + name;
        }
      }
      byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
      int cut = NamedFrames.cut(bytes, 0, bytes.length, limits.maxSymbolLength());
      return symbols.string(bytes, cut, bytes.length - cut);
    }

    private int text(long number) {
      int row = pprof.stringRow(number);
      int offset = pprof.stringOffsets[row];
      int length = pprof.stringLengths[row];
      int cut = NamedFrames.cut(pprof.bytes, offset, length, limits.maxSymbolLength());
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
        String name = pprof.string(pprof.typeStrings[t]);
        var type =
            new ProfileType(
                origin.labels().metricName(),
                repairs.functionIds() ? name.replace('-', '_') : name,
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
