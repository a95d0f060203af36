package io.foursight.config;

import io.foursight.model.TenantId;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/// The configuration as loaded: the root record, the default limits, and ways to print it.
/// Immutable.
public final class LoadedConfig<R extends Record> {
  private final ConfigSchema<R> schema;
  private final R root;
  private final Map<String, Object> values;

  LoadedConfig(ConfigSchema<R> schema, R root, Map<String, Object> values) {
    this.schema = schema;
    this.root = root;
    this.values = Map.copyOf(values);
  }

  public R root() {
    return root;
  }

  /// A record of the `limits` section, as it is for a tenant without overrides.
  public <L extends Record> L limits(Class<L> type) {
    return type.cast(schema.limitShape(type).create(values));
  }

  /// All keys with their values as YAML; secrets are masked.
  public String toYaml() {
    return ConfigPrinter.yaml(schema.keys().values(), this::value);
  }

  /// Only the keys whose value is not the default.
  public String diffYaml() {
    Map<String, Key> changed = new LinkedHashMap<>();
    schema
        .keys()
        .forEach((path, key) -> {
          if (!Objects.equals(value(key), key.defaultValue())) {
            changed.put(path, key);
          }
        });
    return ConfigPrinter.yaml(changed.values(), this::value);
  }

  /// All keys with their defaults.
  public String defaultsYaml() {
    return ConfigPrinter.yaml(schema.keys().values(), Key::defaultValue);
  }

  ConfigSchema<R> schema() {
    return schema;
  }

  /// Limits of one tenant: defaults with its overrides on top.
  Record limits(RecordShape shape, TenantId tenant, Map<TenantId, Map<String, Object>> overrides) {
    Map<String, Object> own = overrides.getOrDefault(tenant, Map.of());
    return shape.create(key -> own.containsKey(key.path()) ? own.get(key.path()) : value(key));
  }

  Object value(Key key) {
    return values.getOrDefault(key.path(), key.defaultValue());
  }
}
