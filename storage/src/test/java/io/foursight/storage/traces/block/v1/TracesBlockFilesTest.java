package io.foursight.storage.traces.block.v1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hardwood.InputFile;
import dev.hardwood.reader.ParquetFileReader;
import dev.hardwood.reader.RowReader;
import dev.hardwood.row.PqStruct;
import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.model.traces.SpanField;
import io.foursight.model.traces.SpanFilter;
import io.foursight.model.traces.TraceId;
import io.foursight.model.traces.TracesSelect;
import io.foursight.storage.block.BlockMeta;
import io.foursight.storage.object.RangedReaders;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The files as others see them: another Parquet reader, a store that counts, a disk that lies.
class TracesBlockFilesTest {
  @TempDir Path directory;

  /// Shares no code with the reader that we use.
  @Test
  void anotherParquetReader_readsTheFile() throws IOException {
    List<RandomSpans.Sent> sent = new RandomSpans(5, true).spans(200, 10);
    TracesBlockFixture.write(directory, sent);
    Path file = directory.resolve(TracesBlockFormat.SPANS);
    try (var reader = ParquetFileReader.open(InputFile.of(file));
        RowReader row = reader.rowReader()) {
      for (RandomSpans.Sent s : sent) {
        assertThat(row.hasNext()).isTrue();
        row.next();
        Span span = s.span();
        assertThat(row.getBinary("trace_id")).isEqualTo(span.getTraceId().toByteArray());
        assertThat(row.getString("name")).isEqualTo(span.getName());
        assertThat(row.getLong("duration_nanos"))
            .isEqualTo(span.getEndTimeUnixNano() - span.getStartTimeUnixNano());
        assertThat(row.getInt("kind")).isEqualTo(span.getKindValue());
        assertThat(row.getBinary("resource")).isEqualTo(s.origin().resource());
        assertThat(row.getString("resource_attributes")).contains(row.getString("service_name"));
        assertThat(row.isNull("status_code")).isEqualTo(!span.hasStatus());
        var events = new ArrayList<String>();
        for (PqStruct event : row.getList("events").structs()) {
          events.add(event.getString("name") + event.getList("attributes").size());
        }
        assertThat(events)
            .isEqualTo(
                span.getEventsList().stream()
                    .map(e -> e.getName() + e.getAttributesCount())
                    .toList());
      }
      assertThat(row.hasNext()).isFalse();
    }
  }

  @Test
  void aTraceById_takesThreeReadsCold_andTwoWhenTheIndexIsThere() {
    List<RandomSpans.Sent> sent = new RandomSpans(6, false).spans(300, 10);
    BlockMeta meta = TracesBlockFixture.write(directory, sent);
    List<String> reads = TracesBlockFixture.noReads();
    try (var reader =
        TracesBlockReader.open(
            meta, name -> new TracesBlockFixture.Counted(directory, name, reads))) {
      assertThat(reads).containsExactly("index");
      var id = new TraceId(sent.get(99).high(), sent.get(99).low());
      assertThat(reader.trace(id, 0, QueryBudget.unlimited()).isEmpty()).isFalse();
      assertThat(reads).containsExactly("index", "index", "spans.parquet");
      reads.clear();
      var select =
          TracesSelect.spans(
              new TenantId("t"),
              0,
              Long.MAX_VALUE,
              new SpanFilter.TextTest(
                  new SpanField.Attribute(SpanField.Scope.SPAN, "user.id"),
                  NaiveSpans.in("nobody")),
              List.of(),
              QueryBudget.unlimited());
      assertThat(reader.candidates(select, 20).candidates()).isEmpty();
      reader.tagNames(
          TracesSelect.spans(
              new TenantId("t"),
              0,
              Long.MAX_VALUE,
              SpanFilter.ALL,
              List.of(),
              QueryBudget.unlimited()));
      assertThat(reads).as("an absent value is answered from the index").containsExactly("index");
    }
  }

