package io.foursight.cmd;

import io.foursight.config.GoDuration;
import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.LabelMatcher;
import io.foursight.model.TenantId;
import io.foursight.model.TimeRange;
import io.foursight.querylanguages.promql.parse.PromqlParser;
import io.foursight.storage.block.BlockMeta;
import io.foursight.storage.block.BlockOrder;
import io.foursight.storage.block.BlockStore.Entry;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// `foursight export prometheus DIR`: the samples of a tenant's blocks, each once, become
/// Prometheus blocks, one an aligned range of time.
final class ExportCommand {
  private static final String USAGE =
      """
      usage: foursight export prometheus DIR [flags]
        DIR gets one Prometheus block for each range of time; it may be Prometheus's data directory.
        -tenant=ID             whose data; default anonymous
        -start=T -end=T        only samples between, both ends included: seconds since the epoch,
                               2026-01-02T03:04:05Z, now, or an age such as -7d
        -match=SELECTOR        only these series, such as -match='up{job="node"}'; may be repeated
        -block-range=D         aligned time range of a block, 2h to 24h; default 24h
        -config.file=FILE, -storage.*=...   where the object store is, as for the server

      Only what is in the object store is exported. A running server holds its newest samples outside
      of it: flush them first (curl -X POST 'http://localhost:8080/ingester/flush?wait=true').
      Prometheus blocks have no place for exemplars and start timestamps.
      """;

  private final OfflineBlocks blocks;
  private final TenantId tenant;
  private final TimeRange asked;
  private final List<List<LabelMatcher>> selectors;
  private final long width;
  private final PrintStream out;

  private ExportCommand(
      OfflineBlocks blocks,
      TenantId tenant,
      TimeRange asked,
      List<List<LabelMatcher>> selectors,
      Duration width,
      PrintStream out) {
    this.blocks = blocks;
    this.tenant = tenant;
    this.asked = asked;
    this.selectors = selectors;
    this.width = width.toMillis();
    this.out = out;
  }

  static int run(List<String> rest, PrintStream out) {
    var arguments =
        ToolArguments.parse(rest, Set.of("tenant", "start", "end", "match", "block-range"), USAGE);
    if (arguments.help()) {
      out.print(USAGE);
      return 0;
    }
    List<String> words = arguments.words();
    if (words.size() != 2 || !words.getFirst().equals("prometheus")) {
      throw FoursightException.badData(USAGE.stripTrailing());
    }
    long now = System.currentTimeMillis();
    var asked =
        new TimeRange(
            arguments
                .value("start")
                .map(t -> ToolTimes.millis("start", t, now))
                .orElse(Long.MIN_VALUE),
            arguments
                .value("end")
                .map(t -> ToolTimes.millis("end", t, now))
                .orElse(Long.MAX_VALUE));
    if (asked.isEmpty()) {
      throw arguments.wrong("-start is after -end");
    }
    List<List<LabelMatcher>> selectors =
        arguments.has("match")
            ? arguments.values("match").stream().map(PromqlParser::parseSelector).toList()
            : List.of(List.of());
    TenantId tenant = OfflineBlocks.tenant(arguments);
    Duration width = blockRange(arguments);
    try (var blocks = OfflineBlocks.open(arguments)) {
      return new ExportCommand(blocks, tenant, asked, selectors, width, out)
          .run(directory(words.get(1)));
    }
  }

  /// What `-block-range` says.
  static Duration blockRange(ToolArguments arguments) {
    Duration range =
        arguments.value("block-range").map(GoDuration::parse).orElse(Duration.ofHours(24));
    if (range.compareTo(Duration.ofHours(2)) < 0 || range.compareTo(Duration.ofHours(24)) > 0) {
      throw arguments.wrong(
          "-block-range=" + arguments.value("block-range").orElse("") + " is not 2h to 24h");
    }
    return range;
  }

  private static Path directory(String name) {
    Path directory = Path.of(name);
    try {
      return Files.createDirectories(directory);
    } catch (IOException e) {
      throw new FoursightException(
          ErrorKind.UNAVAILABLE, "cannot make directory " + directory + ": " + e, e);
    }
  }

  private int run(Path directory) {
    List<BlockMeta> inputs =
        blocks.store().blocks(tenant).stream()
            .map(Entry::meta)
            .filter(meta -> meta.timeRange().overlaps(asked))
            .sorted(BlockOrder.OLDEST_FIRST)
            .toList();
    List<TimeRange> windows = windows(inputs);
    long total = Math.max(1, windows.stream().mapToLong(w -> seriesIn(inputs, w)).sum());
    var progress = new ToolProgress(out);
    var exported = new ExportedBlocks(blocks, tenant, selectors, directory);
    long before = 0;
    for (int i = 0; i < windows.size(); i++) {
      TimeRange window = windows.get(i);
      String name = "range " + (i + 1) + "/" + windows.size() + " " + text(window);
      long done = before;
      long most = seriesIn(inputs, window);
      String result =
          exported
              .write(
                  inputs.stream().filter(meta -> meta.timeRange().overlaps(window)).toList(),
                  window,
                  (series, samples) ->
                      progress.now(
                          (done + Math.min(series, most)) / (double) total,
                          name + ": " + series + " series, " + samples + " samples"))
              .map(block -> "block " + block.getFileName())
              .orElse("no samples");
      before += most;
      progress.line(before / (double) total, name + ": " + result);
    }
    out.printf(
        "exported %d samples of tenant %s from %d blocks into %d Prometheus blocks in %s%n",
        exported.samples(), tenant, inputs.size(), exported.blocks(), directory);
    if (inputs.isEmpty()) {
      out.println(
          "note: no block of tenant "
              + tenant
              + " has samples in that time; "
              + "a running"
              + " server's newest samples must be flushed first (see -help)");
    }
    return 0;
  }

  /// The aligned ranges that the blocks reach into, oldest first, cut to what was asked and to what
  /// is there.
  private List<TimeRange> windows(List<BlockMeta> inputs) {
    var numbers = new TreeSet<Long>();
    long first = Long.MAX_VALUE;
    long last = Long.MIN_VALUE;
    for (BlockMeta meta : inputs) {
      TimeRange range = meta.timeRange().intersect(asked);
      first = Math.min(first, range.startMillis());
      last = Math.max(last, range.endMillis());
      for (long n = number(range.startMillis()); n <= number(range.endMillis()); n++) {
        numbers.add(n);
      }
    }
    var windows = new ArrayList<TimeRange>();
    for (long n : numbers) {
      windows.add(
          new TimeRange(
              n == number(first) ? first : n * width,
              n == number(last) ? last : (n + 1) * width - 1));
    }
    return windows;
  }

  private long number(long millis) {
    return Math.floorDiv(millis, width);
  }

  /// The most series that the blocks can give for a window.
  private static long seriesIn(List<BlockMeta> inputs, TimeRange window) {
    return inputs.stream()
        .filter(meta -> meta.timeRange().overlaps(window))
        .mapToLong(meta -> meta.stats().getOrDefault("series", 1L))
        .max()
        .orElse(1);
  }

  private static String text(TimeRange range) {
    return Instant.ofEpochMilli(range.startMillis())
        + " to "
        + Instant.ofEpochMilli(range.endMillis());
  }
}
