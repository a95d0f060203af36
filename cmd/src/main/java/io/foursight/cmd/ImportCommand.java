package io.foursight.cmd;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.TenantId;
import io.foursight.storage.block.Ulids;
import io.foursight.storage.metrics.prometheus.PrometheusBlockMeta;
import io.foursight.storage.metrics.prometheus.PrometheusImport;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/// `foursight import prometheus DIR`: the blocks of a Prometheus data directory become blocks of
/// ours in the object store. One source block after another; each of its parts is uploaded whole,
/// so an import that breaks off leaves complete blocks and can be run again.
final class ImportCommand {
  private static final String USAGE =
      """
      usage: foursight import prometheus DIR [flags]
        DIR is a data directory of Prometheus, a snapshot of one, or a single block.
        -tenant=ID             whose data it becomes; default anonymous
        -block-range=D         aligned time range of the new blocks, 2h to 24h; default 24h
        -config.file=FILE, -storage.*=...   where the object store is, as for the server

      A server may run on the same store meanwhile; its queries find the data at the store-gateway's
      next look (store_gateway.sync_interval), and where a result is cached when it leaves the cache.
      Importing the same data again is harmless: equal samples count once in answers, and the
      compactor merges them. Where samples of one series and time differ, the last import wins.
      Samples still in Prometheus's wal/ are in no block: take a snapshot
      (POST /api/v1/admin/tsdb/snapshot) and import that. Exemplars are not imported.
      """;

  private record Source(Path directory, PrometheusBlockMeta meta) {}

  private final OfflineBlocks blocks;
  private final TenantId tenant;
  private final Duration range;
  private final ToolProgress progress;
  private final PrintStream out;
  private final Clock clock = Clock.systemUTC();
  private final Ulids ids = new Ulids(clock, new SecureRandom());
  private long samples;
  private long written;
  private long bytes;

  private ImportCommand(OfflineBlocks blocks, TenantId tenant, Duration range, PrintStream out) {
    this.blocks = blocks;
    this.tenant = tenant;
    this.range = range;
    this.out = out;
    progress = new ToolProgress(out);
  }

  static int run(List<String> rest, PrintStream out) {
    var arguments = ToolArguments.parse(rest, Set.of("tenant", "block-range"), USAGE);
    if (arguments.help()) {
      out.print(USAGE);
      return 0;
    }
    List<String> words = arguments.words();
    if (words.size() != 2 || !words.getFirst().equals("prometheus")) {
      throw FoursightException.badData(USAGE.stripTrailing());
    }
    TenantId tenant = OfflineBlocks.tenant(arguments);
    Duration range = ExportCommand.blockRange(arguments);
    List<Source> sources = sources(Path.of(words.get(1)), out);
    try (var blocks = OfflineBlocks.create(arguments)) {
      return new ImportCommand(blocks, tenant, range, out).run(sources);
    }
  }

  /// The blocks in a directory, oldest data first.
  private static List<Source> sources(Path directory, PrintStream out) {
    if (Files.exists(directory.resolve("meta.json"))) {
      return List.of(new Source(directory, PrometheusBlockMeta.read(directory)));
    }
    var sources = new ArrayList<Source>();
    try (var children = Files.newDirectoryStream(directory, Files::isDirectory)) {
      for (Path child : children) {
        boolean isBlock = Ulids.isUlid(child.getFileName().toString());
        if (isBlock && Files.exists(child.resolve("meta.json"))) {
          sources.add(new Source(child, PrometheusBlockMeta.read(child)));
        } else if (isBlock) {
          out.println("left out " + child + ": it has no meta.json, so it is no finished block");
        }
      }
    } catch (IOException e) {
      throw FoursightException.badData("cannot read directory " + directory + ": " + e);
    }
    if (Files.isDirectory(directory.resolve("wal"))) {
      out.println(
          "note: "
              + directory.resolve("wal")
              + " holds samples that are in no block yet; they are not imported (see -help)");
    }
    if (sources.isEmpty()) {
      throw FoursightException.badData("no Prometheus blocks in " + directory);
    }
    sources.sort(
        Comparator.comparingLong((Source s) -> s.meta.minTimeMillis())
            .thenComparing(s -> s.meta.ulid()));
    return sources;
  }

  private int run(List<Source> sources) {
    long total = Math.max(1, sources.stream().mapToLong(s -> s.meta.samples()).sum());
    long before = 0;
    int failed = 0;
    for (int i = 0; i < sources.size(); i++) {
      Source source = sources.get(i);
      String name =
          "block " + (i + 1) + "/" + sources.size() + " " + source.directory.getFileName();
      long done = before;
      try {
        importBlock(
            source,
            (series, rows, totalSeries) ->
                progress.now(
                    (done + Math.min(rows, source.meta.samples())) / (double) total,
                    name + ": " + series + " of " + totalSeries + " series, " + rows + " samples"));
      } catch (FoursightException e) {
        if (e.kind() != ErrorKind.CORRUPT
            && e.kind() != ErrorKind.NOT_FOUND
            && e.kind() != ErrorKind.UNIMPLEMENTED) {
          throw e;
        }
        failed++;
        out.println(name + ": NOT imported: " + e.getMessage());
      }
      before += source.meta.samples();
      progress.line(before / (double) total, name + " done");
    }
    out.printf(
        "imported %d of %d Prometheus blocks for tenant %s: %d samples in %d new blocks, %d"
            + " bytes%n",
        sources.size() - failed, sources.size(), tenant, samples, written, bytes);
    out.println("importing the same data again is harmless: equal samples count once");
    return failed == 0 ? 0 : 1;
  }

  private void importBlock(Source source, PrometheusImport.Progress told) {
    List<PrometheusImport.Imported> parts =
        PrometheusImport.run(
            source.directory, blocks.scratch(), range, ids::next, clock.millis(), told);
    for (PrometheusImport.Imported part : parts) {
      blocks.store().upload(tenant, part.meta(), part.directory());
      OfflineBlocks.deleteTree(part.directory());
      written++;
      bytes += part.meta().sizeBytes();
      samples += part.meta().stats().getOrDefault("samples", 0L);
    }
  }
}
