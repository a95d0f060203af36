package io.foursight.cmd;

import static org.assertj.core.api.Assertions.assertThat;

import io.foursight.runtime.http.Door;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The commands beside a running server.
class ToolsTest {
  private static final String GAUGE =
      """
      {"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"hello","gauge":{"dataPoints":[
      {"timeUnixNano":"%d","asDouble":4.5,"attributes":[{"key":"a","value":{"stringValue":"b"}}]}]}}]}]}]}\
      """;

  @TempDir Path dir;
  private final long now = System.currentTimeMillis() / 1000 * 1000;
  private Foursight foursight;

  private record Result(int code, String out, String err) {}

  @BeforeEach
  void start() throws Exception {
    var flags =
        new ArrayList<>(
            List.of(
                storage(),
                "-server.http-listen-address=127.0.0.1",
                "-server.grpc-listen-address=127.0.0.1"));
    for (String door : List.of("http", "otlp-http", "otlp-grpc", "grpc")) {
      flags.add("-server." + door + "-listen-port=-1");
    }
    foursight = new Foursight(CommandLine.parse(flags).load(FoursightConfig.schema()));
    foursight.start();
    post(Door.OTLP_HTTP, "/v1/metrics", GAUGE.formatted(now * 1_000_000));
  }

  @AfterEach
  void stop() {
    foursight.close();
  }

  @Test
  void query_printsSeriesTimeAndValue() {
    Result instant = run("query", url(), "-time=" + now / 1000, "hello");
    assertThat(instant.out)
        .isEqualTo("hello{a=\"b\"}\t" + java.time.Instant.ofEpochMilli(now) + "\t4.5\n");
    // Both ends are the same instant, however slow this machine is.
    String time = String.valueOf(now / 1000);
    Result range = run("query", url(), "-start", time, "-end", time, "-step=1s", "hello * 2");
    assertThat(range.out).isEqualTo("{a=\"b\"}\t" + java.time.Instant.ofEpochMilli(now) + "\t9\n");
    assertThat(run("query", url(), "-time=" + time, "-output=json", "hello").out)
        .isEqualTo(
            "{\"resultType\":\"vector\",\"result\":[{\"metric\":{\"__name__\":\"hello\",\"a\":\"b\"},"
                + "\"value\":["
                + time
                + ",\"4.5\"]}]}\n");
    assertThat(run("query", url(), "-time=" + time, "--", "-hello").out).endsWith("\t-4.5\n");
  }

  @Test
  void query_takesAges() {
    assertThat(run("query", url(), "-start=-1h", "-step=1s", "hello").out).contains("\t4.5\n");
    assertThat(run("query", url(), "-time=now-1h", "hello").out).isEmpty();
  }

  @Test
  void query_failsWithWhatTheServerSays() {
    Result wrong = run("query", url(), "hello{");
    assertThat(wrong.code).isEqualTo(1);
    assertThat(wrong.err).contains("parse error");
    assertThat(run("query", url(), "-start=gestern", "hello").err).contains("is no time");
    assertThat(run("query", url(), "-stat=1", "hello").code).isEqualTo(2);
    assertThat(run("query", url()).err).contains("expected one expression");
  }

  @Test
  void blocks_areListedInspectedAndVerified() throws Exception {
    assertThat(run("blocks", "list", storage()).out.lines()).hasSize(1);
    post(Door.MAIN, "/ingester/flush?wait=true", "");
    Result list = run("blocks", "list", storage());
    assertThat(list.out.lines()).hasSize(2);
    String id = list.out.lines().toList().get(1).split(" +")[1];
    assertThat(list.out).contains("anonymous  " + id + "  1 ");
    assertThat(run("blocks", "list", storage(), "-tenant=other").out.lines()).hasSize(1);
    assertThat(run("blocks", "list", storage(), "-output=json").out)
        .contains("\"id\" : \"" + id + "\"")
        .contains("\"samples\" : 1");
    assertThat(run("blocks", "inspect", id, storage()).out)
        .contains("label a")
        .contains("file index");
    Result fine = run("blocks", "verify", storage());
    assertThat(fine.code).isZero();
    assertThat(fine.out).contains(id + "  ok").contains("1 blocks, 0 damaged");

    damage(dir.resolve("data/objects/metrics/anonymous").resolve(id).resolve("index"));
    Result damaged = run("blocks", "verify", id, storage());
    assertThat(damaged.code).isEqualTo(1);
    assertThat(damaged.out).contains(id + "  corrupt  ").contains("1 blocks, 1 damaged");
    assertThat(run("blocks", "verify", "01ARZ3NDEKTSV4RRFFQ69G5FAV", storage()).code).isEqualTo(1);
  }

  @Test
  void exportThenImport_isTheSameData_andScratchSpaceIsLeftEmpty() throws Exception {
    post(Door.MAIN, "/ingester/flush?wait=true", "");
    Path out = dir.resolve("out");
    assertThat(run("export", "prometheus", out.toString(), storage()).out)
        .contains("[100.0%]")
        .contains("exported 1 samples of tenant anonymous from 1 blocks into 1 Prometheus blocks");
    assertThat(run("export", "prometheus", out.toString(), storage(), "-match=other").out)
        .contains("exported 0 samples")
        .contains("into 0 Prometheus blocks");
    assertThat(run("export", "prometheus", out.toString(), storage(), "-end=-1h").out)
        .contains("from 0 blocks");
    try (Stream<Path> blocks = Files.list(out)) {
      assertThat(blocks).hasSize(1);
    }
    Result imported = run("import", "prometheus", out.toString(), storage(), "-tenant=copy");
    assertThat(imported.code).isZero();
    assertThat(imported.out)
        .contains("imported 1 of 1 Prometheus blocks for tenant copy: 1 samples in 1 new blocks");
    assertThat(run("blocks", "verify", storage()).out).contains("2 blocks, 0 damaged");
    assertThat(dir.resolve("data/tools")).isEmptyDirectory();
  }

  private Result run(String... arguments) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    int code =
        Main.run(
            List.of(arguments),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8));
    return new Result(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  private String storage() {
    return "-storage.data-dir=" + dir.resolve("data");
  }

  private String url() {
    return "-url=http://127.0.0.1:" + port(Door.MAIN) + "/prometheus";
  }

  private int port(Door door) {
    return foursight.address(door).orElseThrow().getPort();
  }

  private void post(Door door, String path, String body) throws Exception {
    try (var http = HttpClient.newHttpClient()) {
      var reply =
          http.send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port(door) + path))
                  .header("content-type", "application/json")
                  .POST(BodyPublishers.ofString(body))
                  .build(),
              BodyHandlers.ofString());
      assertThat(reply.statusCode()).as(reply.body()).isIn(200, 204);
    }
  }

  private static void damage(Path file) throws Exception {
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes, StandardOpenOption.TRUNCATE_EXISTING);
  }
}
