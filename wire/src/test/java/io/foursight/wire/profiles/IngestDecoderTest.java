package io.foursight.wire.profiles;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.Labels;
import io.foursight.model.profiles.MergedStacks;
import io.foursight.model.profiles.ProfileType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

class IngestDecoderTest {
  private static final long NOW = 1_700_000_000_000_000_000L;
  private static final String CPU = "process_cpu:cpu:nanoseconds:cpu:nanoseconds";

  private static IngestRequest request(String contentType, String... parameters) {
    var map = new HashMap<String, String>();
    for (int i = 0; i < parameters.length; i += 2) {
      map.put(parameters[i], parameters[i + 1]);
    }
    return IngestRequest.parse(name -> map.getOrDefault(name, ""), contentType, NOW);
  }

  private static Folded decode(
      PprofLimits limits, String contentType, byte[] body, String... parameters) {
    var folded = new Folded();
    new IngestDecoder(folded.symbols, folded.batch, limits)
        .decode(request(contentType, parameters), contentType, body, 1, 2);
    return folded;
  }

  private static Folded decode(byte[] body, String... parameters) {
    return decode(PprofLimits.NONE, "", body, parameters);
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static byte[] gzip(byte[] body) throws IOException {
    var out = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(out)) {
      gzip.write(body);
    }
    return out.toByteArray();
  }

  /// A pprof file of one sample type with one stack `main;work`.
  private static byte[] pprof(String type, String unit, long timeNanos) {
    var merged = new MergedStacks();
    var folded = new Folded();
    var frames = new NamedFrames(folded.symbols, PprofLimits.NONE);
    int stack = frames.below(frames.below(-1, 0, "main"), 1, "work");
    merged.add(merged.from(folded.symbols.symbols()).stack(stack), 7);
    return PprofEncoder.encode(
        merged, new ProfileType("x", type, unit, "cpu", "nanoseconds"), timeNanos, 0, 100);
  }

  private static byte[] multipart(String boundary, Map<String, byte[]> parts) {
    var out = new ByteArrayOutputStream();
    parts.forEach((name, body) -> {
      out.writeBytes(
          text(
              "--"
                  + boundary
                  + "\r\nContent-Disposition: form-data; name=\""
                  + name
                  + "\"; filename=\"f\"\r\nContent-Type: application/octet-stream\r\n\r\n"));
      out.writeBytes(body);
      out.writeBytes(text("\r\n"));
    });
    out.writeBytes(text("--" + boundary + "--\r\n"));
    return out.toByteArray();
  }

  @Test
  void labelsOfTheName_andWhatTheServerAdds_areOnEveryProfile() {
    Folded folded =
        decode(
            text("a;b 3"),
            "name",
            "shop.cpu{region=eu, pod = p-1 ,__name__=x,__session_id__=7}",
            "from",
            "1600000000",
            "until",
            "1600000010",
            "spyName",
            "gospy");
    assertThat(folded.byType()).isEqualTo(Map.of(CPU, Map.of("a;b", 30_000_000L)));
    Labels labels = folded.batch.labels(0);
    assertThat(labels.toMap())
        .containsEntry("service_name", "shop")
        .containsEntry("region", "eu")
        .containsEntry("pod", "p-1")
        .containsEntry("__name__", "process_cpu")
        .containsEntry("__session_id__", "7")
        .containsEntry("__delta__", "false")
        .containsEntry("pyroscope_spy", "gospy")
        .doesNotContainKey("app_name");
    assertThat(folded.batch.timeNanos(0)).isEqualTo(1_600_000_000_000_000_000L);
    assertThat(folded.batch.durationNanos(0)).isEqualTo(10_000_000_000L);
    assertThat(folded.batch.period(0)).isEqualTo(10_000_000);
    assertThat(folded.batch.idLow(0)).isEqualTo(2);
  }

  @Test
  void aServiceNameOfTheCaller_wins_andTheApplicationIsALabel() {
    Labels labels = decode(text("a 1"), "name", "shop{service_name=till}").batch.labels(0);
    assertThat(labels.get("service_name")).isEqualTo("till");
    assertThat(labels.get("app_name")).isEqualTo("shop");
  }

