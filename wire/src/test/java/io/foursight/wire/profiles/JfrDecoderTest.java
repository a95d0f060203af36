package io.foursight.wire.profiles;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.foursight.model.FoursightException;
import io.foursight.model.Labels;
import io.foursight.model.profiles.ProfileSymbols;
import io.foursight.model.profiles.ProfileType;
import io.foursight.model.profiles.ProfilesBatch;
import io.foursight.model.profiles.SymbolsInterner;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JfrDecoderTest {
  private static final Path FILES =
      Path.of(System.getProperty("conformance.dir", "../../shared/conformance"), "profiles", "jfr");
  private static final PprofDecoder.Origin ORIGIN =
      new PprofDecoder.Origin(Labels.of("service_name", "s"), 5, 6, 1, 2);
  private static final long PERIOD = 10_000_000;

  @BeforeEach
  void filesAreThere() {
    Assumptions.assumeTrue(Files.exists(FILES), "no conformance data at " + FILES);
  }

  private static byte[] unpacked(String name) throws IOException {
    try (var in = new GZIPInputStream(Files.newInputStream(FILES.resolve(name)))) {
      return in.readAllBytes();
    }
  }

  private static ProfilesBatch decode(byte[] file, JfrLabels labels) {
    var symbols = new SymbolsInterner(new ProfileSymbols());
    var batch = new ProfilesBatch(symbols.symbols());
    new JfrDecoder(symbols, batch, PprofLimits.NONE).decode(file, labels, ORIGIN, PERIOD);
    return batch;
  }

  /// Names root first, by value, of all profiles of a type with a label.
  private static Map<String, Long> folded(ProfilesBatch batch, String type, String label) {
    var paths = new TreeMap<String, Long>();
    var symbols = batch.symbols();
    for (int p = 0; p < batch.profiles(); p++) {
      Labels labels = batch.labels(p);
      if (!labels.get(ProfileType.LABEL).equals(type)
          || !label.equals("*") && !labels.get("thread_name").equals(label)) {
        continue;
      }
      for (int s = batch.sampleStart(p); s < batch.sampleEnd(p); s++) {
        var frames = new ArrayList<String>();
        for (int stack = batch.stack(s); stack >= 0; stack = symbols.stackParent(stack)) {
          int location = symbols.stackLocation(stack);
          frames.addFirst(
              symbols.string(
                  symbols.functionName(symbols.lineFunction(symbols.lineStart(location)))));
        }
        paths.merge(String.join(";", frames), batch.value(s), Long::sum);
      }
    }
    return paths;
  }

  private static Map<String, Long> parse(String folded, long factor) {
    var paths = new TreeMap<String, Long>();
    for (String line : folded.split("\n")) {
      if (!line.isBlank()) {
        int blank = line.lastIndexOf(' ');
        paths.merge(
            line.substring(0, blank),
            Long.parseLong(line.substring(blank + 1)) * factor,
            Long::sum);
      }
    }
    return paths;
  }

  private static Map<String, String> expected(String name) throws IOException {
    var texts = new TreeMap<String, String>();
    new ObjectMapper()
        .readTree(unpacked(name))
        .properties()
        .forEach(entry -> texts.put(entry.getKey(), entry.getValue().asText()));
    return texts;
  }

  @Test
  void eventsOfKafka_haveThePublishedStacks() throws IOException {
    String name = "cortex-dev-01__kafka-0__cpu_lock0_alloc0__0";
    ProfilesBatch batch = decode(unpacked(name + ".jfr.gz"), JfrLabels.NONE);
    Map<String, String> expected = expected(name + ".json.gz");
    var types =
        Map.of(
            "cpu", "process_cpu:cpu:nanoseconds:cpu:nanoseconds",
            "alloc_in_new_tlab_objects", "memory:alloc_in_new_tlab_objects:count:space:bytes",
            "alloc_in_new_tlab_bytes", "memory:alloc_in_new_tlab_bytes:bytes:space:bytes",
            "alloc_outside_tlab_objects", "memory:alloc_outside_tlab_objects:count:space:bytes",
            "alloc_outside_tlab_bytes", "memory:alloc_outside_tlab_bytes:bytes:space:bytes",
            "lock_count", "mutex:contentions:count:mutex:count",
            "lock_duration", "mutex:delay:nanoseconds:mutex:count",
            "thread_park_count", "block:contentions:count:block:count",
            "thread_park_duration", "block:delay:nanoseconds:block:count");
    assertThat(expected).hasSize(types.size());
    types.forEach((suffix, type) ->
        assertThat(folded(batch, type, "*"))
            .as(type)
            .isEqualTo(
                parse(
                    expected.get("kafka.app." + suffix + "{}"),
                    suffix.equals("cpu") ? PERIOD : 1)));
  }

  @Test
  void labelsOfTheSnapshot_splitTheProfile() throws IOException {
    var labels = JfrLabels.decode(unpacked("dump1.labels.pb.gz"));
    ProfilesBatch batch = decode(unpacked("dump1.jfr.gz"), labels);
    var expected = expected("dump1.json.gz");
    assertThat(expected).hasSize(5);
    expected.forEach((key, text) -> {
      int at = key.indexOf("thread_name=");
      String thread = at < 0 ? "" : key.substring(at + 12, key.length() - 1);
      assertThat(folded(batch, "process_cpu:cpu:nanoseconds:cpu:nanoseconds", thread))
          .as(key)
          .isEqualTo(parse(text, PERIOD));
    });
    assertThat(batch.labels(0).get("jfr_event")).isEqualTo("itimer");
  }

  @Test
  void wallClockRecordings_giveBothClocks() throws IOException {
    ProfilesBatch batch = decode(unpacked("FastSlow_2024_01_16_180855.jfr.gz"), JfrLabels.NONE);
    var cpu = folded(batch, "process_cpu:cpu:nanoseconds:cpu:nanoseconds", "*");
    var wall = folded(batch, "wall:wall:nanoseconds:wall:nanoseconds", "*");
    Path published =
        FILES.resolve(
            "../collapsed/FastSlow_2024_01_16_180855_1_process_cpu_cpu__nanoseconds_expected_collapsed.txt.gz");
    String text;
    try (var in = new GZIPInputStream(Files.newInputStream(published))) {
      text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    // `frame:line;frame:line [value]`
    var expected = new TreeMap<String, Long>();
    for (String line : text.split("\n")) {
      int blank = line.lastIndexOf(' ');
      if (blank > 0) {
        String names = line.substring(0, blank).replaceAll(":[0-9]+(;|$)", "$1");
        names = names.replace("$$Lambda_", "$$Lambda$_");
        long value = Long.parseLong(line.substring(blank + 2, line.length() - 1));
        expected.merge(names, value, Long::sum);
      }
    }
    assertThat(cpu).isEqualTo(expected);
    long cpuTotal = cpu.values().stream().mapToLong(v -> v).sum();
    // No thread slept when it was looked at.
    assertThat(wall.values().stream().mapToLong(v -> v).sum()).isEqualTo(cpuTotal);
  }

  @Test
  void recordingsOfThisJvm_areRead(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("own.jfr");
    try (var recording = new jdk.jfr.Recording()) {
      recording.enable("jdk.JavaExceptionThrow").withStackTrace();
      recording.enable("jdk.ThreadPark").withoutThreshold().withStackTrace();
      recording.start();
      for (int i = 0; i < 5; i++) {
        assertThatThrownBy(JfrDecoderTest::thrower).hasMessage("seen by the recorder");
        java.util.concurrent.locks.LockSupport.parkNanos(1000);
      }
      recording.stop();
      recording.dump(file);
    }
    ProfilesBatch batch = decode(Files.readAllBytes(file), JfrLabels.NONE);
    assertThat(folded(batch, "block:contentions:count:block:count", "*").keySet())
        .anyMatch(path -> path.contains("JfrDecoderTest.recordingsOfThisJvm_areRead"));
    assertThat(folded(batch, "exceptions:exceptions:count::", "*"))
        .anySatisfy((path, count) -> {
          assertThat(path).contains("JfrDecoderTest.thrower");
          assertThat(count).isEqualTo(5);
        });
  }

  private static void thrower() throws Exception {
    throw new Exception("seen by the recorder");
  }

  @Test
  void damagedFiles_areRefusedOrRead_neverAnythingElse() throws IOException {
    byte[] whole = unpacked("FastSlow_2024_01_16_180855.jfr.gz");
    long seed = System.nanoTime();
    var random = new Random(seed);
    int refused = 0;
    for (int i = 0; i < 150; i++) {
      byte[] damaged = whole.clone();
      for (int n = random.nextInt(8); n >= 0; n--) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
      }
      if (random.nextInt(3) == 0) {
        damaged = Arrays.copyOf(damaged, random.nextInt(damaged.length));
      }
      try {
        decode(damaged, JfrLabels.NONE);
      } catch (FoursightException e) {
        refused++;
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed + " round " + i, e);
      }
    }
    assertThat(refused).as("seed %d", seed).isGreaterThan(30);
  }
}
