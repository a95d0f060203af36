package io.foursight.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.foursight.model.profiles.MergedStacks;
import io.foursight.model.profiles.ProfileSymbols;
import io.foursight.model.profiles.ProfileType;
import io.foursight.model.profiles.SymbolsInterner;
import io.foursight.wire.profiles.PprofEncoder;
import io.foursight.wire.protobuf.ProtoWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import jdk.jfr.Recording;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// Malformed, oversized and absurd profiles get the status that upstream gives and a message; the
/// server goes on and what was stored stays.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ProfilesBadInputIT {
  private static final String CPU = "process_cpu:cpu:nanoseconds:cpu:nanoseconds";
  private static final String BINARY = "application/octet-stream";

  private final long now = System.currentTimeMillis();
  private FoursightProcess server;
  private PyroscopeApi api;
  private Path directory;

  @BeforeAll
  void start(@TempDir Path temporary) throws Exception {
    directory = temporary;
    server = new FoursightProcess(temporary.resolve("server")).start();
    api = new PyroscopeApi(server.url());
    assertThat(
            api.ingest(
                    "text/plain",
                    "main;witness 7".getBytes(StandardCharsets.UTF_8),
                    "name",
                    "witness")
                .statusCode())
        .isEqualTo(200);
  }

  @AfterEach
  void theServerGoesOn_andKeepsWhatItHad() throws Exception {
    assertThat(server.get("/ready").statusCode()).isEqualTo(200);
    assertThat(selfs("witness")).isEqualTo(Map.of("main;witness", 70_000_000L));
  }

  @AfterAll
  void stop() {
    api.close();
    server.close();
  }

  private Map<String, Long> selfs(String service) throws Exception {
    long second = now / 1000;
    String request =
        PyroscopeApi.select(
            CPU,
            "{service_name=\"" + service + "\"}",
            second - 60,
            second + 600,
            ",\"maxNodes\":100000");
    return PyroscopeApi.stacks(api.query("SelectMergeStacktraces", request).path("flamegraph"));
  }

  private HttpResponse<byte[]> pprof(byte[] body, String name) throws Exception {
    return api.ingest(BINARY, body, "name", name, "format", "pprof");
  }

  private static void is(int status, String message, HttpResponse<byte[]> answer) {
    assertThat(answer.statusCode()).as(PyroscopeApi.text(answer)).isEqualTo(status);
    assertThat(PyroscopeApi.text(answer)).contains(message);
  }

  private static byte[] gzip(byte[] body) throws IOException {
    var out = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(out)) {
      gzip.write(body);
    }
    return out.toByteArray();
  }

  /// A CPU profile whose stacks are `f0;f1;...`, as deep and as many as wanted.
  private byte[] file(int stacks, int depth) {
    var symbols = new SymbolsInterner(new ProfileSymbols());
    var leaves = new int[stacks];
    for (int s = 0; s < stacks; s++) {
      int stack = -1;
      for (int d = 0; d < depth; d++) {
        byte[] name = ("f" + (d == depth - 1 ? s : d)).getBytes(StandardCharsets.UTF_8);
        int function = symbols.function(symbols.string(name, 0, name.length), 0, 0, 0);
        stack = symbols.stack(stack, symbols.location(-1, 0, new int[] {function}, new long[1], 1));
      }
      leaves[s] = stack;
    }
    var merged = new MergedStacks();
    var from = merged.from(symbols.symbols());
    for (int leaf : leaves) {
      merged.add(from.stack(leaf), 1);
    }
    return PprofEncoder.encode(merged, ProfileType.parse(CPU), now * 1_000_000, 0, 1);
  }

  @Test
  void aCutProfile_is422_whereverItIsCut() throws Exception {
    byte[] file = file(3, 3);
    for (int cut = 1; cut < file.length; cut += 7) {
      HttpResponse<byte[]> answer = pprof(Arrays.copyOf(file, cut), "cut");
      assertThat(answer.statusCode()).as("cut at " + cut).isIn(200, 422);
    }
    is(422, "invalid profile: gzip", pprof(Arrays.copyOf(gzip(file), 40), "cut"));
    is(422, "malformed protobuf", pprof(Arrays.copyOf(file, file.length / 2), "cut"));
  }

  @Test
  void noise_is422_inEveryFormat() throws Exception {
    long seed = System.nanoTime();
    var random = new Random(seed);
    var noise = new byte[300];
    for (int i = 0; i < 5; i++) {
      random.nextBytes(noise);
      noise[0] = (byte) 0xff;
      for (String format : new String[] {"pprof", "jfr", "trie", "tree", "speedscope", "", "odd"}) {
        HttpResponse<byte[]> answer = api.ingest(BINARY, noise, "name", "noise", "format", format);
        assertThat(answer.statusCode())
            .as("%s seed %d: %s", format, seed, PyroscopeApi.text(answer))
            .isEqualTo(422);
      }
    }
    is(
        422,
        "\\\"odd\\\" is no known format",
        api.ingest(
            BINARY, "no stacks".getBytes(StandardCharsets.UTF_8), "name", "x", "format", "odd"));
  }

  @Test
  void aCutRecording_is422() throws Exception {
    Path path = directory.resolve("r.jfr");
    try (var recording = new Recording()) {
      recording.enable("jdk.JavaExceptionThrow").withStackTrace();
      recording.start();
      assertThat(new IllegalStateException("for the record")).isNotNull();
      recording.stop();
      recording.dump(path);
    }
    byte[] file = Files.readAllBytes(path);
    is(200, "", api.ingest(BINARY, file, "name", "jfr", "format", "jfr"));
    for (int cut : new int[] {1, 50, 68, 100, file.length / 2, file.length - 1}) {
      HttpResponse<byte[]> answer =
          api.ingest(BINARY, Arrays.copyOf(file, cut), "name", "jfr", "format", "jfr");
      is(422, "JFR at byte", answer);
    }
    is(422, "empty", api.ingest(BINARY, new byte[0], "name", "jfr", "format", "jfr"));
  }

  @Test
  void danglingIds_costTheirFrames_idsOfZeroTheProfile() throws Exception {
    // A sample of location 1, which has function 1, and of location 9, which is not there.
    is(200, "", pprof(handmade(1, 9, 5), "dangling"));
    assertThat(selfs("dangling")).isEqualTo(Map.of("work", 5L));
    is(422, "function id is 0", pprof(handmade(0, 1, 5), "dangling"));
  }

  @Test
  void negativeValues_leaveTheirSampleOut() throws Exception {
    is(200, "", pprof(handmade(1, 1, -5), "negative"));
    assertThat(selfs("negative")).isEmpty();
    is(
        422,
        "count -5",
        api.ingest("text/plain", "a -5".getBytes(StandardCharsets.UTF_8), "name", "n"));
  }

  private byte[] handmade(int function, int secondLocation, long value) {
    var out = new ProtoWriter();
    int type = out.begin(1);
    out.varint(1, 1);
    out.varint(2, 2);
    out.end(type);
    int sample = out.begin(2);
    out.varint(1, 1);
    out.varint(1, secondLocation);
    out.varint(2, value);
    out.end(sample);
    int location = out.begin(4);
    out.varint(1, 1);
    int line = out.begin(4);
    out.varint(1, 1);
    out.end(line);
    out.end(location);
    int f = out.begin(5);
    out.varint(1, function);
    out.varint(2, 3);
    out.end(f);
    for (String text : new String[] {"", "cpu", "nanoseconds", "work"}) {
      out.bytes(6, text.getBytes(StandardCharsets.UTF_8));
    }
    int period = out.begin(11);
    out.varint(1, 1);
    out.varint(2, 2);
    out.end(period);
    out.varint(12, 1);
    return out.toByteArray();
  }

  @Test
  void gzipOfGzip_is422_andABombIsTooLarge() throws Exception {
    is(422, "gzip twice", pprof(gzip(gzip(file(1, 2))), "twice"));
    byte[] bomb = gzip(new byte[200 << 20]);
    is(422, "limits.max_profile_size_bytes", pprof(bomb, "bomb"));
    HttpResponse<byte[]> encoded =
        api.post("/ingest?name=bomb", "text/plain", gzip(bomb), "content-encoding", "gzip");
    assertThat(encoded.statusCode()).as(PyroscopeApi.text(encoded)).isIn(413, 422);
  }

  @Test
  void stacksOfTenThousandFrames_areCutAtTheirLeaves() throws Exception {
    is(200, "", pprof(file(1, 10_000), "deep"));
    Map<String, Long> selfs = selfs("deep");
    assertThat(selfs).hasSize(1);
    String path = selfs.keySet().iterator().next();
    assertThat(path).startsWith("f0;f1;f2;").endsWith(";f999");
  }

  @Test
  void aMillionStacks_areRefusedWithTheBound_aQuarterIsStored() throws Exception {
    is(
        422,
        "the limit is 500000 (limits.max_profile_stacktrace_samples)",
        pprof(gzip(flat(1_000_000)), "million"));
    is(200, "", pprof(gzip(flat(250_000)), "many"));
    String request =
        PyroscopeApi.select(
            CPU, "{service_name=\"many\"}", now / 1000 - 60, now / 1000 + 600, ",\"maxNodes\":10");
    assertThat(api.query("SelectMergeStacktraces", request).at("/flamegraph/total").asLong())
        .isEqualTo(250_000);
  }

  /// Stacks of one frame each.
  private byte[] flat(int stacks) {
    var out = new ProtoWriter(1 << 20);
    int type = out.begin(1);
    out.varint(1, 1);
    out.varint(2, 2);
    out.end(type);
    out.bytes(6, new byte[0]);
    out.bytes(6, "cpu".getBytes(StandardCharsets.UTF_8));
    out.bytes(6, "nanoseconds".getBytes(StandardCharsets.UTF_8));
    for (int i = 1; i <= stacks; i++) {
      int sample = out.begin(2);
      out.varint(1, i);
      out.varint(2, 1);
      out.end(sample);
      int location = out.begin(4);
      out.varint(1, i);
      out.varint(3, i);
      out.end(location);
    }
    int period = out.begin(11);
    out.varint(1, 1);
    out.varint(2, 2);
    out.end(period);
    out.varint(12, 1);
    return out.toByteArray();
  }

  @Test
  void formsWithMissingParts_are422() throws Exception {
    byte[] file = file(1, 2);
    is(
        422,
        "no part \\\"profile\\\"",
        api.ingest(PyroscopeApi.MULTIPART, PyroscopeApi.form(Map.of("x", file)), "name", "m"));
    is(
        422,
        "no part \\\"jfr\\\"",
        api.ingest(
            PyroscopeApi.MULTIPART,
            PyroscopeApi.form(Map.of("labels", file)),
            "name",
            "m",
            "format",
            "jfr"));
    is(422, "no boundary", api.ingest("multipart/form-data", file, "name", "m"));
    is(
        422,
        "unsupported version",
        api.ingest(
            PyroscopeApi.MULTIPART,
            PyroscopeApi.form(Map.of("profile", file, "prev_profile", file)),
            "name",
            "m"));
  }

  @Test
  void namesThatAreNone_are400_emptyProfilesNothing() throws Exception {
    is(400, "name:", api.ingest("text/plain", new byte[0], "format", "folded"));
    is(400, "character is not allowed", api.ingest("text/plain", new byte[0], "name", "a b"));
    is(200, "", api.ingest("text/plain", new byte[0], "name", "empty"));
    is(200, "", pprof(new byte[0], "empty"));
    assertThat(selfs("empty")).isEmpty();
  }

  @Test
  void pushesThatAreNone_are400_andOneBadProfileCostsItself() throws Exception {
    String path = "/push.v1.PusherService/Push";
    is(400, "invalid_argument", api.post(path, "application/proto", new byte[] {10, 100}));
    is(
        400,
        "malformed JSON",
        api.post(path, "application/json", "{".getBytes(StandardCharsets.UTF_8)));
    is(
        400,
        "no profiles",
        api.post(path, "application/json", "{}".getBytes(StandardCharsets.UTF_8)));
    assertThat(api.post(path, "text/plain", new byte[0]).statusCode()).isEqualTo(415);
    var out = new ProtoWriter();
    int series = out.begin(1);
    int label = out.begin(1);
    out.string(1, "service_name");
    out.string(2, "pushed");
    out.end(label);
    for (byte[] file : new byte[][] {file(1, 2), {1, 2, 3}}) {
      int sample = out.begin(2);
      out.bytes(1, file);
      out.end(sample);
    }
    out.end(series);
    is(400, "1 profiles are stored", api.post(path, "application/proto", out.toByteArray()));
    assertThat(selfs("pushed")).isEqualTo(Map.of("f0;f0", 1L));
  }

  @Test
  void otlpThatIsNone_is400() throws Exception {
    String path = "/v1development/profiles";
    is(400, "malformed", api.post(path, "application/x-protobuf", new byte[] {10, 100}));
    is(400, "malformed", api.post(path, "application/json", "{".getBytes(StandardCharsets.UTF_8)));
    assertThat(api.post(path, "text/plain", new byte[0]).statusCode()).isEqualTo(415);
  }
}