  @Test
  void namesThatAreNone_areRefused() {
    for (String name : new String[] {"", "  {a=b}", "a b", "a{=x}", "a{x}", "ü"}) {
      assertThatThrownBy(() -> decode(text("a 1"), "name", name))
          .as(name)
          .isInstanceOf(FoursightException.class)
          .hasMessageStartingWith("name:");
    }
  }

  @Test
  void timesComeInManyForms() {
    var forms =
        Map.of(
            "20230102", 1_672_617_600_000_000_000L,
            "1672617600", 1_672_617_600_000_000_000L,
            "1672617600123", 1_672_617_600_123_000_000L,
            "1672617600123456", 1_672_617_600_123_456_000L,
            "1672617600123456789", 1_672_617_600_123_456_789L,
            "now-1h", NOW - 3_600_000_000_000L,
            "now-1d12h", NOW - 36 * 3_600_000_000_000L,
            "now", NOW,
            "", NOW);
    forms.forEach((text, nanos) ->
        assertThat(request("", "name", "a", "from", text).fromNanos()).as(text).isEqualTo(nanos));
    assertThatThrownBy(() -> request("", "name", "a", "from", "99999999999999999999"))
        .hasMessageContaining("not one of this era");
  }

  @Test
  void theFormat_isFoundAsPyroscopeFindsIt() {
    String multipart = "multipart/form-data; boundary=x";
    assertThat(request("binary/octet-stream+trie", "name", "a").format())
        .isEqualTo(IngestRequest.Format.TRIE);
    assertThat(request("binary/octet-stream+tree", "name", "a").format())
        .isEqualTo(IngestRequest.Format.TREE);
    assertThat(request(multipart, "name", "a").format()).isEqualTo(IngestRequest.Format.PPROF);
    assertThat(request(multipart, "name", "a", "format", "jfr").format())
        .isEqualTo(IngestRequest.Format.JFR);
    assertThat(request("", "name", "a", "format", "groups").format())
        .isEqualTo(IngestRequest.Format.FOLDED);
    assertThat(request("", "name", "a", "sampleRate", "x").sampleRate()).isEqualTo(100);
    assertThat(request("", "name", "a", "sampleRate", "-5").sampleRate()).isEqualTo(100);
  }

  @Test
  void theLastPartOfTheName_saysWhatIsCounted() {
    var types = new TreeMap<String, String>();
    types.put("a", CPU);
    types.put("a.itimer", CPU);
    types.put("a.wall", "wall:wall:nanoseconds:cpu:nanoseconds");
    types.put("a.alloc_space", "memory:alloc_space:bytes::");
    types.put("a.inuse_objects", "memory:inuse_objects:count::");
    types.put("a.mutex_duration", "mutex:delay:nanoseconds::");
    types.put("a.block_count", "block:contentions:count::");
    types.put("a.lock_duration", "block:delay:nanoseconds::");
    types.put("a.goroutines", "goroutine:goroutines:count::");
    types.put("a.exceptions", "exceptions:samples:count::");
    types.put("a.bytes", "memory:samples:bytes::");
    types.put("a.alloc_in_new_tlab_objects", "memory:alloc_in_new_tlab_objects:count::");
    types.forEach((name, type) -> {
      long factor = type.contains(":cpu:") ? 10_000_000 : 1;
      assertThat(decode(text("x;y 2"), "name", name).byType())
          .as(name)
          .isEqualTo(Map.of(type, Map.of("x;y", 2 * factor)));
    });
    assertThat(decode(text("x 2"), "name", "a", "sampleRate", "0").byType())
        .isEqualTo(Map.of("process_cpu:samples:count::", Map.of("x", 2L)));
    assertThatThrownBy(() -> decode(text("x 2"), "name", "my.shop"))
        .hasMessageContaining("unknown profile type: shop");
  }

  @Test
  void linesCountOnce_andAnUnknownFormatSaysSo() {
    assertThat(decode(text("a;b\na;b\n\nc"), "name", "x.alloc_objects", "format", "lines").byType())
        .isEqualTo(Map.of("memory:alloc_objects:count::", Map.of("a;b", 2L, "c", 1L)));
    assertThatThrownBy(() -> decode(text("{\"x\": 1}"), "name", "x", "format", "protobuf"))
        .hasMessageContaining("\"protobuf\" is no known format");
    assertThat(
            decode(text("a;b 2"), "name", "x.alloc_objects", "format", "collapsed")
                .batch
                .profiles())
        .isEqualTo(1);
  }

