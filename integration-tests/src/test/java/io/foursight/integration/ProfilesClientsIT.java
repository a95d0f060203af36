package io.foursight.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import jdk.jfr.Recording;
import one.profiler.AsyncProfiler;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What real profilers of the JVM record comes back as a flame graph that names what was busy.
class ProfilesClientsIT {
  private static final String CPU = "process_cpu:cpu:nanoseconds:cpu:nanoseconds";
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  @TempDir static Path directory;
  private static FoursightProcess server;
  private static PyroscopeApi api;

  @BeforeAll
  static void start() throws Exception {
    Assumptions.assumeTrue(
        System.getProperty("os.name").equals("Linux"), "the profilers' libraries are for Linux");
    server = new FoursightProcess(directory.resolve("server")).start();
    api = new PyroscopeApi(server.url());
  }

  @AfterAll
  static void stop() {
    if (server != null) {
      api.close();
      server.close();
    }
  }

  private static Map<String, Long> selfs(String type, String selector) throws Exception {
    long now = System.currentTimeMillis() / 1000;
    String request =
        PyroscopeApi.select(type, selector, now - 3600, now + 60, ",\"maxNodes\":100000");
    return PyroscopeApi.stacks(api.query("SelectMergeStacktraces", request).path("flamegraph"));
  }

  /// The share of a flame graph that lies in paths with a frame.
  private static double share(Map<String, Long> selfs, String frame) {
    long all = selfs.values().stream().mapToLong(Long::longValue).sum();
    long within =
        selfs.entrySet().stream()
            .filter(e -> List.of(e.getKey().split(";")).contains(frame))
            .mapToLong(Map.Entry::getValue)
            .sum();
    return all == 0 ? 0 : (double) within / all;
  }

