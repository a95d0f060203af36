package io.foursight.cmd;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.foursight.model.Labels;
import io.foursight.model.profiles.ProfileSymbols;
import io.foursight.model.profiles.ProfilesBatch;
import io.foursight.model.profiles.SymbolsInterner;
import io.foursight.runtime.http.Door;
import io.foursight.wire.profiles.PprofDecoder;
import io.foursight.wire.profiles.PprofLimits;
import io.foursight.wire.protobuf.ProtoWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Pyroscope's published files (`DIR/profiles`, DIR being `-Dconformance.dir`) go through the whole
/// server: what their `facts.json` and their golden files say is what its query API answers. Prints
/// `passed/total` and lists every failing case.
class ProfilesConformanceTest {
  private static final String CPU = "process_cpu:cpu:nanoseconds:cpu:nanoseconds";

  @TempDir Path dir;
  private final Path files =
      Path.of(System.getProperty("conformance.dir", "../../shared/conformance"), "profiles");
  private final ObjectMapper json = new ObjectMapper();
  private final HttpClient http = HttpClient.newHttpClient();
  private final List<String> failures = new ArrayList<>();
  private JsonNode facts;
  private String url;
  private int total;

  /// Something that is checked.
  private interface Case {
    void run() throws Exception;
  }

  private void check(String name, Case c) {
    total++;
    try {
      c.run();
    } catch (Exception | AssertionError e) {
      String message = String.valueOf(e.getMessage()).replaceAll("\\s+", " ");
      failures.add(name + ": " + message.substring(0, Math.min(400, message.length())));
    }
  }

  @Test
  void everyFile_isAnsweredAsItsFactsSay() throws Exception {
    Assumptions.assumeTrue(
        Files.exists(files.resolve("facts.json")),
        "no conformance data in " + files.toAbsolutePath());
    facts = json.readTree(Files.readString(files.resolve("facts.json")));
    var flags = new ArrayList<String>();
    flags.add("-storage.data-dir=" + dir.resolve("data"));
    flags.add("-server.http-listen-address=127.0.0.1");
    flags.add("-server.grpc-listen-address=127.0.0.1");
    for (String door :
        List.of("http", "logs", "traces", "profiles", "otlp-http", "otlp-grpc", "grpc")) {
      flags.add("-server." + door + "-listen-port=" + (door.equals("profiles") ? "-1" : "0"));
    }
    try (var foursight = new Foursight(CommandLine.parse(flags).load(FoursightConfig.schema()))) {
      foursight.start();
      url = "http://127.0.0.1:" + foursight.address(Door.PROFILES).orElseThrow().getPort();
      pprof();
      jfr();
      collapsed();
      speedscope();
      otlp();
    } finally {
      http.close();
    }
    System.out.println("ProfilesConformanceTest " + (total - failures.size()) + "/" + total);
    failures.forEach(f -> System.out.println("FAILED " + f));
    assertThat(failures).isEmpty();
  }

  // --- pprof

