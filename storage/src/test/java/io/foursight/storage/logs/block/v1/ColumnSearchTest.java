package io.foursight.storage.logs.block.v1;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.ZstdCompressCtx;
import io.foursight.storage.encoding.ByteReader;
import io.foursight.storage.encoding.ByteWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/// Columns look for digits in numbers, bytes and times without printing them; that must find what
/// looking at every value finds.
class ColumnSearchTest {
  private static final long START = 1_790_000_000_123_456_000L;

  private final long seed = System.nanoTime();
  private final Random random = new Random(seed);

  @Test
  void everyKindOfColumn_findsWhatItsTextsHave() {
    search(() -> String.valueOf(random.nextInt(1_000_000) / (1 + random.nextInt(1000))));
    search(() -> String.valueOf(random.nextLong() >> 5 + random.nextInt(40)));
    search(() -> "%08d".formatted(random.nextInt(100_000_000)));
    search(() ->
        String.format(Locale.ROOT, "%.3f", random.nextGaussian() * 100)
            .replaceAll("^-0\\.000$", "0.000"));
    search(() -> String.valueOf(random.nextInt(20_000) / 100.0));
    search(() -> hex(16));
    search(() -> hex(8).toUpperCase(Locale.ROOT));
    search(() -> hex(8) + "-" + hex(4) + "-" + hex(4) + "-" + hex(4) + "-" + hex(12));
  }

  private String hex(int digits) {
    return HexFormat.of().toHexDigits(random.nextLong()).substring(0, Math.min(16, digits));
  }

  private void search(Supplier<String> text) {
    var texts = new ArrayList<String>();
    for (int i = 0; i < 400; i++) {
      texts.add(text.get());
    }
    byte[] all = String.join("", texts).getBytes(StandardCharsets.US_ASCII);
    var values = new Strings(all);
    int at = 0;
    for (String each : texts) {
      values.add(at, each.length());
      at += each.length();
    }
    try (var zstd = new ZstdCompressCtx()) {
      var out = new GroupOutput(zstd);
      new ColumnWriter().write(values, ColumnWriter.MAX_DEPTH, out);
      compare(column(out, new long[texts.size()]), texts);
    }
  }

  private static Column column(GroupOutput out, long[] times) {
    byte[] directory = out.directory.toByteArray();
    var in = new ByteReader(directory, 0, directory.length, "directory", 0);
    return ColumnSpec.read(times.length, new Chunk.Places(in, out.data.size()))
        .open(GroupChunks.of(out.data.toByteArray(), times));
  }

  private void compare(Column column, List<String> texts) {
    for (int i = 0; i < 600; i++) {
      String part = part(texts);
      byte[] bytes = part.getBytes(StandardCharsets.US_ASCII);
      for (Column.Op op : Column.Op.values()) {
        var wanted = new BitSet();
        for (int row = 0; row < texts.size(); row++) {
          String text = texts.get(row);
          wanted.set(
              row,
              switch (op) {
                case CONTAINS -> text.contains(part);
                case STARTS_WITH -> text.startsWith(part);
                case ENDS_WITH -> text.endsWith(part);
                case EQUALS -> text.equals(part);
              });
        }
        String what =
            "seed " + seed + " " + column.getClass().getSimpleName() + " " + op + " " + part;
        assertThat(column.match(op, bytes)).as(what).isEqualTo(wanted);
        assertThat(column.possible(op, bytes) || wanted.isEmpty()).as(what).isTrue();
      }
    }
  }

  /// A piece of some value, now and then a little changed.
  private String part(List<String> texts) {
    String text = texts.get(random.nextInt(texts.size()));
    int from = random.nextInt(text.length());
    int to = from + 1 + random.nextInt(text.length() - from);
    var part = new StringBuilder(text.substring(from, to));
    if (random.nextInt(4) == 0) {
      part.setCharAt(random.nextInt(part.length()), "0123456789abc.-:".charAt(random.nextInt(16)));
    }
    if (random.nextInt(8) == 0) {
      part.insert(0, '0');
    }
    return part.toString();
  }

  @Test
  void printedTimes_areFoundByTheirTexts() {
    for (int digits = 0; digits <= 9; digits += 3) {
      for (int style = 0; style < 4; style++) {
        int layout = style | digits << 3;
        var times = new long[300];
        var distances = new long[300];
        var texts = new ArrayList<String>();
        var printer = new TimeLayout();
        var text = new ByteWriter(32);
        for (int i = 0; i < times.length; i++) {
          times[i] = START + i * 1_700_000_000L / 7 + random.nextInt(1_000_000);
          distances[i] = random.nextInt(5) - 2;
          text.clear();
          printer.print(
              layout, Math.floorDiv(times[i], TimeLayout.unit(layout)) + distances[i], text);
          texts.add(new String(text.array(), 0, text.size(), StandardCharsets.US_ASCII));
        }
        try (var zstd = new ZstdCompressCtx()) {
          var out = new GroupOutput(zstd);
          TimeColumn.write(layout, distances, distances.length, out);
          compare(column(out, times), texts);
        }
      }
    }
  }

  /// The first 17 bytes are remembered from time to time.
  @Test
  void timesOfManyMinutes_areReadAsTheyArePrinted() {
    var printer = new TimeLayout();
    var reader = new TimeLayout();
    var text = new ByteWriter(32);
    for (int i = 0; i < 20_000; i++) {
      int layout = random.nextInt(4) | random.nextInt(10) << 3;
      long time =
          START + (long) (random.nextGaussian() * 200e9) + random.nextInt(2) * 86_400_000_000_000L;
      long value = Math.floorDiv(time, TimeLayout.unit(layout));
      text.clear();
      printer.print(layout, value, text);
      text.u8(' ');
      assertThat(reader.parse(text.array(), 0, text.size(), time))
          .as(
              "seed "
                  + seed
                  + ": "
                  + new String(text.array(), 0, text.size(), StandardCharsets.US_ASCII))
          .isTrue();
      assertThat(reader.layout()).isEqualTo(layout);
      assertThat(reader.delta()).isZero();
      assertThat(reader.length()).isEqualTo(text.size() - 1);
    }
  }
}
