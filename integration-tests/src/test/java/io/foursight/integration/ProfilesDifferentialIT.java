package io.foursight.integration;

import static io.foursight.integration.PyroscopeApi.CPU;
import static io.foursight.integration.PyroscopeApi.select;
import static io.foursight.integration.PyroscopeApi.stacks;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.foursight.wire.protobuf.ProtoWriter;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Random profiles are pushed as pprof and asked for while they are in the head, in blocks and on
/// the way from one to the other; every answer must be that of a walk over all samples.
/// `-Dprofiles.count=N` pushes more.
final class ProfilesDifferentialIT {
  private static final int COUNT = Integer.getInteger("profiles.count", 150);
  private static final long NOW = System.currentTimeMillis() / 1000 / 60 * 60;
  private static final long FROM = NOW - 1800;

  @TempDir static Path directory;
  private static FoursightProcess server;
  private static PyroscopeApi api;

  private final long seed = System.nanoTime();
  private final Random random = new Random(seed);
  private final List<Pushed> pushed = new ArrayList<>();

  /// @param spanId 0 = none
  private record Sample(List<String> frames, long value, long spanId) {}

  private record Pushed(String service, String pod, long seconds, List<Sample> samples) {}

  @BeforeAll
  static void start() throws Exception {
    server = new FoursightProcess(directory).start();
    api = new PyroscopeApi(server.url());
  }

  @AfterAll
  static void stop() {
    api.close();
    server.close();
  }

  @Test
  void answers_areThoseOfANaiveWalk_whereverProfilesAre() throws Exception {
    push(COUNT / 3);
    ask(8);
    flush();
    ask(8);
    push(COUNT / 3);
    ask(8);
    flush();
    push(COUNT / 3);
    ask(15);
  }

  private static void flush() throws Exception {
    assertThat(server.post("/flush", new byte[0]).statusCode()).isEqualTo(204);
  }

  private void push(int count) throws Exception {
    for (int i = 0; i < count; i++) {
      var samples = new ArrayList<Sample>();
      for (int s = 1 + random.nextInt(15); s > 0; s--) {
        var frames = new ArrayList<String>();
        for (int d = 1 + random.nextInt(6); d > 0; d--) {
          frames.add("f" + random.nextInt(6));
        }
        long span = random.nextInt(3) == 0 ? 1 + random.nextInt(4) : 0;
        samples.add(new Sample(frames, 1 + random.nextInt(1_000_000), span));
      }
      var profile =
          new Pushed(
              "service-" + random.nextInt(3),
              "pod-" + random.nextInt(2),
              FROM + random.nextInt(1800),
              samples);
      HttpResponse<byte[]> answer =
          api.post(
              "/ingest?format=pprof&spyName=gospy&name="
                  + profile.service()
                  + "%7Bpod%3D"
                  + profile.pod()
                  + "%7D&from="
                  + profile.seconds()
                  + "&until="
                  + (profile.seconds() + 10),
              "application/octet-stream",
              pprof(profile));
      assertThat(answer.statusCode())
          .as(new String(answer.body(), StandardCharsets.UTF_8))
          .isEqualTo(200);
      pushed.add(profile);
    }
  }

  private static byte[] pprof(Pushed profile) {
    var strings = new ArrayList<>(List.of("", "cpu", "nanoseconds", "span_id", "1", "2", "3", "4"));
    for (int span = 1; span <= 4; span++) {
      strings.set(3 + span, hex(span));
    }
    var out = new ProtoWriter();
    valueType(out, 1);
    for (Sample sample : profile.samples()) {
      int mark = out.begin(2);
      int path = out.begin(1);
      for (String frame : sample.frames().reversed()) {
        out.rawVarint(1 + Integer.parseInt(frame.substring(1)));
      }
      out.end(path);
      int values = out.begin(2);
      out.rawVarint(sample.value());
      out.end(values);
      if (sample.spanId() != 0) {
        int label = out.begin(3);
        out.varint(1, 3);
        out.varint(2, 3 + sample.spanId());
        out.end(label);
      }
      out.end(mark);
    }
    for (int f = 0; f < 6; f++) {
      int location = out.begin(4);
      out.varint(1, 1 + f);
      int line = out.begin(4);
      out.varint(1, 1 + f);
      out.end(line);
      out.end(location);
    }
    for (int f = 0; f < 6; f++) {
      int function = out.begin(5);
      out.varint(1, 1 + f);
      out.varint(2, strings.size());
      out.end(function);
      strings.add("f" + f);
    }
    for (String string : strings) {
      out.bytes(6, string.getBytes(StandardCharsets.UTF_8));
    }
    out.varint(9, profile.seconds() * 1_000_000_000);
    valueType(out, 11);
    out.varint(12, 10_000_000);
    return out.toByteArray();
  }

