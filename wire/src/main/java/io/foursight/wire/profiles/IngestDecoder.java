package io.foursight.wire.profiles;

import io.foursight.model.FoursightException;
import io.foursight.model.Labels;
import io.foursight.model.profiles.ProfilesBatch;
import io.foursight.model.profiles.SymbolsInterner;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Puts the body of a Pyroscope `/ingest` request into a batch, whatever its format. Bodies and
/// parts of bodies may be in gzip.
///
/// ```
/// pprof       the file, or parts profile, sample_type_config (JSON)
/// jfr         the file, or parts jfr, labels
/// trie, tree  see TreeDecoder
/// speedscope  JSON
/// lines       a stack a line
/// others      folded stacks
/// ```
///
/// Owned by one thread.
public final class IngestDecoder {
  private final SymbolsInterner symbols;
  private final ProfilesBatch batch;
  private final PprofLimits limits;
  private final PprofDecoder pprof;

  /// @param symbols those of the batch
  public IngestDecoder(SymbolsInterner symbols, ProfilesBatch batch, PprofLimits limits) {
    this.symbols = symbols;
    this.batch = batch;
    this.limits = limits;
    this.pprof = new PprofDecoder(symbols, batch, limits);
  }

  /// @param contentType of the request
  /// @param idHigh with `idLow` the id of what is pushed
  /// @return how many profiles; 0 when the body has none
  /// @throws FoursightException `BAD_DATA`, `TOO_LARGE`; the batch has nothing of the body then
  public int decode(
      IngestRequest request, String contentType, byte[] body, long idHigh, long idLow) {
    int before = batch.profiles();
    switch (request.format()) {
      case PPROF -> pprof(request, contentType, body, idHigh, idLow);
      case JFR -> jfr(request, contentType, body, idHigh, idLow);
      case SPEEDSCOPE -> speedscope(request, body, idHigh, idLow);
      case TRIE, TREE, LINES, FOLDED -> stacks(request, body, idHigh, idLow);
    }
    return batch.profiles() - before;
  }

  private PprofDecoder.Origin origin(
      IngestRequest request, Map<String, String> labels, long idHigh, long idLow) {
    return new PprofDecoder.Origin(
        Labels.of(labels),
        request.fromNanos(),
        request.untilNanos() - request.fromNanos(),
        idHigh,
        idLow);
  }

  private void pprof(
      IngestRequest request, String contentType, byte[] body, long idHigh, long idLow) {
    byte[] file = body;
    SampleTypeConfig types = SampleTypeConfig.DEFAULT;
    if (Multipart.isMultipart(contentType)) {
      Multipart parts = Multipart.parse(contentType, body);
      if (parts.part("prev_profile").isPresent()) {
        throw PprofFile.bad(
            "part prev_profile: the client is of an unsupported version, which sends cumulative"
                + " profiles; please update it");
      }
      file =
          parts.part("profile").orElseThrow(() -> PprofFile.bad("multipart: no part \"profile\""));
      types = parts.part("sample_type_config").map(SampleTypeConfig::parse).orElse(types);
    }
    if (file.length == 0) {
      return;
    }
    byte[] unpacked = pprof.unpack(file);
    var names = new ArrayList<>(PprofDecoder.types(unpacked));
    names.removeLast();
    names.replaceAll(type -> type.substring(0, type.indexOf(':')));
    Map<String, String> labels = request.seriesLabels(request.application());
    labels.put(Labels.METRIC_NAME, types.profileName(names));
    pprof.decode(unpacked, origin(request, labels, idHigh, idLow), repairs(request.spy(), types));
  }

  private static PprofDecoder.Repairs repairs(String spy, SampleTypeConfig types) {
    return new PprofDecoder.Repairs(
        spy.equals("dotnetspy") || spy.equals("unknown") && types.knows("inuse-space"),
        spy.equals("pyspy") || spy.equals("rbspy") || spy.equals("scripting"),
        spy.equals("pyspy"));
  }

  private void jfr(
      IngestRequest request, String contentType, byte[] body, long idHigh, long idLow) {
    byte[] file = body;
    JfrLabels contexts = JfrLabels.NONE;
    if (Multipart.isMultipart(contentType)) {
      Multipart parts = Multipart.parse(contentType, body);
      file = parts.part("jfr").orElseThrow(() -> PprofFile.bad("multipart: no part \"jfr\""));
      contexts =
          parts
              .part("labels")
              .filter(part -> part.length > 0)
              .map(part -> JfrLabels.decode(pprof.unpack(part)))
              .orElse(contexts);
    }
    new JfrDecoder(symbols, batch, limits)
        .decode(
            pprof.unpack(file),
            contexts,
            origin(request, request.seriesLabels(request.application()), idHigh, idLow),
            StackType.periodNanos(request.sampleRate()));
  }

  private void stacks(IngestRequest request, byte[] body, long idHigh, long idLow) {
    StackType type = StackType.of(request.application(), request.sampleRate());
    byte[] unpacked = pprof.unpack(body);
    StackSums sums =
        switch (request.format()) {
          case TREE -> new TreeDecoder(symbols, limits, type.factor()).tree(unpacked);
          case TRIE -> new TreeDecoder(symbols, limits, type.factor()).trie(unpacked);
          default -> text(request, unpacked, type.factor());
        };
    write(request, type, request.seriesLabels(type.service()), sums, idHigh, idLow);
  }

  private StackSums text(IngestRequest request, byte[] body, long factor) {
    var text = new String(body, StandardCharsets.UTF_8);
    var decoder = new FoldedDecoder(symbols, batch, limits);
    if (request.format() == IngestRequest.Format.LINES) {
      return decoder.read(text, false, factor);
    }
    try {
      return decoder.read(text, true, factor);
    } catch (FoursightException e) {
      String format = request.formatName();
      if (format.isEmpty() || format.equals("folded") || format.equals("groups")) {
        throw e;
      }
      throw new FoursightException(
          e.kind(),
          e.getMessage()
              + " (\""
              + format.substring(0, Math.min(50, format.length()))
              + "\" is no known format, so the body was read as folded stacks)",
          e);
    }
  }

  private void write(
      IngestRequest request,
      StackType type,
      Map<String, String> labels,
      StackSums sums,
      long idHigh,
      long idLow) {
    if (sums.isEmpty()) {
      return;
    }
    batch.beginProfile(
        type.type().label(Labels.of(labels)),
        request.fromNanos(),
        request.untilNanos() - request.fromNanos(),
        type.type().periodType().isEmpty() ? 0 : type.factor(),
        idHigh,
        idLow);
    sums.write(batch);
  }

  /// Of several profiles in a file each is of what its unit says; a single one is of what the name
  /// of the application says.
  private void speedscope(IngestRequest request, byte[] body, long idHigh, long idLow) {
    long period = StackType.periodNanos(request.sampleRate());
    List<SpeedscopeDecoder.Part> parts =
        new SpeedscopeDecoder(symbols, limits, period).decode(pprof.unpack(body));
    String application = request.application();
    for (SpeedscopeDecoder.Part part : parts) {
      String suffix =
          part.unit().equals("bytes")
              ? ".bytes"
              : parts.size() > 1 && part.isTime() ? "." + part.unit() : "";
      StackType type = StackType.of(application + suffix, Math.max(1, request.sampleRate()));
      Map<String, String> labels = request.seriesLabels(type.service());
      labels.put("profile_name", part.name());
      write(
          request,
          new StackType(type.service(), type.type(), period),
          labels,
          part.sums(),
          idHigh,
          idLow);
    }
  }
}
