package io.foursight.config;

import io.foursight.model.FoursightException;
import io.foursight.model.TenantId;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Limits per tenant: the `limits` section, with the tenant's entry of the overrides file on top.
/// The file is `overrides: {<tenant>: {<key of limits>: value}}`. A file that does not load leaves
/// the last good one in force, is counted and logged once per content. [#limits] may be used from
/// any thread, [#reload] from one.
public final class TenantOverrides {
  private static final Logger log = LoggerFactory.getLogger(TenantOverrides.class);
  private static final String SECTION = "overrides";

  /// One good file: values by tenant, and the records built from them on first use.
  private static final class Snapshot {
    final String text;
    final Map<TenantId, Map<String, Object>> values;
    final Map<RecordShape, Map<TenantId, Record>> records = new ConcurrentHashMap<>();
    final Map<RecordShape, Record> defaults = new ConcurrentHashMap<>();

    Snapshot(String text, Map<TenantId, Map<String, Object>> values) {
      this.text = text;
      this.values = values;
    }
  }

  private final LoadedConfig<?> config;
  private final Optional<Path> file;
  private final AtomicLong loads = new AtomicLong();
  private final AtomicLong failures = new AtomicLong();
  private volatile Snapshot current = new Snapshot("", Map.of());
  private volatile boolean lastLoadGood = true;
  private String lastText = "";

  public TenantOverrides(LoadedConfig<?> config, Optional<Path> file) {
    this.config = config;
    this.file = file;
  }

  /// Without a file: every tenant has the defaults.
  public static TenantOverrides none(LoadedConfig<?> config) {
    return new TenantOverrides(config, Optional.empty());
  }

  /// @throws IllegalArgumentException when the schema was not built with the record
  public <L extends Record> TenantLimits<L> limits(Class<L> type) {
    RecordShape shape = config.schema().limitShape(type);
    return tenant -> type.cast(limits(shape, tenant));
  }

  /// All limits of a tenant by key, values as they are written in configuration (numbers and
  /// booleans as such).
  public Map<String, Object> valuesOf(TenantId tenant) {
    Map<String, Object> own = current.values.getOrDefault(tenant, Map.of());
    Map<String, Object> all = new LinkedHashMap<>();
    config
        .schema()
        .limitKeys()
        .forEach((path, key) -> {
          Object value = own.containsKey(path) ? own.get(path) : config.value(key);
          boolean plain = value instanceof Number || value instanceof Boolean;
          all.put(
              path.substring(ConfigSchema.LIMITS.length() + 1),
              plain || value instanceof String ? value : key.type().write(value));
        });
    return all;
  }

  /// The first load.
  ///
  /// @throws FoursightException `BAD_DATA` when the file is missing or wrong: better at start
  public void load() {
    if (file.isPresent()) {
      String text = read(file.get());
      lastText = text;
      current = parse(text);
      loads.incrementAndGet();
    }
  }

  /// Loads the file again if it changed. Never throws.
  public void reload() {
    if (file.isEmpty()) {
      return;
    }
    String text;
    try {
      text = read(file.get());
    } catch (FoursightException e) {
      failed(e, lastLoadGood);
      return;
    }
    if (text.equals(lastText) && (lastLoadGood || !text.equals(current.text))) {
      if (!lastLoadGood) {
        failures.incrementAndGet();
      }
      return;
    }
    boolean news = !text.equals(lastText);
    lastText = text;
    try {
      current = parse(text);
      lastLoadGood = true;
      loads.incrementAndGet();
      log.info("overrides loaded file={} tenants={}", file.get(), current.values.size());
    } catch (FoursightException e) {
      failed(e, news);
    }
  }

  public long loads() {
    return loads.get();
  }

  public long failures() {
    return failures.get();
  }

  public boolean lastLoadGood() {
    return lastLoadGood;
  }