  @Test
  void pprof_isNamedByItsTypes_rawAndInGzip() throws IOException {
    var names =
        Map.of(
            "cpu", "process_cpu",
            "samples", "process_cpu",
            "wall", "wall",
            "alloc_space", "memory",
            "space", "memory",
            "contentions", "mutex",
            "goroutine", "goroutines",
            "other", "other");
    for (var entry : names.entrySet()) {
      byte[] file = pprof(entry.getKey(), "count", NOW);
      String type = entry.getValue() + ":" + entry.getKey() + ":count:cpu:nanoseconds";
      for (byte[] body : new byte[][] {file, gzip(file)}) {
        assertThat(decode(body, "name", "a", "format", "pprof").byType())
            .isEqualTo(Map.of(type, Map.of("main;work", 7L)));
      }
    }
    assertThatThrownBy(
            () -> decode(gzip(gzip(pprof("cpu", "count", NOW))), "name", "a", "format", "pprof"))
        .hasMessageContaining("gzip twice");
  }

  @Test
  void pprofOf1970_hasTheTimeOfTheRequest() {
    Folded folded =
        decode(
            pprof("cpu", "count", 1_600_000_000_000L),
            "name",
            "a",
            "format",
            "pprof",
            "from",
            "1600000000");
    assertThat(folded.batch.timeNanos(0)).isEqualTo(1_600_000_000_000_000_000L);
  }

  @Test
  void parts_holdProfileAndTypes() throws IOException {
    String type = "multipart/form-data; boundary=\"b 1\"";
    byte[] file = pprof("contentions", "count", NOW);
    byte[] config =
        text("{\"contentions\":{\"units\":\"lock_samples\",\"display-name\":\"block_count\"}}");
    Folded folded =
        decode(
            PprofLimits.NONE,
            type,
            multipart("b 1", Map.of("profile", gzip(file), "sample_type_config", config)),
            "name",
            "a");
    assertThat(folded.totals()).isEqualTo(Map.of("block:contentions:count:cpu:nanoseconds", 7L));
    assertThatThrownBy(() ->
            decode(
                PprofLimits.NONE,
                type,
                multipart("b 1", Map.of("profile", file, "prev_profile", file)),
                "name",
                "a"))
        .hasMessageContaining("unsupported version");
    assertThatThrownBy(() ->
            decode(PprofLimits.NONE, type, multipart("b 1", Map.of("other", file)), "name", "a"))
        .hasMessageContaining("no part \"profile\"");
    assertThatThrownBy(() ->
            decode(
                PprofLimits.NONE,
                type,
                multipart("b 1", Map.of("other", file)),
                "name",
                "a",
                "format",
                "jfr"))
        .hasMessageContaining("no part \"jfr\"");
  }

  @Test
  void multipartCutAnywhere_isRefused() {
    byte[] body = multipart("bb", Map.of("profile", pprof("cpu", "count", NOW)));
    for (int cut = 0; cut < body.length - 6; cut++) {
      byte[] part = Arrays.copyOf(body, cut);
      assertThatThrownBy(
              () -> decode(PprofLimits.NONE, "multipart/form-data; boundary=bb", part, "name", "a"))
          .as("cut at " + cut)
          .isInstanceOf(FoursightException.class);
    }
    assertThatThrownBy(() -> decode(PprofLimits.NONE, "multipart/form-data", body, "name", "a"))
        .hasMessageContaining("no boundary");
  }

  /// Nodes in pre-order.
  private static byte[] tree(Object... nodes) {
    var out = new ByteArrayOutputStream();
    for (Object node : nodes) {
      if (node instanceof String name) {
        out.write(name.length());
        out.writeBytes(text(name));
      } else {
        out.write((Integer) node);
      }
    }
    return out.toByteArray();
  }

  @Test
  void trees_haveFramesAsNames() {
    byte[] body = tree("", 0, 1, "main", 1, 2, "a", 2, 0, "b", 0, 1, "c", 3, 0);
    assertThat(decode(body, "name", "x.alloc_objects", "format", "tree").byType())
        .isEqualTo(
            Map.of(
                "memory:alloc_objects:count::", Map.of("main", 1L, "main;a", 2L, "main;b;c", 3L)));
    byte[] more = Arrays.copyOf(body, body.length + 1);
    assertThatThrownBy(() -> decode(more, "name", "x", "format", "tree"))
        .hasMessageContaining("behind the last node");
  }

