package io.foursight.integration;

import static io.foursight.integration.PyroscopeApi.CPU;
import static io.foursight.integration.PyroscopeApi.select;
import static io.foursight.integration.PyroscopeApi.stacks;
import static io.foursight.integration.PyroscopeApi.texts;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.foursight.wire.protobuf.ProtoReader;
import io.foursight.wire.protobuf.ProtoWriter;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.MethodDescriptor;
import io.grpc.stub.ClientCalls;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The requests of Grafana's data source and of Profiles Drilldown, over Connect and gRPC, against
/// profiles that were pushed as text.
final class ProfilesReadIT {
  private static final long NOW = System.currentTimeMillis() / 1000 / 60 * 60;
  private static final long FROM = NOW - 600;
  private static final String MILLIS = "\"start\":" + FROM * 1000 + ",\"end\":" + NOW * 1000;

  /// A sample at 100 Hz stands for ten milliseconds.
  private static final long SAMPLE = 10_000_000;

  @TempDir static Path directory;
  private static FoursightProcess server;
  private static PyroscopeApi api;

  @BeforeAll
  static void start() throws Exception {
    server = new FoursightProcess(directory).start();
    api = new PyroscopeApi(server.url());
    api.ingest("shop.cpu{region=eu}", NOW - 300, "main;pay;sign 4\nmain;pay 1\nmain;gc 2\n");
    api.ingest("shop.cpu{region=us}", NOW - 240, "main;pay;sign 10\n");
    api.ingest("shop.alloc_space{region=eu}", NOW - 240, "main;pay 4096\n");
    api.ingest("cart.cpu{region=eu}", NOW - 240, "main;add 3\n");
  }

  @AfterAll
  static void stop() {
    api.close();
    server.close();
  }

  @Test
  void dataSourceAndDrilldown_findWhatThereIs() throws Exception {
    JsonNode types = api.query("ProfileTypes", "{" + MILLIS + "}").path("profileTypes");
    assertThat(types.findValuesAsText("ID")).containsExactly("memory:alloc_space:bytes::", CPU);
    assertThat(
            texts(
                api.query("LabelNames", "{\"matchers\":[\"{}\",\"\"]," + MILLIS + "}")
                    .path("names")))
        .contains("__profile_type__", "region", "service_name")
        .isSorted();
    assertThat(
            texts(
                api.query(
                        "LabelValues",
                        "{\"name\":\"service_name\",\"matchers\":[\"{__profile_type__=\\\""
                            + CPU
                            + "\\\"}\"],"
                            + MILLIS
                            + "}")
                    .path("names")))
        .containsExactly("cart", "shop");
    JsonNode series =
        api.query(
            "Series",
            "{\"matchers\":[],\"labelNames\":[\"service_name\",\"__profile_type__\"],"
                + MILLIS
                + "}");
    assertThat(series.path("labelsSet")).hasSize(3);
    assertThat(api.query("GetProfileStats", "{}").path("dataIngested").asBoolean()).isTrue();
  }

  @Test
  void flameGraph_hasTheStacksOfTheSelection() throws Exception {
    JsonNode all =
        api.query(
            "SelectMergeStacktraces",
            select(CPU, "{service_name=\"shop\"}", FROM, NOW, ",\"maxNodes\":16384"));
    assertThat(stacks(all.path("flamegraph")))
        .isEqualTo(Map.of("main;pay;sign", 14 * SAMPLE, "main;pay", SAMPLE, "main;gc", 2 * SAMPLE));
    JsonNode eu =
        api.query(
            "SelectMergeStacktraces",
            select(
                CPU,
                "{region=\"eu\"}",
                FROM,
                NOW,
                ",\"stack_trace_selector\":{\"call_site\":[{\"name\":\"main\"},"
                    + "{\"name\":\"pay\"}]}"));
    assertThat(stacks(eu.path("flamegraph")))
        .isEqualTo(Map.of("main;pay;sign", 4 * SAMPLE, "main;pay", SAMPLE));
    JsonNode none = api.query("SelectMergeStacktraces", select(CPU, "{a=\"b\"}", FROM, NOW, ""));
    assertThat(stacks(none.path("flamegraph"))).isEmpty();
  }

  @Test
  void series_haveAPointForEachStepWithData() throws Exception {
    JsonNode series =
        api.query(
            "SelectSeries",
            select(
                CPU,
                "{service_name=\"shop\"}",
                FROM,
                NOW,
                ",\"groupBy\":[\"region\"],\"step\":60,\"exemplarType\":"
                    + "\"EXEMPLAR_TYPE_INDIVIDUAL\""));
    assertThat(series.path("series")).hasSize(2);
    // The larger one first.
    JsonNode us = series.path("series").get(0);
    assertThat(us.path("labels").get(0).path("value").asText()).isEqualTo("us");
    assertThat(us.path("points")).hasSize(1);
    JsonNode point = us.path("points").get(0);
    assertThat(point.path("value").asDouble()).isEqualTo(10.0 * SAMPLE);
    assertThat(point.path("exemplars").get(0).path("value").asLong()).isEqualTo(10 * SAMPLE);
    String profile = point.path("exemplars").get(0).path("profileId").asText();
    JsonNode one =
        api.query(
            "SelectMergeStacktraces",
            select(CPU, "{}", FROM, NOW, ",\"profileIdSelector\":[\"" + profile + "\"]"));
    assertThat(stacks(one.path("flamegraph"))).isEqualTo(Map.of("main;pay;sign", 10 * SAMPLE));
    JsonNode heatmap =
        api.query(
            "SelectHeatmap",
            select(
                CPU,
                "{}",
                FROM,
                NOW,
                ",\"step\":60,\"queryType\":\"HEATMAP_QUERY_TYPE_INDIVIDUAL\""));
    int counted = 0;
    for (JsonNode slot : heatmap.path("series").get(0).path("slots")) {
      for (JsonNode count : slot.path("counts")) {
        counted += count.asInt();
      }
    }
    assertThat(counted).isEqualTo(3);
  }