  /// Tenants that have overrides, and the file's values, as YAML.
  public String toYaml() {
    var out = new StringBuilder(SECTION + ":");
    if (current.values.isEmpty()) {
      return out.append(" {}\n").toString();
    }
    out.append('\n');
    Map<String, Key> keys = config.schema().limitKeys();
    current.values.forEach((tenant, values) -> {
      out.append("  ").append(ValueType.ScalarKind.quote(tenant.value())).append(":\n");
      values.forEach((path, value) ->
          out.append("    ")
              .append(path.substring(ConfigSchema.LIMITS.length() + 1))
              .append(": ")
              .append(ConfigPrinter.text(keys.get(path), value))
              .append('\n'));
    });
    return out.toString();
  }

  private void failed(FoursightException e, boolean news) {
    lastLoadGood = false;
    failures.incrementAndGet();
    if (news) {
      log.error("overrides not loaded, the last good ones stay in force: {}", e.getMessage());
    }
  }

  private Record limits(RecordShape shape, TenantId tenant) {
    Snapshot snapshot = current;
    if (!snapshot.values.containsKey(tenant)) {
      return snapshot.defaults.computeIfAbsent(shape, s -> config.limits(s, tenant, Map.of()));
    }
    return snapshot
        .records
        .computeIfAbsent(shape, s -> new ConcurrentHashMap<>())
        .computeIfAbsent(tenant, t -> config.limits(shape, t, snapshot.values));
  }

  private Snapshot parse(String text) {
    Map<TenantId, Map<String, Object>> byTenant = new LinkedHashMap<>();
    RawValue.Entries document = YamlReader.read(text, file.orElseThrow().toString());
    Map<String, Key> keys = config.schema().limitKeys();
    document
        .entries()
        .forEach((name, raw) -> {
          if (!name.equals(SECTION)) {
            throw FoursightException.badData(
                raw.place() + ": unknown key \"" + name + "\"; did you mean overrides?");
          }
          entries(raw).forEach((tenant, values) -> bind(tenant, values, keys, byTenant));
        });
    var snapshot = new Snapshot(text, byTenant);
    checkAll(byTenant);
    return snapshot;
  }

  private static void bind(
      String tenant,
      RawValue raw,
      Map<String, Key> keys,
      Map<TenantId, Map<String, Object>> byTenant) {
    Map<String, Object> values = new LinkedHashMap<>();
    var entries = new RawValue.Entries(entries(raw), raw.place());
    new KeyBinder(keys).bindSection(ConfigSchema.LIMITS + ".", entries, values);
    try {
      byTenant.put(new TenantId(tenant), values);
    } catch (FoursightException e) {
      throw new FoursightException(e.kind(), raw.place() + ": " + e.getMessage(), e);
    }
  }

  /// Records may refuse values in their constructors: find out now, not on a request.
  private void checkAll(Map<TenantId, Map<String, Object>> byTenant) {
    Collection<RecordShape> shapes = new ArrayList<>();
    config.schema().limitShapes().forEach(shapes::add);
    for (TenantId tenant : List.copyOf(byTenant.keySet())) {
      try {
        shapes.forEach(shape -> config.schema().check(config.limits(shape, tenant, byTenant)));
      } catch (FoursightException e) {
        throw new FoursightException(
            e.kind(), file.orElseThrow() + ": overrides of " + tenant + ": " + e.getMessage(), e);
      }
    }
  }

  private static Map<String, RawValue> entries(RawValue raw) {
    return switch (raw) {
      case RawValue.Entries entries -> entries.entries();
      case RawValue.Nothing nothing -> Map.of();
      case RawValue.Text text -> throw notEntries(raw);
      case RawValue.Items items -> throw notEntries(raw);
    };
  }

  private static FoursightException notEntries(RawValue raw) {
    return FoursightException.badData(raw.place() + ": expected keys and values");
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (CharacterCodingException e) {
      throw FoursightException.badData(file + " is not UTF-8 text");
    } catch (IOException e) {
      throw FoursightException.badData("cannot read " + file + ": " + e);
    }
  }
}