  private void pprof() {
    pprof("pprof/cpu.pb.gz", "process_cpu", "gospy", "");
    pprof("pprof/heap.pb.gz", "memory", "gospy", "");
    pprof("pprof/go.cpu.labels.pprof", "process_cpu", "gospy", "");
    pprof("pprof/single_group_with_optional_span_id.pb.gz", "process_cpu", "gospy", "");
    pprof("pprof/profile_java", "process_cpu", "javaspy", "");
    pprof("pprof/profile_nodejs", "wall", "nodespy", "");
    pprof("pprof/profile_python", "process_cpu", "unknown", "");
    pprof("pprof/dotnet-pprof-3.pb.gz", "process_cpu", "dotnetspy", "dotnet-pprof-3.st.json");
    pprof("pprof/pyspy-1.pb.gz", "process_cpu", "pyspy", "");
    pprof("pprof/req_2.pprof", "goroutines", "gospy", "req_2.st.json");
    pprof("pprof/req_3.pprof", "block", "gospy", "req_3.st.json");
    pprof("pprof/nodejs-wall.pb.gz", "wall", "nodespy", "");
    pprof("pprof/nodejs-heap.pb.gz", "memory", "nodespy", "");
    pprof("pprof/no_addr_no_line.pb.gz", "process_cpu", "unknown", "");
    pprof("pprof/cpu_go_truncated_1.pb.gz", "process_cpu", "gospy", "");
    pprof("flamebearer/cpu-unknown.pb.gz", "process_cpu", "unknown", "");
    check(
        "pprof/invalid_utf8.pb.gz: 422, pushed 400",
        () -> {
          byte[] file = read("pprof/invalid_utf8.pb.gz");
          assertThat(post("/ingest?name=x&format=pprof", "a/b", file).statusCode()).isEqualTo(422);
          assertThat(push(file).statusCode()).isEqualTo(400);
        });
    check(
        "pprof/dotnet-pprof-3.pb.gz: pushed 400, function id is 0",
        () -> {
          HttpResponse<byte[]> answer = push(read("pprof/dotnet-pprof-3.pb.gz"));
          assertThat(answer.statusCode()).isEqualTo(400);
          assertThat(new String(answer.body(), StandardCharsets.UTF_8))
              .contains("function id is 0");
        });
    check(
        "pprof/go.cpu.labels.pprof: profile_id is no label",
        () -> {
          long time = facts.at("/pprof~1go.cpu.labels.pprof/time_nanos").asLong() / 1_000_000;
          JsonNode names = query("LabelNames", range(time)).path("names");
          assertThat(names.toString()).contains("\"foo\"").doesNotContain("\"profile_id\"");
        });
  }

  private HttpResponse<byte[]> push(byte[] file) throws Exception {
    var out = new ProtoWriter();
    int series = out.begin(1);
    int label = out.begin(1);
    out.string(1, "service_name");
    out.string(2, "pushed");
    out.end(label);
    int sample = out.begin(2);
    out.bytes(1, file);
    out.end(sample);
    out.end(series);
    return post("/push.v1.PusherService/Push", "application/proto", out.toByteArray());
  }

  private void pprof(String name, String kind, String spy, String config) {
    JsonNode fact = facts.path(name);
    long timeMillis = fact.path("time_nanos").asLong() / 1_000_000;
    boolean timed = timeMillis > 365L * 86_400_000;
    long at = timed ? timeMillis : 1_650_000_000_000L;
    String service = name.replaceAll("[^a-z0-9]", "-");
    check(
        name + ": 200",
        () -> {
          String path = "/ingest?name=" + service + "&format=pprof&spyName=" + spy + "&from=" + at;
          HttpResponse<byte[]> answer =
              config.isEmpty()
                  ? post(path, "application/octet-stream", read(name))
                  : post(
                      path.replace("&format=pprof", ""),
                      "multipart/form-data; boundary=part",
                      form(
                          Map.of(
                              "profile",
                              read(name),
                              "sample_type_config",
                              Files.readAllBytes(files.resolve("pprof").resolve(config)))));
          assertThat(answer.statusCode())
              .as(new String(answer.body(), StandardCharsets.UTF_8))
              .isEqualTo(200);
        });
    for (int t = 0; t < fact.path("sample_types").size(); t++) {
      String type =
          kind
              + ":"
              + fact.path("sample_types").get(t).asText().replace('-', '_')
              + ":"
              + fact.path("period_type").asText();
      long sum = fact.path("sums").get(t).asLong();
      if (sum == 0) {
        check(
            name + " " + type + ": no values, no type",
            () -> assertThat(types(at)).doesNotContain(type));
        continue;
      }
      String selector = "{service_name=\"" + service + "\"}";
      check(name + " " + type + ": it is a type", () -> assertThat(types(at)).contains(type));
      check(
          name + " " + type + ": total and root of the flame graph",
          () -> {
            JsonNode graph = flameGraph(type, selector, at);
            assertThat(graph.path("total").asLong()).isEqualTo(sum);
            JsonNode root = graph.at("/levels/0/values");
            assertThat(root.size()).isEqualTo(4);
            assertThat(root.get(0).asLong()).isZero();
            assertThat(root.get(1).asLong()).isEqualTo(sum);
            assertThat(root.get(2).asLong()).isZero();
            assertThat(graph.path("names").get(root.get(3).asInt()).asText()).isEqualTo("total");
          });
      check(
          name + " " + type + ": stacks, through SelectMergeProfile and back",
          () -> {
            byte[] merged = mergeProfile(type, selector, at);
            Decoded back = decoded(merged);
            assertThat(back.samples()).isBetween(1, fact.path("samples").asInt());
            assertThat(back.depth()).isLessThanOrEqualTo(fact.path("max_depth").asInt());
            assertThat(back.byNames().values().stream().mapToLong(Long::longValue).sum())
                .isEqualTo(sum);
            assertThat(selfs(flameGraph(type, selector, at))).isEqualTo(back.byNames());
            // What is fetched and pushed again is the same.
            String again = service + "-again";
            assertThat(
                    post(
                            "/ingest?name=" + again + "&format=pprof&from=" + at,
                            "application/octet-stream",
                            merged)
                        .statusCode())
                .isEqualTo(200);
            String[] parts = type.split(":", -1);
            String retyped =
                types(at).stream()
                    .filter(id -> id.endsWith(":" + String.join(":", List.of(parts).subList(1, 5))))
                    .filter(id -> {
                      try {
                        return !flameGraph(id, "{service_name=\"" + again + "\"}", at)
                            .path("total")
                            .asText("0")
                            .equals("0");
                      } catch (Exception e) {
                        throw new AssertionError(e);
                      }
                    })
                    .findFirst()
                    .orElseThrow();
            assertThat(selfs(flameGraph(retyped, "{service_name=\"" + again + "\"}", at)))
                .isEqualTo(back.byNames());
          });
    }
  }

