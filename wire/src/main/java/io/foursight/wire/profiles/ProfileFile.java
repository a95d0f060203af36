package io.foursight.wire.profiles;

import io.foursight.model.FoursightException;
import io.foursight.model.profiles.MergedStacks;
import io.foursight.model.profiles.ProfileSymbols;
import io.foursight.model.profiles.ProfileType;
import io.foursight.model.profiles.ProfilesBatch;
import io.foursight.model.profiles.SymbolsInterner;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/// A profile in a file of whatever format, which the first bytes tell:
///
/// ```
/// FLR\0        Java Flight Recorder
/// {            JSON: a flame graph of Pyroscope or Grafana, else speedscope
/// 0x0a         pprof
/// anything     folded stacks, `a;b;c 10`, or a stack a line without numbers
/// ```
///
/// each of them in gzip or not. Stateless; safe from any thread.
public final class ProfileFile {
  private static final byte[] RECORDING = {'F', 'L', 'R', 0};

  private ProfileFile() {}

  /// @param name of the file
  /// @param limits of its size
  /// @return the sums by type, in the order of the file; at least one
  /// @throws FoursightException `BAD_DATA`, `TOO_LARGE`
  public static Map<String, MergedStacks> read(String name, byte[] file, PprofLimits limits) {
    var interner = new SymbolsInterner(new ProfileSymbols());
    var batch = new ProfilesBatch(interner.symbols());
    byte[] bytes = new PprofDecoder(interner, batch, limits).unpack(file);
    if (bytes.length > 0 && isJson(bytes) && FlamebearerReader.isFlamebearer(bytes)) {
      return FlamebearerReader.read(bytes);
    }
    var decoder = new IngestDecoder(interner, batch, limits);
    decoder.decode(request(name, bytes), "application/octet-stream", bytes, 0, 0);
    Map<String, MergedStacks> sums = new LinkedHashMap<>();
    Map<String, SymbolsInterner.From> translations = new LinkedHashMap<>();
    for (int p = 0; p < batch.profiles(); p++) {
      String type = batch.labels(p).get(ProfileType.LABEL);
      MergedStacks sum = sums.computeIfAbsent(type, t -> new MergedStacks());
      SymbolsInterner.From from =
          translations.computeIfAbsent(type, t -> sum.from(batch.symbols()));
      for (int s = batch.sampleStart(p); s < batch.sampleEnd(p); s++) {
        sum.add(from.stack(batch.stack(s)), batch.value(s));
      }
    }
    if (sums.isEmpty()) {
      throw FoursightException.badData("the file has no profile");
    }
    return sums;
  }

  private static boolean isJson(byte[] bytes) {
    for (byte b : bytes) {
      if (b > ' ') {
        return b == '{';
      }
    }
    return false;
  }

  private static IngestRequest request(String name, byte[] bytes) {
    IngestRequest.Format format = format(bytes);
    // A name that counts nothing but samples: the last part would be taken for a type.
    String application = name.replaceAll("[^A-Za-z0-9_/-]", "_").toLowerCase(Locale.ROOT);
    boolean text = format == IngestRequest.Format.FOLDED || format == IngestRequest.Format.LINES;
    return new IngestRequest(
        application.isEmpty() ? "file" : application,
        Map.of(),
        0,
        0,
        format,
        "",
        text ? 0 : 100,
        "");
  }

  private static IngestRequest.Format format(byte[] bytes) {
    if (bytes.length >= 4 && Arrays.equals(bytes, 0, 4, RECORDING, 0, 4)) {
      return IngestRequest.Format.JFR;
    }
    if (isJson(bytes)) {
      return IngestRequest.Format.SPEEDSCOPE;
    }
    // The field of sample types, which is no letter of a text's first frame.
    if (bytes.length > 1 && bytes[0] == 0x0a && bytes[1] < ' ') {
      return IngestRequest.Format.PPROF;
    }
    return endsInNumber(bytes) ? IngestRequest.Format.FOLDED : IngestRequest.Format.LINES;
  }

  /// Whether the first line that is not empty ends in a space and digits.
  private static boolean endsInNumber(byte[] bytes) {
    var text = new String(bytes, 0, Math.min(bytes.length, 1 << 16), StandardCharsets.UTF_8);
    String line = text.lines().map(String::strip).filter(l -> !l.isEmpty()).findFirst().orElse("");
    return line.matches(".* [0-9]+");
  }
}
