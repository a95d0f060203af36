package io.foursight.cmd;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.model.TimeRange;
import io.foursight.model.metrics.MetricsSelect;
import io.foursight.storage.block.BlockMeta;
import io.foursight.storage.block.BlockStore.Entry;
import io.foursight.storage.metrics.block.v1.MetricsBlockReader;
import java.io.PrintStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// `foursight blocks list|inspect|verify`: looks at the metrics blocks of the object store.
final class BlocksCommand {
  private static final String USAGE =
      """
      usage: foursight blocks list [flags]          the blocks of all tenants, oldest data first
             foursight blocks inspect ID [flags]    one block: files, counts, label names
             foursight blocks verify [ID] [flags]   reads and decodes everything, compares every
                                                    checksum; exit code 1 when a block is damaged
        -tenant=ID             only this tenant
        -output=table|json
        -config.file=FILE, -storage.*=...   where the object store is, as for the server
      """;

  private static final int INSPECTED_LABELS = 20;
  private static final ObjectMapper JSON = new ObjectMapper();

  private record Block(TenantId tenant, Entry entry) {
    BlockMeta meta() {
      return entry.meta();
    }

    long stat(String name) {
      return meta().stats().getOrDefault(name, 0L);
    }
  }

  private record Verdict(Block block, boolean ok, String message) {}

  private final ToolArguments arguments;
  private final OfflineBlocks blocks;
  private final PrintStream out;

  private BlocksCommand(ToolArguments arguments, OfflineBlocks blocks, PrintStream out) {
    this.arguments = arguments;
    this.blocks = blocks;
    this.out = out;
  }

  static int run(List<String> rest, PrintStream out) {
    var arguments = ToolArguments.parse(rest, Set.of("tenant", "output"), USAGE);
    if (arguments.help()) {
      out.print(USAGE);
      return 0;
    }
    List<String> words = arguments.words();
    String verb = words.isEmpty() ? "" : words.getFirst();
    int most = verb.equals("list") ? 1 : 2;
    if (!Set.of("list", "inspect", "verify").contains(verb)
        || words.size() > most
        || verb.equals("inspect") && words.size() < 2) {
      throw FoursightException.badData(USAGE.stripTrailing());
    }
    arguments.json();
    try (var blocks = OfflineBlocks.open(arguments)) {
      var command = new BlocksCommand(arguments, blocks, out);
      return switch (verb) {
        case "list" -> command.list();
        case "inspect" -> command.inspect(words.get(1));
        default -> command.verify(words.size() == 2 ? Optional.of(words.get(1)) : Optional.empty());
      };
    }
  }

  private List<Block> all() {
    var all = new ArrayList<Block>();
    for (TenantId tenant : blocks.tenants(arguments)) {
      blocks.store().blocks(tenant).stream()
          .map(entry -> new Block(tenant, entry))
          .sorted(
              Comparator.comparingLong((Block b) -> b.meta().minTimeMillis())
                  .thenComparing(b -> b.meta().id()))
          .forEach(all::add);
    }
    return all;
  }

  private Block find(String id) {
    for (TenantId tenant : blocks.tenants(arguments)) {
      Optional<Entry> entry =
          blocks.store().blocks(tenant).stream().filter(e -> e.meta().id().equals(id)).findFirst();
      if (entry.isPresent()) {
        return new Block(tenant, entry.get());
      }
    }
    throw new FoursightException(
        ErrorKind.NOT_FOUND,
        "no block " + id + arguments.value("tenant").map(t -> " of tenant " + t).orElse(""));
  }

  private int list() {
    List<Block> all = all();
    if (arguments.json()) {
      ArrayNode array = JSON.createArrayNode();
      all.forEach(block -> array.add(json(block)));
      out.println(array.toPrettyString());
      return 0;
    }
    var table =
        new TextTable("TENANT", "BLOCK", "LEVEL", "FROM", "TO", "SERIES", "SAMPLES", "BYTES", "");
    for (Block block : all) {
      BlockMeta meta = block.meta();
      table.row(
          block.tenant,
          meta.id(),
          meta.level(),
          Instant.ofEpochMilli(meta.minTimeMillis()),
          Instant.ofEpochMilli(meta.maxTimeMillis()),
          block.stat("series"),
          block.stat("samples"),
          meta.sizeBytes(),
          block.entry.markedForDeletion() ? "marked for deletion" : "");
    }
    table.print(out);
    return 0;
  }

