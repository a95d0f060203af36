package io.foursight.config;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// How a configuration record maps to keys: its components are keys, a component that is a record
/// is a section. Built by reflection, once.
final class RecordShape {
  /// A component: a leaf `key`, or a nested `section`.
  private sealed interface Part {
    record Leaf(Key key) implements Part {}

    record Section(RecordShape shape) implements Part {}
  }

  private final Class<? extends Record> type;
  private final String path;
  private final List<Part> parts = new ArrayList<>();

  private RecordShape(Class<? extends Record> type, String path) {
    this.type = type;
    this.path = path;
  }

  /// @param path dotted path of the record, empty for the root
  /// @param defaults an instance whose values are the defaults
  static RecordShape of(String path, Record defaults) {
    var shape = new RecordShape(defaults.getClass(), path);
    for (RecordComponent component : shape.type.getRecordComponents()) {
      Setting setting = component.getAnnotation(Setting.class);
      String name =
          setting != null && !setting.key().isEmpty()
              ? setting.key()
              : Names.snake(component.getName());
      String at = path.isEmpty() ? name : path + "." + name;
      Object value = read(component, defaults);
      if (value == null) {
        throw new IllegalArgumentException("the default of " + at + " is null");
      }
      if (value instanceof Record nested && isSection(nested.getClass())) {
        shape.parts.add(new Part.Section(of(at, nested)));
      } else {
        if (setting == null) {
          throw new IllegalArgumentException("no @Setting on " + at + " in " + shape.type);
        }
        shape.parts.add(
            new Part.Leaf(
                new Key(
                    at,
                    ValueType.of(component.getGenericType()),
                    setting.value(),
                    setting.secret(),
                    value)));
      }
    }
    return shape;
  }

  /// The result of the record's static `defaults()`.
  static <R extends Record> R defaults(Class<R> type) {
    try {
      var method = type.getDeclaredMethod("defaults");
      method.setAccessible(true);
      return type.cast(method.invoke(null));
    } catch (ReflectiveOperationException e) {
      throw new IllegalArgumentException(type + " needs a static defaults()", e);
    }
  }

  private static boolean isSection(Class<? extends Record> type) {
    return type != ByteSize.class;
  }

  Class<? extends Record> type() {
    return type;
  }

  /// Leaves in declaration order.
  List<Key> keys() {
    List<Key> keys = new ArrayList<>();
    for (Part part : parts) {
      switch (part) {
        case Part.Leaf leaf -> keys.add(leaf.key());
        case Part.Section section -> keys.addAll(section.shape().keys());
      }
    }
    return keys;
  }

  /// A record with the values, defaults where there is none.
  ///
  /// @throws FoursightException `BAD_DATA` when the record's constructor refuses a value
  Record create(Map<String, Object> values) {
    return create(key -> values.getOrDefault(key.path(), key.defaultValue()));
  }

  Record create(Function<Key, Object> values) {
    Object[] arguments = new Object[parts.size()];
    for (int i = 0; i < arguments.length; i++) {
      arguments[i] =
          switch (parts.get(i)) {
            case Part.Leaf leaf -> values.apply(leaf.key());
            case Part.Section section -> section.shape().create(values);
          };
    }
    try {
      return constructor().newInstance(arguments);
    } catch (InvocationTargetException e) {
      String message =
          e.getCause() instanceof FoursightException || e.getCause().getMessage() != null
              ? e.getCause().getMessage()
              : e.getCause().toString();
      throw new FoursightException(
          ErrorKind.BAD_DATA,
          (path.isEmpty() ? "" : "in section " + path + ": ") + message,
          e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Values of an instance by path.
  Map<String, Object> values(Record instance) {
    Map<String, Object> values = new LinkedHashMap<>();
    RecordComponent[] components = type.getRecordComponents();
    for (int i = 0; i < components.length; i++) {
      Object value = read(components[i], instance);
      switch (parts.get(i)) {
        case Part.Leaf leaf -> values.put(leaf.key().path(), value);
        case Part.Section section -> values.putAll(section.shape().values((Record) value));
      }
    }
    return values;
  }

  private Constructor<? extends Record> constructor() throws NoSuchMethodException {
    RecordComponent[] components = type.getRecordComponents();
    Class<?>[] types = new Class<?>[components.length];
    for (int i = 0; i < types.length; i++) {
      types[i] = components[i].getType();
    }
    Constructor<? extends Record> constructor = type.getDeclaredConstructor(types);
    constructor.setAccessible(true);
    return constructor;
  }

  private static Object read(RecordComponent component, Record instance) {
    try {
      component.getAccessor().setAccessible(true);
      return component.getAccessor().invoke(instance);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }
}