  @Test
  void diffRenderAndPprof_showTheSameSums() throws Exception {
    String left = select(CPU, "{region=\"eu\"}", FROM, NOW, "");
    String right = select(CPU, "{region=\"us\"}", FROM, NOW, "");
    JsonNode diff = api.query("Diff", "{\"left\":" + left + ",\"right\":" + right + "}");
    assertThat(diff.path("flamegraph").path("leftTicks").asLong()).isEqualTo(10 * SAMPLE);
    assertThat(diff.path("flamegraph").path("rightTicks").asLong()).isEqualTo(10 * SAMPLE);
    JsonNode profile = api.query("SelectMergeProfile", left);
    long sum = 0;
    for (JsonNode sample : profile.path("sample")) {
      sum += sample.path("value").get(0).asLong();
    }
    assertThat(sum).isEqualTo(10 * SAMPLE);
    HttpResponse<String> render =
        api.get(
            "/pyroscope/render",
            "query",
            CPU + "{service_name=\"cart\"}",
            "from",
            "now-1h",
            "until",
            "now");
    assertThat(render.body())
        .contains("\"numTicks\":" + 3 * SAMPLE)
        .contains("\"format\":\"single\"");
    HttpResponse<String> dot =
        api.get(
            "/pyroscope/render",
            "query",
            CPU + "{}",
            "from",
            "now-1h",
            "until",
            "now",
            "format",
            "dot");
    assertThat(dot.body()).startsWith("digraph").contains("sign");
    HttpResponse<String> both =
        api.get(
            "/pyroscope/render-diff",
            "leftQuery",
            CPU + "{}",
            "leftFrom",
            "now-1h",
            "leftUntil",
            "now",
            "rightQuery",
            CPU + "{}",
            "rightFrom",
            "now-1h",
            "rightUntil",
            "now");
    assertThat(both.body()).contains("\"format\":\"double\"");
  }

  /// What Grafana's backend sends.
  @Test
  void connectWithProtobufInGzip_isUnderstood() throws Exception {
    HttpResponse<byte[]> answer =
        api.post(
            "/querier.v1.QuerierService/SelectMergeStacktraces",
            "application/proto",
            gzip(merge("{service_name=\"cart\"}")),
            "content-encoding",
            "gzip",
            "accept-encoding",
            "gzip",
            "connect-protocol-version",
            "1");
    assertThat(answer.statusCode()).isEqualTo(200);
    byte[] body =
        answer.headers().firstValue("content-encoding").orElse("").equals("gzip")
            ? new GZIPInputStream(new ByteArrayInputStream(answer.body())).readAllBytes()
            : answer.body();
    assertThat(total(body)).isEqualTo(3 * SAMPLE);
    HttpResponse<byte[]> refused =
        api.post(
            "/querier.v1.QuerierService/SelectMergeStacktraces", "application/proto", new byte[0]);
    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(new String(refused.body(), UTF_8)).startsWith("{\"code\":\"invalid_argument\"");
    assertThat(api.post("/querier.v1.QuerierService/NotThere", "application/json", new byte[0]))
        .extracting(HttpResponse::statusCode)
        .isEqualTo(501);
  }

  private static byte[] merge(String selector) {
    var out = new ProtoWriter();
    out.string(1, CPU);
    out.string(2, selector);
    out.varint(3, FROM * 1000);
    out.varint(4, NOW * 1000);
    return out.toByteArray();
  }

  /// The total of the flame graph.
  private static long total(byte[] message) {
    var in = new ProtoReader(message);
    assertThat(in.tag()).isEqualTo(ProtoReader.tagOf(1, ProtoReader.BYTES));
    in.enter();
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      if (tag == ProtoReader.tagOf(3, ProtoReader.VARINT)) {
        return in.varint();
      }
      in.skip(tag);
    }
    return 0;
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    var out = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    }
    return out.toByteArray();
  }

  private static final MethodDescriptor.Marshaller<byte[]> BYTES =
      new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(byte[] value) {
          return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
          try {
            return stream.readAllBytes();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        }
      };

  @Test
  void grpcOnTheSamePort_answersTheSame() {
    ManagedChannel channel =
        ManagedChannelBuilder.forAddress("127.0.0.1", server.httpPort()).usePlaintext().build();
    try {
      byte[] answer =
          ClientCalls.blockingUnaryCall(
              channel,
              MethodDescriptor.newBuilder(BYTES, BYTES)
                  .setType(MethodDescriptor.MethodType.UNARY)
                  .setFullMethodName("querier.v1.QuerierService/SelectMergeStacktraces")
                  .build(),
              CallOptions.DEFAULT,
              merge("{region=\"us\"}"));
      assertThat(total(answer)).isEqualTo(10 * SAMPLE);
    } finally {
      channel.shutdownNow();
    }
  }

  @Test
  void settings_areKeptInTheObjectStore() throws Exception {
    api.call(
        "settings.v1.SettingsService/Set",
        "{\"setting\":{\"name\":\"pluginSettings\",\"value\":\"{}\",\"modifiedAt\":\"5\"}}");
    JsonNode kept = api.call("settings.v1.SettingsService/Get", "{}");
    assertThat(kept.path("settings").findValuesAsText("name")).isEqualTo(List.of("pluginSettings"));
    assertThat(directory.resolve("data/objects/profiles/anonymous/settings")).isNotEmptyDirectory();
  }
}