  private int inspect(String id) {
    Block block = find(id);
    ObjectNode json = json(block);
    ArrayNode files = json.putArray("files");
    block
        .meta()
        .files()
        .forEach(
            file -> files.addObject().put("name", file.name()).put("size_bytes", file.sizeBytes()));
    ArrayNode labels = json.putArray("labels");
    try (MetricsBlockReader reader = open(block)) {
      var select =
          new MetricsSelect(block.tenant, TimeRange.ALL, List.of(), QueryBudget.unlimited());
      record Label(String name, int values) {}
      reader.labelNames(select).stream()
          .map(name -> new Label(name, reader.labelValues(name, select).size()))
          .sorted(Comparator.comparingInt(Label::values).reversed().thenComparing(Label::name))
          .forEach(label -> labels.addObject().put("name", label.name).put("values", label.values));
    }
    if (arguments.json()) {
      out.println(json.toPrettyString());
      return 0;
    }
    var table = new TextTable("block", id);
    json.properties()
        .forEach(field -> {
          if (field.getValue().isValueNode() && !field.getKey().equals("id")) {
            table.row(field.getKey(), field.getValue().asText());
          } else if (!Set.of("files", "labels", "id").contains(field.getKey())) {
            table.row(field.getKey(), field.getValue());
          }
        });
    files.forEach(file ->
        table.row("file " + file.path("name").asText(), file.path("size_bytes") + " bytes"));
    for (int i = 0; i < Math.min(INSPECTED_LABELS, labels.size()); i++) {
      table.row(
          "label " + labels.path(i).path("name").asText(),
          labels.path(i).path("values") + " values");
    }
    if (labels.size() > INSPECTED_LABELS) {
      table.row("and", (labels.size() - INSPECTED_LABELS) + " more labels (-output=json)");
    }
    table.print(out);
    return 0;
  }

  private int verify(Optional<String> id) {
    List<Block> chosen = id.map(i -> List.of(find(i))).orElseGet(this::all);
    ArrayNode array = JSON.createArrayNode();
    int damaged = 0;
    for (Block block : chosen) {
      Verdict verdict = verify(block);
      damaged += verdict.ok ? 0 : 1;
      if (arguments.json()) {
        array
            .addObject()
            .put("tenant", block.tenant.value())
            .put("id", block.meta().id())
            .put("ok", verdict.ok)
            .put("message", verdict.message);
      } else {
        out.println(
            block.tenant
                + "  "
                + block.meta().id()
                + "  "
                + (verdict.ok ? "ok" : "corrupt")
                + "  "
                + verdict.message);
      }
    }
    if (arguments.json()) {
      out.println(array.toPrettyString());
    } else {
      out.println(chosen.size() + " blocks, " + damaged + " damaged");
    }
    return damaged == 0 ? 0 : 1;
  }

  private Verdict verify(Block block) {
    try (MetricsBlockReader reader = open(block)) {
      reader.verify();
      return new Verdict(
          block, true, block.stat("series") + " series, " + block.stat("samples") + " samples");
    } catch (FoursightException e) {
      return switch (e.kind()) {
        case CORRUPT, UNIMPLEMENTED -> new Verdict(block, false, e.getMessage());
        case NOT_FOUND ->
            blocks.store().meta(block.tenant, block.meta().id()).isEmpty()
                ? new Verdict(block, true, "deleted in the meantime")
                : new Verdict(block, false, e.getMessage());
        default -> throw e;
      };
    }
  }

  private MetricsBlockReader open(Block block) {
    return MetricsBlockReader.open(
        block.meta(), file -> blocks.store().open(block.tenant, block.meta(), file));
  }

  private static ObjectNode json(Block block) {
    BlockMeta meta = block.meta();
    ObjectNode json = JSON.createObjectNode();
    json.put("tenant", block.tenant.value());
    json.put("id", meta.id());
    json.put("format", meta.format());
    json.put("level", meta.level());
    json.put("from", Instant.ofEpochMilli(meta.minTimeMillis()).toString());
    json.put("to", Instant.ofEpochMilli(meta.maxTimeMillis()).toString());
    json.put("created", Instant.ofEpochMilli(meta.createdMillis()).toString());
    json.put("size_bytes", meta.sizeBytes());
    json.put("marked_for_deletion", block.entry.markedForDeletion());
    ObjectNode stats = json.putObject("stats");
    meta.stats().entrySet().stream()
        .sorted(java.util.Map.Entry.comparingByKey())
        .forEach(stat -> stats.put(stat.getKey(), stat.getValue()));
    ArrayNode sources = json.putArray("sources");
    meta.sources().forEach(sources::add);
    ArrayNode parents = json.putArray("parents");
    meta.parents().forEach(parents::add);
    return json;
  }
}