  private static void valueType(ProtoWriter out, int field) {
    int mark = out.begin(field);
    out.varint(1, 1);
    out.varint(2, 2);
    out.end(mark);
  }

  private static String hex(long span) {
    return HexFormat.of().toHexDigits(span);
  }

  private void ask(int rounds) throws Exception {
    for (int round = 0; round < rounds; round++) {
      long from = FROM + random.nextInt(1500);
      long until = from + random.nextInt(1800);
      String service = random.nextBoolean() ? "" : "service-" + random.nextInt(3);
      String selector = service.isEmpty() ? "{}" : "{service_name=\"" + service + "\"}";
      long span = random.nextInt(3) == 0 ? 1 + random.nextInt(4) : 0;
      List<String> site = random.nextInt(3) == 0 ? List.of("f" + random.nextInt(6)) : List.of();
      String sited =
          site.isEmpty()
              ? ""
              : ",\"stackTraceSelector\":{\"callSite\":[{\"name\":\"" + site.getFirst() + "\"}]}";
      String spanned = span == 0 ? "" : ",\"spanSelector\":[\"" + hex(span) + "\"]";
      Map<String, Long> expected = new TreeMap<>();
      for (Pushed profile : pushed) {
        if (profile.seconds() < from
            || profile.seconds() > until
            || !service.isEmpty() && !profile.service().equals(service)) {
          continue;
        }
        for (Sample sample : profile.samples()) {
          if ((span == 0 || sample.spanId() == span)
              && (site.isEmpty() || sample.frames().getFirst().equals(site.getFirst()))) {
            expected.merge(String.join(";", sample.frames()), sample.value(), Long::sum);
          }
        }
      }
      String request = select(CPU, selector, from, until, sited + spanned);
      JsonNode graph = api.query("SelectMergeStacktraces", request).path("flamegraph");
      assertThat(stacks(graph)).as("seed %d: %s", seed, request).isEqualTo(expected);
      askSeries(from, until, service, selector);
    }
  }

  private void askSeries(long from, long until, String service, String selector) throws Exception {
    long step = 15 * (1 + random.nextInt(20));
    Map<String, Long> expected = new TreeMap<>();
    for (Pushed profile : pushed) {
      // The point that ends the step that it lies in, the first one being the start itself.
      long point = from + -Math.floorDiv(from - profile.seconds(), step) * step;
      if (point >= from
          && point <= until
          && (service.isEmpty() || profile.service().equals(service))) {
        long value = profile.samples().stream().mapToLong(Sample::value).sum();
        expected.merge(profile.pod() + "@" + point * 1000, value, Long::sum);
      }
    }
    String request = select(CPU, selector, from, until, ",\"groupBy\":[\"pod\"],\"step\":" + step);
    Map<String, Long> found = new TreeMap<>();
    for (JsonNode series : api.query("SelectSeries", request).path("series")) {
      String pod = series.path("labels").get(0).path("value").asText();
      for (JsonNode point : series.path("points")) {
        found.put(pod + "@" + point.path("timestamp").asText(), point.path("value").asLong());
      }
    }
    assertThat(found).as("seed %d: %s", seed, request).isEqualTo(expected);
  }
}