  @Test
  void aFlippedBit_isCorruptWhereverItIs() throws IOException {
    List<RandomSpans.Sent> sent = new RandomSpans(8, true).spans(20, 6);
    BlockMeta meta = TracesBlockFixture.write(directory, sent);
    var random = new Random(9);
    for (BlockMeta.File file : meta.files()) {
      byte[] whole = Files.readAllBytes(directory.resolve(file.name()));
      int from = file.name().equals(TracesBlockFormat.INDEX) ? 0 : 4;
      for (int i = 0; i < 25; i++) {
        byte[] damaged = whole.clone();
        int at = from + random.nextInt(damaged.length - from);
        damaged[at] ^= (byte) (1 << random.nextInt(8));
        assertThatThrownBy(() -> verify(meta, file.name(), damaged))
            .as("%s with a flipped bit in byte %d", file.name(), at)
            .isInstanceOfSatisfying(
                FoursightException.class,
                e -> assertThat(e.kind()).isIn(ErrorKind.CORRUPT, ErrorKind.UNIMPLEMENTED));
      }
    }
  }

  @Test
  void aNewerVersion_isNotCalledCorrupt() throws IOException {
    BlockMeta meta = TracesBlockFixture.write(directory, new RandomSpans(3, false).spans(2, 2));
    byte[] index = Files.readAllBytes(directory.resolve(TracesBlockFormat.INDEX));
    index[index.length - 12] = 9;
    assertThatThrownBy(() -> verify(meta, TracesBlockFormat.INDEX, index))
        .hasMessageContaining("version 9 is too new")
        .isInstanceOfSatisfying(
            FoursightException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.UNIMPLEMENTED));
  }

  private void verify(BlockMeta meta, String name, byte[] bytes) {
    try (var reader =
        TracesBlockReader.open(
            meta,
            file ->
                file.equals(name)
                    ? RangedReaders.of(file, bytes)
                    : new io.foursight.storage.object.FileRangedReader(directory.resolve(file)))) {
      reader.verify();
    }
  }

  /// Replicas' copies vanish, spans that only share their ids stay.
  @Test
  void aMerge_dropsCopiesAndKeepsWhatOnlyLooksAlike() throws IOException {
    List<RandomSpans.Sent> sent = new RandomSpans(12, true).spans(60, 8);
    var left = new ArrayList<RandomSpans.Sent>();
    var right = new ArrayList<RandomSpans.Sent>();
    var random = new Random(3);
    var expected = new ArrayList<RandomSpans.Sent>();
    for (RandomSpans.Sent s : sent) {
      int where = random.nextInt(3);
      if (where != 1) {
        left.add(s);
      }
      if (where != 0) {
        right.add(s);
      }
      expected.add(s);
    }
    RandomSpans.Sent first = sent.getFirst();
    var twin =
        new RandomSpans.Sent(
            first.origin(), first.span().toBuilder().setName("only looks alike").build());
    right.add(0, twin);
    expected.add(twin);
    BlockMeta a = TracesBlockFixture.write(directory.resolve("a"), left);
    BlockMeta b = TracesBlockFixture.write(directory.resolve("b"), right);
    try (var readerA = TracesBlockFixture.open(directory.resolve("a"), a);
        var readerB = TracesBlockFixture.open(directory.resolve("b"), b);
        var merged = new MergingSpanStream(List.of(readerA.scan(), readerB.scan()));
        var writer = new TracesBlockWriter(directory.resolve("c"), TracesBlockFixture.ID)) {
      writer.add(merged);
      BlockMeta c = writer.finish(2, List.of(TracesBlockFixture.ID), List.of("A", "B"), 9);
      assertThat(merged.dropped()).isEqualTo(left.size() + right.size() - expected.size());
      try (var reader = TracesBlockFixture.open(directory.resolve("c"), c);
          SpanStream scan = reader.scan()) {
        var spans = new ArrayList<RandomSpans.Sent>();
        while (scan.next()) {
          byte[] bytes =
              Arrays.copyOfRange(scan.bytes(), scan.offset(), scan.offset() + scan.length());
          spans.add(new RandomSpans.Sent(scan.origin(), Span.parseFrom(bytes)));
        }
        assertThat(spans).containsExactlyInAnyOrderElementsOf(expected);
      }
    }
  }
}