  /// The agent as people run it: in front of a program, by environment variables alone.
  @Test
  void theAgentOfPyroscope_namesTheBusyMethod() throws Exception {
    Path agent =
        Path.of(
            Class.forName("io.pyroscope.javaagent.PyroscopeAgent")
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
    Path classes =
        Path.of(BusyProgram.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    var builder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-javaagent:" + agent,
                "-cp",
                classes.toString(),
                BusyProgram.class.getName())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("agent.log").toFile());
    builder
        .environment()
        .putAll(
            Map.of(
                "PYROSCOPE_SERVER_ADDRESS", server.url(),
                "PYROSCOPE_APPLICATION_NAME", "busy-program",
                "PYROSCOPE_FORMAT", "jfr",
                "PYROSCOPE_PROFILER_EVENT", "itimer",
                "PYROSCOPE_UPLOAD_INTERVAL", "1s",
                "PYROSCOPE_LABELS", "region=eu",
                "PYROSCOPE_LOG_LEVEL", "debug"));
    Process program = builder.start();
    try {
      await()
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(500))
          .untilAsserted(() ->
              assertThat(selfs(CPU, "{service_name=\"busy-program\", region=\"eu\"}"))
                  .as(() -> log("agent.log"))
                  .anySatisfy((path, value) -> {
                    assertThat(path)
                        .contains(
                            "io/foursight/integration/BusyProgram.keepBusy;"
                                + "io/foursight/integration/BusyProgram.spin");
                    assertThat(value).isPositive();
                  }));
    } finally {
      program.getOutputStream().close();
      program.waitFor();
    }
    assertThat(
            share(
                selfs(CPU, "{service_name=\"busy-program\"}"),
                "io/foursight/integration/BusyProgram.keepBusy"))
        .isGreaterThan(0.1);
  }

  private static String log(String name) {
    try {
      return Files.readString(directory.resolve(name));
    } catch (java.io.IOException e) {
      return "no " + name;
    }
  }

  /// Works for a while in a method of its own.
  private static long workHard() {
    long until = System.nanoTime() + 1_500_000_000L;
    long sum = 0;
    while (System.nanoTime() < until) {
      for (int i = 0; i < 100_000; i++) {
        sum = sum * 31 + Long.rotateLeft(sum, i);
      }
    }
    return sum;
  }

  @Test
  void asyncProfilersRecording_namesTheBusyMethod() throws Exception {
    Path library = directory.resolve("libasyncProfiler.so");
    String cpu = System.getProperty("os.arch").equals("aarch64") ? "arm64" : "x64";
    try (InputStream in =
        AsyncProfiler.class.getResourceAsStream("/linux-" + cpu + "/libasyncProfiler.so")) {
      Files.copy(in, library);
    }
    AsyncProfiler profiler = AsyncProfiler.getInstance(library.toString());
    Path file = directory.resolve("async.jfr");
    profiler.execute("start,event=itimer,interval=10ms,jfr,file=" + file);
    assertThat(workHard()).isNotEqualTo(42);
    profiler.execute("stop,file=" + file);
    var gzip = new java.io.ByteArrayOutputStream();
    try (var out = new GZIPOutputStream(gzip)) {
      out.write(Files.readAllBytes(file));
    }
    var answer =
        api.ingest(
            PyroscopeApi.MULTIPART,
            PyroscopeApi.form(Map.of("jfr", gzip.toByteArray())),
            "name",
            "async",
            "format",
            "jfr",
            "from",
            String.valueOf(System.currentTimeMillis() / 1000));
    assertThat(answer.statusCode()).as(PyroscopeApi.text(answer)).isEqualTo(200);
    Map<String, Long> selfs = selfs(CPU, "{service_name=\"async\"}");
    assertThat(share(selfs, "io/foursight/integration/ProfilesClientsIT.workHard"))
        .as(selfs.toString())
        .isGreaterThan(0.1);
  }

  /// Everything that the JDK records, with a hundred types of events that are no profiles.
  @Test
  void aRecordingOfTheJdk_becomesProfilesOfManyTypes() throws Exception {
    Path file = directory.resolve("jdk.jfr");
    var held = new ArrayList<byte[]>();
    try (var recording = new Recording(jdk.jfr.Configuration.getConfiguration("profile"))) {
      recording.enable("jdk.ExecutionSample").withPeriod(Duration.ofMillis(10));
      // The JDK keeps so many of these a second and drops the others, unless it is told not to.
      recording.enable("jdk.JavaExceptionThrow").withStackTrace().with("throttle", "off");
      recording
          .enable("jdk.FileWrite")
          .withThreshold(Duration.ZERO)
          .withStackTrace()
          .with("throttle", "off");
      recording.start();
      assertThat(workHard()).isNotEqualTo(42);
      for (int i = 0; i < 1000; i++) {
        held.add(new byte[100_000]);
        if (held.size() > 20) {
          held.clear();
        }
        try {
          throw new IllegalStateException("for the record");
        } catch (IllegalStateException expected) {
          Files.writeString(directory.resolve("written"), expected.getMessage());
        }
      }
      recording.stop();
      recording.dump(file);
    }
    var answer =
        api.ingest(
            "application/octet-stream",
            Files.readAllBytes(file),
            "name",
            "jdk",
            "format",
            "jfr",
            "from",
            String.valueOf(System.currentTimeMillis() / 1000));
    assertThat(answer.statusCode()).as(PyroscopeApi.text(answer)).isEqualTo(200);
    Map<String, Long> selfs = selfs(CPU, "{service_name=\"jdk\"}");
    assertThat(share(selfs, "io/foursight/integration/ProfilesClientsIT.workHard"))
        .as(selfs.toString())
        .isGreaterThan(0.1);
    var totals = new TreeMap<String, Long>();
    for (String type : List.of("exceptions:exceptions:count::", "io:file_write_bytes:bytes::")) {
      totals.put(
          type,
          selfs(type, "{service_name=\"jdk\"}").values().stream().mapToLong(Long::longValue).sum());
    }
    assertThat(totals.get("exceptions:exceptions:count::")).isGreaterThanOrEqualTo(1000);
    assertThat(totals.get("io:file_write_bytes:bytes::")).isGreaterThanOrEqualTo(14_000);
  }
}
