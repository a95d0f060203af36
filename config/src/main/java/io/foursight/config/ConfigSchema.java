package io.foursight.config;

import io.foursight.model.FoursightException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/// Every key that the program knows: those of the root record, and those of the `limits` section,
/// which several records share (one per component; the same key may be in more than one, with the
/// same type and default). Immutable.
public final class ConfigSchema<R extends Record> {
  static final String LIMITS = "limits";

  private final RecordShape root;
  private final Class<R> rootType;
  private final Map<Class<? extends Record>, RecordShape> limits = new LinkedHashMap<>();
  private final Map<String, Key> keys = new LinkedHashMap<>();
  private final Map<Class<? extends Record>, Consumer<? super Record>> checks;

  /// @throws IllegalArgumentException on a programming error: a missing description or
  ///   `defaults()`, two records that disagree about a limit
  public ConfigSchema(Class<R> rootType, List<Class<? extends Record>> limitRecords) {
    this(rootType, limitRecords, Map.of());
  }

  private ConfigSchema(
      Class<R> rootType,
      List<Class<? extends Record>> limitRecords,
      Map<Class<? extends Record>, Consumer<? super Record>> checks) {
    this.rootType = rootType;
    this.checks = Map.copyOf(checks);
    this.root = RecordShape.of("", RecordShape.defaults(rootType));
    root.keys().forEach(key -> keys.put(key.path(), key));
    for (Class<? extends Record> type : limitRecords) {
      RecordShape shape = RecordShape.of(LIMITS, RecordShape.defaults(type));
      limits.put(type, shape);
      for (Key key : shape.keys()) {
        Key other = keys.putIfAbsent(key.path(), key);
        if (other != null
            && !(other.type().equals(key.type())
                && other.defaultValue().equals(key.defaultValue()))) {
          throw new IllegalArgumentException(
              type + " and another record disagree about " + key.path());
        }
      }
    }
  }

  /// The same, with one more condition on a record of limits: what its constructor cannot tell,
  /// such as whether an expression compiles. Holds for the `limits` section and for each tenant's
  /// overrides, when they are loaded.
  ///
  /// @param check throws [FoursightException] `BAD_DATA`
  public <L extends Record> ConfigSchema<R> checking(Class<L> type, Consumer<L> check) {
    limitShape(type);
    var more = new LinkedHashMap<>(checks);
    more.put(type, limits -> check.accept(type.cast(limits)));
    return new ConfigSchema<>(rootType, List.copyOf(limits.keySet()), more);
  }

  /// Throws what the check of the record's type throws.
  void check(Record limits) {
    Consumer<? super Record> check = checks.get(limits.getClass());
    if (check != null) {
      check.accept(limits);
    }
  }

  /// Reads YAML and flags over the defaults.
  ///
  /// @param yaml text of the configuration file, empty when there is none
  /// @param source its name, for messages
  /// @param flags what [CommandLine] left: `-a.b-c=v` and so on
  /// @param environment for `${VAR}`; identity functions that return null leave variables unset
  /// @throws FoursightException `BAD_DATA` naming the place, the value and what was expected
  public LoadedConfig<R> load(
      String yaml,
      String source,
      boolean expandEnvironment,
      UnaryOperator<String> environment,
      List<String> flags) {
    String text = expandEnvironment ? EnvironmentExpansion.expand(yaml, environment) : yaml;
    Map<String, Object> values = new LinkedHashMap<>();
    new KeyBinder(keys).bind(YamlReader.read(text, source), values);
    new FlagBinder(keys).bind(flags, values);
    return loaded(values);
  }

  /// The defaults alone.
  public LoadedConfig<R> defaults() {
    return loaded(Map.of());
  }

  private LoadedConfig<R> loaded(Map<String, Object> values) {
    R record = rootType.cast(root.create(values));
    limits.values().forEach(shape -> check(shape.create(values)));
    return new LoadedConfig<>(this, record, values);
  }

  Map<String, Key> keys() {
    return keys;
  }

  Map<String, Key> limitKeys() {
    Map<String, Key> found = new LinkedHashMap<>();
    limits.values().forEach(shape -> shape.keys().forEach(key -> found.put(key.path(), key)));
    return found;
  }

  RecordShape limitShape(Class<? extends Record> type) {
    RecordShape shape = limits.get(type);
    if (shape == null) {
      throw new IllegalArgumentException(type + " is not among the limit records of the schema");
    }
    return shape;
  }

  Iterable<RecordShape> limitShapes() {
    return limits.values();
  }
}
