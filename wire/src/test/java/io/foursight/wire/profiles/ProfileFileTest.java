package io.foursight.wire.profiles;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.profiles.MergedStacks;
import io.foursight.model.profiles.ProfileType;
import io.foursight.wire.profiles.pyroscope.Flamebearer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

/// Files that people upload to look at them: nothing tells what they are but themselves.
final class ProfileFileTest {
  private static final ProfileType CPU =
      ProfileType.parse("process_cpu:cpu:nanoseconds:cpu:nanoseconds");

  private static Map<String, MergedStacks> read(byte[] file) {
    return ProfileFile.read("my file.txt", file, PprofLimits.NONE);
  }

  private static Map<String, Long> only(byte[] file) {
    Map<String, MergedStacks> sums = read(file);
    assertThat(sums).hasSize(1);
    return StackTexts.texts(sums.values().iterator().next());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    var out = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    }
    return out.toByteArray();
  }

  private static final Map<String, Long> SUM =
      new TreeMap<>(Map.of("main;a", 3L, "main;b", 4L, "main", 1L));

  private static MergedStacks sum() {
    return StackTexts.sum("main;a 3", "main;b 4", "main 1");
  }

  @Test
  void pprof_isKnown_inGzipOrNot() throws IOException {
    byte[] file = PprofEncoder.encode(sum(), CPU, 1, 0, 0);
    assertThat(only(file)).isEqualTo(SUM);
    assertThat(only(gzip(file))).isEqualTo(SUM);
    assertThat(read(file).keySet()).allMatch(type -> type.contains(":cpu:nanoseconds:"));
  }

  @Test
  void textOfStacks_isKnown_withNumbersOrWithout() {
    assertThat(only(bytes("main;a 3\nmain;b 4\nmain 1\n"))).isEqualTo(SUM);
    assertThat(only(bytes("main;a\nmain;a\nmain;b\n")))
        .isEqualTo(new TreeMap<>(Map.of("main;a", 2L, "main;b", 1L)));
  }

  @Test
  void speedscope_isKnown() {
    assertThat(
            only(
                bytes(
                    "{\"$schema\":\"https://www.speedscope.app/file-format-schema.json\","
                        + "\"shared\":{\"frames\":[{\"name\":\"main\"},{\"name\":\"a\"}]},"
                        + "\"profiles\":[{\"type\":\"sampled\",\"name\":\"x\",\"unit\":\"none\","
                        + "\"startValue\":0,\"endValue\":3,\"samples\":[[0,1]],"
                        + "\"weights\":[3]}]}")))
        .containsOnlyKeys("main;a");
  }

  @Test
  void flameGraphOfOurs_isReadBack() {
    byte[] json = Flamebearer.of(FlameGraph.of(FrameTree.of(sum())), CPU).json(false);
    Map<String, MergedStacks> sums = read(json);
    assertThat(sums).containsOnlyKeys(CPU.id());
    assertThat(StackTexts.texts(sums.get(CPU.id()))).isEqualTo(SUM);
  }

  @Test
  void whatIsNoProfile_isBadData() throws IOException {
    byte[] graph = Flamebearer.of(FlameGraph.of(FrameTree.of(sum())), CPU).json(true);
    for (byte[] file :
        new byte[][] {
          {},
          bytes("{}"),
          bytes("FLR\0garbage"),
          {0x0a, 4, 1},
          gzip(gzip(bytes("a 1"))),
          graph,
          bytes("{\"flamebearer\":{\"names\":[\"total\"],\"levels\":[[0,1,0]]}}"),
          bytes("{\"flamebearer\":{\"names\":[\"t\"],\"levels\":[[0,1,0,0],[0,2,2,0]]}}"),
          bytes("{\"flamebearer\":{\"names\":[\"t\"],\"levels\":[[0,1,0,0],[0,1,1,9]]}}"),
        }) {
      assertThatThrownBy(() -> read(file))
          .as(new String(file, StandardCharsets.ISO_8859_1))
          .isInstanceOfSatisfying(
              FoursightException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.BAD_DATA));
    }
  }

  /// Whatever is uploaded is shown or refused.
  @Test
  void brokenFiles_areRefused() {
    long seed = System.nanoTime();
    var random = new Random(seed);
    byte[][] whole = {
      PprofEncoder.encode(sum(), CPU, 1, 0, 0),
      Flamebearer.of(FlameGraph.of(FrameTree.of(sum())), CPU).json(false)
    };
    for (int round = 0; round < 3000; round++) {
      byte[] file = whole[round % 2].clone();
      for (int i = random.nextInt(4); i >= 0; i--) {
        file[random.nextInt(file.length)] = (byte) random.nextInt(256);
      }
      try {
        read(file);
      } catch (FoursightException e) {
        assertThat(e.kind())
            .as("seed %d round %d", seed, round)
            .isIn(ErrorKind.BAD_DATA, ErrorKind.TOO_LARGE);
      }
    }
  }
}