  // --- JFR

  private void jfr() throws IOException {
    for (String name :
        List.of(
            "cortex-dev-01__kafka-0__cpu__0",
            "cortex-dev-01__kafka-0__cpu_lock0_alloc0__0",
            "dump1",
            "FastSlow_2024_01_16_180855")) {
      long at = 1_700_000_000_000L;
      check(
          "jfr/" + name + ": 200",
          () -> {
            var parts = new LinkedHashMap<String, byte[]>();
            parts.put("jfr", read("jfr/" + name + ".jfr.gz"));
            Path labels = files.resolve("jfr").resolve(name + ".labels.pb.gz");
            if (Files.exists(labels)) {
              parts.put("labels", Files.readAllBytes(labels));
            }
            HttpResponse<byte[]> answer =
                post(
                    "/ingest?name=" + name + "&format=jfr&from=" + at,
                    "multipart/form-data; boundary=part",
                    form(parts));
            assertThat(answer.statusCode()).isEqualTo(200);
          });
      goldens(name, at);
    }
    for (String name : List.of("cortex-dev-01__kafka-0__cpu__0", "FastSlow_2024_01_16_180855")) {
      check(
          "jfr/" + name + ": the published stacks",
          () -> {
            Path expected;
            try (Stream<Path> all = Files.list(files.resolve("collapsed"))) {
              expected =
                  all.filter(p -> p.getFileName().toString().startsWith(name))
                      .findFirst()
                      .orElseThrow();
            }
            var stacks = new TreeMap<String, Long>();
            for (String line :
                new String(unzip(Files.readAllBytes(expected)), StandardCharsets.UTF_8)
                    .split("\n")) {
              int bracket = line.lastIndexOf(" [");
              stacks.merge(
                  line.substring(0, bracket).replaceAll(":-?[0-9]+(?=;|$)", ""),
                  Long.parseLong(line.substring(bracket + 2, line.length() - 1)),
                  Long::sum);
            }
            assertSame(
                selfs(flameGraph(CPU, "{service_name=\"" + name + "\"}", 1_700_000_000_000L)),
                respelled(stacks));
          });
    }
  }