  @Test
  void tries_haveFragmentsAsNames() {
    byte[] body = tree("", 0, 2, "main;", 0, 2, "a", 2, 1, "b;c", 3, 0, "x", 4, 0, "z", 5, 0);
    assertThat(decode(body, "name", "x.alloc_objects", "format", "trie").byType())
        .isEqualTo(
            Map.of(
                "memory:alloc_objects:count::",
                Map.of("main;a", 2L, "main;ab;c", 3L, "main;x", 4L, "z", 5L)));
  }

  @Test
  void treesCutOrChangedAnywhere_areRefusedOrRead_butNeverBreak() {
    long seed = System.nanoTime();
    var random = new Random(seed);
    byte[] body = tree("", 0, 2, "main;", 0, 2, "a", 2, 1, "b;c", 3, 0, "x", 4, 0, "z", 5, 0);
    for (String format : new String[] {"trie", "tree"}) {
      for (int cut = 0; cut < body.length; cut++) {
        byte[] part = Arrays.copyOf(body, cut);
        assertThatThrownBy(() -> decode(part, "name", "x", "format", format))
            .as(format + " cut at " + cut)
            .isInstanceOf(FoursightException.class);
      }
      for (int i = 0; i < 2000; i++) {
        byte[] changed = body.clone();
        for (int n = 1 + random.nextInt(3); n > 0; n--) {
          changed[random.nextInt(changed.length)] = (byte) random.nextInt();
        }
        try {
          decode(changed, "name", "x", "format", format);
        } catch (FoursightException e) {
          assertThat(e.kind()).as("seed " + seed).isEqualTo(ErrorKind.BAD_DATA);
        }
      }
    }
  }

  @Test
  void deepStacks_areCutAtTheLeaves_longNamesAtTheirBeginning() {
    var limits = new PprofLimits(0, 0, 3, 4, 0);
    assertThat(
            decode(limits, "", text("a;b;c;d;e 1\na;b;c 1\nlongname 1"), "name", "x.alloc_space")
                .byType())
        .isEqualTo(Map.of("memory:alloc_space:bytes::", Map.of("a;b;c", 2L, "name", 1L)));
    byte[] tree = tree("", 0, 1, "a", 0, 1, "b", 0, 1, "c", 1, 1, "d", 2, 1, "e", 4, 0);
    assertThat(decode(limits, "", tree, "name", "x.alloc_space", "format", "tree").byType())
        .isEqualTo(Map.of("memory:alloc_space:bytes::", Map.of("a;b;c", 7L)));
  }

  @Test
  void moreStacksThanAllowed_areTooLarge() {
    var limits = new PprofLimits(0, 2, 0, 0, 0);
    assertThatThrownBy(() -> decode(limits, "", text("a 1\nb 1\nc 1"), "name", "x"))
        .hasMessageContaining("limits.max_profile_stacktrace_samples");
    assertThat(decode(limits, "", text("a 1\nb 1\na 1"), "name", "x").batch.samples()).isEqualTo(2);
    assertThatThrownBy(
            () -> decode(new PprofLimits(10, 0, 0, 0, 0), "", text("a;b;c;d;e;f 1"), "name", "x"))
        .hasMessageContaining("limits.max_profile_size_bytes");
  }

  @Test
  void emptyBodies_areNoProfiles() {
    assertThat(decode(new byte[0], "name", "x").batch.profiles()).isZero();
    assertThat(decode(new byte[0], "name", "x", "format", "pprof").batch.profiles()).isZero();
    assertThatThrownBy(() -> decode(new byte[0], "name", "x", "format", "jfr"))
        .hasMessageContaining("empty");
    assertThatThrownBy(() -> decode(new byte[0], "name", "x", "format", "speedscope"))
        .isInstanceOf(FoursightException.class);
  }

  // --- speedscope

  private static final String FRAMES =
      "\"shared\":{\"frames\":[{\"name\":\"a\"},{\"name\":\"b\"}]}";

