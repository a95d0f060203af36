package io.foursight.storage.traces.block.v1;

import static org.assertj.core.api.Assertions.assertThat;

import io.foursight.model.QueryBudget;
import io.foursight.model.traces.TraceId;
import io.foursight.storage.block.BlockMeta;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Blocks written by the first release stay readable: the files under `golden-v1` were made by this
/// test's spans, bounds and writer when the format was fixed. Never make them anew.
class TracesBlockGoldenTest {
  private static final SpansFile.Bounds BOUNDS = new SpansFile.Bounds(40, 1 << 20, 16);

  private static List<RandomSpans.Sent> spans() {
    return new RandomSpans(42, true).spans(30, 6);
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = TracesBlockGoldenTest.class.getResourceAsStream("golden-v1/" + name)) {
      assertThat(in).as(name).isNotNull();
      return in.readAllBytes();
    }
  }

  @Test
  void goldenBlock_isStillRead(@TempDir Path directory) throws IOException {
    List<RandomSpans.Sent> sent = spans();
    BlockMeta written = TracesBlockFixture.write(directory.resolve("now"), sent, BOUNDS);
    Path golden = Files.createDirectory(directory.resolve("golden"));
    var files = new ArrayList<BlockMeta.File>();
    for (BlockMeta.File file : written.files()) {
      byte[] bytes = resource(file.name());
      Files.write(golden.resolve(file.name()), bytes);
      files.add(new BlockMeta.File(file.name(), bytes.length));
    }
    BlockMeta meta =
        new BlockMeta(
            written.version(),
            written.id(),
            written.format(),
            written.minTimeMillis(),
            written.maxTimeMillis(),
            written.level(),
            written.sources(),
            written.parents(),
            files,
            Map.of(),
            written.createdMillis());
    try (TracesBlockReader reader = TracesBlockFixture.open(golden, meta);
        SpanStream scan = reader.scan()) {
      assertThat(reader.head().groups()).hasSizeGreaterThan(1);
      for (RandomSpans.Sent expected : sent) {
        assertThat(scan.next()).isTrue();
        byte[] bytes =
            Arrays.copyOfRange(scan.bytes(), scan.offset(), scan.offset() + scan.length());
        assertThat(Span.parseFrom(bytes)).isEqualTo(expected.span());
        assertThat(scan.origin()).isEqualTo(expected.origin());
      }
      assertThat(scan.next()).isFalse();
      var id = new TraceId(sent.getLast().high(), sent.getLast().low());
      assertThat(reader.trace(id, 0, QueryBudget.unlimited()).isEmpty()).isFalse();
      reader.verify();
    }
  }
}