  private void goldens(String name, long at) throws IOException {
    List<Path> goldens;
    try (Stream<Path> all = Files.list(files.resolve("jfr"))) {
      goldens =
          all.filter(p -> p.getFileName().toString().startsWith(name + ".jfr.gz."))
              .sorted()
              .toList();
    }
    for (Path golden : goldens) {
      String file = golden.getFileName().toString();
      JsonNode fact = facts.path("jfr/" + file);
      check(
          "jfr/" + file,
          () -> {
            String mangled = file.substring((name + ".jfr.gz.").length()).split("\\.")[0];
            String type =
                types(at).stream()
                    .filter(id -> id.replace(':', '_').equals(mangled))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("no type " + mangled));
            Map<String, Long> expected = respelled(decoded(Files.readAllBytes(golden)).byNames());
            var found = new ArrayList<Map<String, Long>>();
            var selectors = new ArrayList<>(List.of("{service_name=\"" + name + "\"}"));
            if (!file.contains("17241709254077376921")) {
              selectors.clear();
              for (int thread : new int[] {1, 3, 5, 7}) {
                selectors.add(
                    "{service_name=\""
                        + name
                        + "\", thread_name=\"pool-2-thread-"
                        + thread
                        + "\"}");
              }
            }
            for (String selector : selectors) {
              found.add(selfs(flameGraph(type, selector, at)));
            }
            if (found.size() == 1) {
              assertSame(found.getFirst(), expected);
            } else {
              assertThat(found).contains(expected);
            }
            assertThat(expected.values().stream().mapToLong(Long::longValue).sum())
                .isEqualTo(fact.at("/sums/0").asLong());
          });
    }
  }

  /// The files spell generated names in two ways; we have that of the folded ones.
  private static Map<String, Long> respelled(Map<String, Long> selfs) {
    var all = new TreeMap<String, Long>();
    selfs.forEach(
        (path, value) -> all.merge(path.replace("$$Lambda_", "$$Lambda$_"), value, Long::sum));
    return all;
  }

  /// Names only what differs.
  private static void assertSame(Map<String, Long> found, Map<String, Long> expected) {
    var differences = new TreeMap<String, String>();
    expected.forEach((path, value) -> {
      if (!value.equals(found.get(path))) {
        differences.put(path, "expected " + value + ", found " + found.get(path));
      }
    });
    found.forEach((path, value) -> {
      if (!expected.containsKey(path)) {
        differences.put(path, "expected nothing, found " + value);
      }
    });
    assertThat(differences).isEmpty();
  }

  // --- the others

  private void collapsed() {
    check(
        "collapsed/kafka_cpu_0: stacks and total",
        () -> {
          long at = 1_690_000_000_000L;
          JsonNode fact = facts.path("collapsed/kafka_cpu_0.collapsed.txt");
          HttpResponse<byte[]> answer =
              post(
                  "/ingest?name=collapsed.cpu&format=folded&from=" + at,
                  "text/plain",
                  Files.readAllBytes(files.resolve("collapsed/kafka_cpu_0.collapsed.txt")));
          assertThat(answer.statusCode()).isEqualTo(200);
          Map<String, Long> selfs = selfs(flameGraph(CPU, "{service_name=\"collapsed\"}", at));
          assertThat(selfs).hasSize(fact.path("stacks").asInt());
          assertThat(selfs.values().stream().mapToLong(Long::longValue).sum())
              .isEqualTo(fact.path("total").asLong() * 10_000_000);
        });
  }

  private void speedscope() {
    long at = 1_680_000_000_000L;
    check(
        "speedscope/simple: events",
        () -> {
          assertThat(
                  post(
                          "/ingest?name=simple&format=speedscope&from=" + at,
                          "application/json",
                          read("speedscope/simple.speedscope.json"))
                      .statusCode())
              .isEqualTo(200);
          assertThat(selfs(flameGraph(CPU, "{service_name=\"simple\"}", at)))
              .isEqualTo(Map.of("a;b", 50_000_000L, "a;b;c", 50_000_000L, "a;b;d", 40_000_000L));
        });
    check(
        "speedscope/two-sampled: two profiles",
        () -> {
          assertThat(
                  post(
                          "/ingest?name=two&format=speedscope&from=" + at,
                          "application/json",
                          read("speedscope/two-sampled.speedscope.json"))
                      .statusCode())
              .isEqualTo(200);
          for (String name : List.of("one", "two")) {
            assertThat(
                    selfs(
                        flameGraph(
                            "wall:wall:nanoseconds:cpu:nanoseconds",
                            "{service_name=\"two\", profile_name=\"" + name + "\"}",
                            at)))
                .isEqualTo(
                    Map.of(
                        "a;b", 5_000_000_000L, "a;b;c", 5_000_000_000L, "a;b;d", 4_000_000_000L));
          }
        });
  }

  private void otlp() {
    check(
        "otlp/otel-ebpf-profile: the layout from 1.10, as the golden file",
        () -> {
          otlp("otlp/otel-ebpf-profile.pb.bin");
          JsonNode golden = json.readTree(read("otlp/otel-ebpf-profile-cpu.out.json"));
          var expected = new TreeMap<String, Long>();
          for (JsonNode sample : golden.path("samples")) {
            var frames = new ArrayList<String>();
            for (JsonNode location : sample.path("locations")) {
              String line = location.path("lines").path(0).asText("");
              frames.addFirst(line.substring(0, Math.max(0, line.indexOf('['))));
            }
            expected.merge(
                String.join(";", frames),
                Long.parseLong(sample.path("values").asText()),
                Long::sum);
          }
          Map<String, Long> selfs = allTimes(CPU, "{service_name=\"unknown_service\"}");
          assertThat(selfs.values().stream().mapToLong(Long::longValue).sum())
              .isEqualTo(expected.values().stream().mapToLong(Long::longValue).sum());
          expected.forEach((path, value) -> {
            if (!path.contains(";;") && !path.endsWith(";")) {
              assertThat(selfs).containsEntry(path, value);
            }
          });
        });
    check(
        "otlp/otel-ebpf-profile.otlp-1.8: the layout up to 1.9 is not lost",
        () -> {
          long before = sum(allTimes(CPU, "{}"));
          otlp("otlp/otel-ebpf-profile.otlp-1.8.pb.bin");
          assertThat(sum(allTimes(CPU, "{}"))).isGreaterThan(before);
        });
  }

  private void otlp(String file) throws Exception {
    HttpResponse<byte[]> answer =
        post("/v1development/profiles", "application/x-protobuf", read(file));
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).as("no partial success").isEmpty();
  }

  /// Self values over all times: those of the files are not in the facts.
  private Map<String, Long> allTimes(String type, String selector) throws Exception {
    var all = new TreeMap<String, Long>();
    long month = 30L * 86_400_000;
    for (long start = 1_704_067_200_000L; start < System.currentTimeMillis(); start += month) {
      selfs(flameGraph(type, selector, start, start + month))
          .forEach((path, value) -> all.merge(path, value, Long::sum));
    }
    return all;
  }

  private static long sum(Map<String, Long> selfs) {
    return selfs.values().stream().mapToLong(Long::longValue).sum();
  }

  // --- files and API

  private byte[] read(String name) throws IOException {
    return Files.readAllBytes(files.resolve(name));
  }

  private static byte[] unzip(byte[] gzip) throws IOException {
    try (var in = new GZIPInputStream(new java.io.ByteArrayInputStream(gzip))) {
      return in.readAllBytes();
    }
  }

  private static byte[] form(Map<String, byte[]> parts) {
    var out = new ByteArrayOutputStream();
    parts.forEach((name, body) -> {
      out.writeBytes(
          ("--part\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n")
              .getBytes(StandardCharsets.US_ASCII));
      out.writeBytes(body);
      out.writeBytes("\r\n".getBytes(StandardCharsets.US_ASCII));
    });
    out.writeBytes("--part--\r\n".getBytes(StandardCharsets.US_ASCII));
    return out.toByteArray();
  }

  private HttpResponse<byte[]> post(String path, String type, byte[] body) throws Exception {
    return http.send(
        HttpRequest.newBuilder(URI.create(url + path))
            .header("content-type", type)
            .POST(BodyPublishers.ofByteArray(body))
            .build(),
        BodyHandlers.ofByteArray());
  }

  private Map<String, Object> range(long atMillis) {
    var request = new LinkedHashMap<String, Object>();
    request.put("start", atMillis - 1000);
    request.put("end", atMillis + 1000);
    return request;
  }

  private JsonNode query(String method, Map<String, Object> request) throws Exception {
    HttpResponse<byte[]> answer =
        post(
            "/querier.v1.QuerierService/" + method,
            "application/json",
            json.writeValueAsBytes(request));
    assertThat(answer.statusCode())
        .as(method + ": " + new String(answer.body(), StandardCharsets.UTF_8))
        .isEqualTo(200);
    return json.readTree(answer.body());
  }

  private List<String> types(long atMillis) throws Exception {
    var ids = new ArrayList<String>();
    query("ProfileTypes", range(atMillis))
        .path("profileTypes")
        .forEach(type -> ids.add(type.path("ID").asText()));
    return ids;
  }

  private JsonNode flameGraph(String type, String selector, long atMillis) throws Exception {
    return flameGraph(type, selector, atMillis - 1000, atMillis + 1000);
  }

  private JsonNode flameGraph(String type, String selector, long start, long end) throws Exception {
    var request = new LinkedHashMap<String, Object>();
    request.put("start", start);
    request.put("end", end);
    request.put("profileTypeID", type);
    request.put("labelSelector", selector);
    request.put("maxNodes", 1_000_000);
    return query("SelectMergeStacktraces", request).path("flamegraph");
  }

  private byte[] mergeProfile(String type, String selector, long atMillis) throws Exception {
    var out = new ProtoWriter();
    out.string(1, type);
    out.string(2, selector);
    out.varint(3, atMillis - 1000);
    out.varint(4, atMillis + 1000);
    HttpResponse<byte[]> answer =
        post(
            "/querier.v1.QuerierService/SelectMergeProfile",
            "application/proto",
            out.toByteArray());
    assertThat(answer.statusCode()).isEqualTo(200);
    return answer.body();
  }

  private record Bar(long start, long end, String path) {}

  /// Self values by path, root first.
  private static Map<String, Long> selfs(JsonNode graph) {
    var selfs = new TreeMap<String, Long>();
    List<Bar> above = List.of(new Bar(0, Long.MAX_VALUE, ""));
    int depth = 0;
    for (JsonNode level : graph.path("levels")) {
      var bars = new ArrayList<Bar>();
      JsonNode values = level.path("values");
      long x = 0;
      int parent = 0;
      for (int i = 0; i < values.size(); i += 4) {
        x += values.get(i).asLong();
        long width = values.get(i + 1).asLong();
        while (parent < above.size() - 1 && above.get(parent).end() <= x) {
          parent++;
        }
        String name = graph.path("names").get(values.get(i + 3).asInt()).asText();
        String path = depth == 0 ? "" : depth == 1 ? name : above.get(parent).path() + ";" + name;
        bars.add(new Bar(x, x + width, path));
        if (values.get(i + 2).asLong() > 0) {
          selfs.merge(path, values.get(i + 2).asLong(), Long::sum);
        }
        x += width;
      }
      above = bars;
      depth++;
    }
    return selfs;
  }

  /// @param byNames self values by path, root first
  /// @param samples distinct stacks
  /// @param depth locations of the deepest
  private record Decoded(Map<String, Long> byNames, int samples, int depth) {}

  /// A pprof file of one sample type.
  private static Decoded decoded(byte[] file) {
    var symbols = new SymbolsInterner(new ProfileSymbols());
    var batch = new ProfilesBatch(symbols.symbols());
    var decoder = new PprofDecoder(symbols, batch, PprofLimits.NONE);
    decoder.decode(
        decoder.unpack(file), new PprofDecoder.Origin(Labels.of("__name__", "x"), 1, 0, 0, 1));
    var stacks = new TreeMap<String, Long>();
    int depth = 0;
    ProfileSymbols table = batch.symbols();
    for (int s = 0; s < batch.samples(); s++) {
      var frames = new ArrayList<String>();
      int locations = 0;
      for (int stack = batch.stack(s); stack >= 0; stack = table.stackParent(stack)) {
        int location = table.stackLocation(stack);
        locations++;
        if (table.lineStart(location) == table.lineEnd(location)) {
          frames.addFirst(table.unnamedFrame(location));
        }
        for (int l = table.lineStart(location); l < table.lineEnd(location); l++) {
          frames.addFirst(table.string(table.functionName(table.lineFunction(l))));
        }
      }
      depth = Math.max(depth, locations);
      stacks.merge(String.join(";", frames), batch.value(s), Long::sum);
    }
    return new Decoded(stacks, batch.samples(), depth);
  }
}
