package io.foursight.storage.wal;

import static org.assertj.core.api.Assertions.assertThat;

import io.foursight.config.ByteSize;
import io.foursight.model.Deadline;
import io.foursight.model.FoursightException;
import io.foursight.model.Signal;
import io.foursight.model.TenantId;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Kills a real process that appends, and one whose disk is full.
class FileWalCrashTest {
  private static final WalConfig CONFIG =
      WalConfig.defaults().withSegmentSize(new ByteSize(256 << 10));

  /// The dot shows that the kill did not cut the number.
  private static final String ACKNOWLEDGED = "ack \\d+\\.";

  @TempDir Path dir;

  private static byte[] payload(long number, int length) {
    return ByteBuffer.allocate(8 + length).putLong(number).array();
  }

  private static long number(String line) {
    return Long.parseLong(line.substring(4, line.length() - 1));
  }

  private static int length(long number) {
    return number % 500 == 499 ? 2 << 20 : (int) (number % 2000);
  }

  /// Appends for ever; prints every number once it has been acknowledged.
  static final class Appender {
    public static void main(String[] arguments) {
      var wal = new FileWal(Path.of(arguments[0]), CONFIG, new SimpleMeterRegistry());
      wal.start();
      wal.replay(r -> {});
      long start = Long.parseLong(arguments[1]);
      for (long i = start; ; i++) {
        byte[] bytes = payload(i, length(i));
        try {
          wal.append(Signal.METRICS, TenantId.ANONYMOUS, (byte) 0, bytes, 0, bytes.length);
          System.out.println("ack " + i + ".");
        } catch (FoursightException e) {
          System.out.println("refused " + e.kind());
        }
      }
    }
  }

  private Process start(long from, String limit) throws Exception {
    var command =
        "exec "
            + Path.of(System.getProperty("java.home"), "bin", "java")
            + " -Xmx128m -XX:TieredStopAtLevel=1 -cp '"
            + System.getProperty("java.class.path")
            + "' '"
            + Appender.class.getName()
            + "' '"
            + dir
            + "' "
            + from;
    return new ProcessBuilder("sh", "-c", limit + command)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  @Test
  void killedProcess_losesNothingThatItAcknowledged() throws Exception {
    long seed = System.nanoTime();
    var random = new Random(seed);
    var acknowledged = new TreeSet<Long>();
    long from = 0;
    for (int round = 0; round < 3; round++) {
      Process process = start(from, "");
      try (var lines =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
        int wanted = 200 + random.nextInt(2000);
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          if (line.matches(ACKNOWLEDGED)) {
            acknowledged.add(number(line));
            if (--wanted == 0) {
              process.toHandle().destroyForcibly();
            }
          }
        }
      }
      process.waitFor();
      from = acknowledged.last() + 1_000_000;
    }

    var seen = new ConcurrentSkipListSet<Long>();
    var twice = new ArrayList<Long>();
    var wal = new FileWal(dir, CONFIG, new SimpleMeterRegistry());
    wal.start();
    wal.replay(r -> {
      long number = ByteBuffer.wrap(r.payload(), r.offset(), r.length()).getLong();
      if (!seen.add(number) || r.length() != 8 + length(number)) {
        twice.add(number);
      }
    });
    wal.stop(Deadline.NONE);
    var lost = new TreeSet<>(acknowledged);
    lost.removeAll(seen);
    assertThat(lost).as("seed %d", seed).isEmpty();
    assertThat(twice).as("seed %d", seed).isEmpty();
  }

  /// `ulimit -f` makes the writes of the large records fail half-way, as a full disk does.
  @Test
  void diskThatTakesNoMore_refusesAndTheLogStaysReadable() throws Exception {
    Process process = start(0, "ulimit -f 1024; ");
    var acknowledged = new ArrayList<Long>();
    int refused = 0;
    try (var lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = ""; refused < 3 && line != null; line = lines.readLine()) {
        if (line.equals("refused UNAVAILABLE")) {
          refused++;
        } else if (line.matches(ACKNOWLEDGED)) {
          acknowledged.add(number(line));
        }
      }
      process.toHandle().destroyForcibly();
    }
    process.waitFor();

    List<Long> seen = new ArrayList<>();
    var wal = new FileWal(dir, CONFIG, new SimpleMeterRegistry());
    wal.start();
    wal.replay(r -> seen.add(ByteBuffer.wrap(r.payload(), r.offset(), r.length()).getLong()));
    wal.stop(Deadline.NONE);
    assertThat(seen).startsWith(acknowledged.toArray(Long[]::new));
    assertThat(seen).doesNotContain(499L, 999L, 1499L).contains(500L, 1498L);
  }
}