  private static byte[] speedscope(String... profiles) {
    return text(
        "{\"$schema\":\""
            + SpeedscopeDecoder.SCHEMA
            + "\",\"profiles\":["
            + String.join(",", profiles)
            + "],"
            + FRAMES
            + ",\"version\":\"1\"}");
  }

  private static Folded decodeSpeedscope(byte[] body, String name) {
    return decode(body, "name", name, "format", "speedscope");
  }

  @Test
  void eventsOfSpeedscope_takeTheTimeBetweenThem() {
    String profile =
        "{\"type\":\"evented\",\"name\":\"p\",\"unit\":\"milliseconds\",\"startValue\":0,\"endValue\":10,\"events\":["
            + "{\"type\":\"O\",\"frame\":0,\"at\":0},{\"type\":\"O\",\"frame\":1,\"at\":2.5},"
            + "{\"type\":\"C\",\"frame\":1,\"at\":4},{\"type\":\"C\",\"frame\":0,\"at\":9}]}";
    Folded folded = decodeSpeedscope(speedscope(profile), "x");
    assertThat(folded.byType()).isEqualTo(Map.of(CPU, Map.of("a", 7_500_000L, "a;b", 1_500_000L)));
    assertThat(folded.batch.labels(0).get("profile_name")).isEqualTo("p");
    for (String wrong :
        new String[] {
          profile.replace("\"at\":4", "\"at\":1"),
          profile.replace("\"C\",\"frame\":1", "\"C\",\"frame\":0"),
          profile.replace("\"O\",\"frame\":1", "\"O\",\"frame\":7"),
          profile.replace("milliseconds", "fortnights"),
          profile.replace("evented", "other"),
          profile.replace("\"O\"", "\"X\"")
        }) {
      assertThatThrownBy(() -> decodeSpeedscope(speedscope(wrong), "x"))
          .as(wrong)
          .isInstanceOf(FoursightException.class)
          .hasMessageContaining("speedscope");
    }
  }

  @Test
  void samplesOfSpeedscope_haveWeights_andEachProfileItsUnit() {
    String sampled =
        "{\"type\":\"sampled\",\"name\":\"%s\",\"unit\":\"%s\",\"startValue\":0,\"endValue\":3,"
            + "\"samples\":[[0,1],[0]],\"weights\":[2,1]}";
    assertThat(decodeSpeedscope(speedscope(sampled.formatted("p", "none")), "x").byType())
        .isEqualTo(Map.of(CPU, Map.of("a;b", 20_000_000L, "a", 10_000_000L)));
    Folded several =
        decodeSpeedscope(
            speedscope(
                sampled.formatted("p", "seconds"),
                sampled.formatted("p", "bytes"),
                sampled.formatted("p", "seconds")),
            "x");
    assertThat(several.byType())
        .isEqualTo(
            Map.of(
                "wall:wall:nanoseconds:cpu:nanoseconds",
                Map.of("a;b", 4_000_000_000L, "a", 2_000_000_000L),
                "memory:samples:bytes::",
                Map.of("a;b", 2L, "a", 1L)));
    assertThat(several.batch.profiles()).isEqualTo(2);
    assertThatThrownBy(() ->
            decodeSpeedscope(
                speedscope(sampled.formatted("p", "none").replace("[2,1]", "[2]")), "x"))
        .hasMessageContaining("2 samples with 1 weights");
    assertThatThrownBy(() ->
            decodeSpeedscope(
                speedscope(sampled.formatted("p", "none").replace("[2,1]", "[2,-1]")), "x"))
        .hasMessageContaining("weight of -1");
  }

  @Test
  void speedscopeCutAnywhere_orOfAnotherSchema_isRefused() {
    byte[] body =
        speedscope(
            "{\"type\":\"sampled\",\"name\":\"p\",\"unit\":\"none\",\"samples\":[[0]],\"weights\":[1]}");
    for (int cut = 0; cut < body.length; cut++) {
      byte[] part = Arrays.copyOf(body, cut);
      assertThatThrownBy(() -> decodeSpeedscope(part, "x"))
          .as("cut at " + cut)
          .isInstanceOf(FoursightException.class);
    }
    assertThatThrownBy(() -> decodeSpeedscope(text("{\"$schema\":\"other\",\"profiles\":[]}"), "x"))
        .hasMessageContaining("unknown schema");
  }
}
