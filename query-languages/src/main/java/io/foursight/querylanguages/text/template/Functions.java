package io.foursight.querylanguages.text.template;

import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The functions that templates may call, by name.
final class Functions {
  /// The body of a function; the number of arguments has been checked.
  interface Body {
    Object call(Args args);
  }

  /// @param max -1 for any number
  private record Entry(int min, int max, Body body) {}

  private final Map<String, Entry> table = new HashMap<>();

  Functions(InstantSource clock) {
    Builtins.addTo(this);
    TextFunctions.addTo(this);
    NumberFunctions.addTo(this);
    TimeFunctions.addTo(this, clock);
    add("__line__", 0, a -> a.data().line());
    add("__timestamp__", 0, a -> GoTime.ofNanos(a.data().timestampNanos()));
    // `and` and `or` are evaluated by the interpreter.
    addVariadic("and", 1, a -> a.get(a.size() - 1));
    addVariadic("or", 1, a -> a.get(a.size() - 1));
  }

  void add(String name, int count, Body body) {
    table.put(name, new Entry(count, count, body));
  }

  void addVariadic(String name, int min, Body body) {
    table.put(name, new Entry(min, -1, body));
  }

  boolean has(String name) {
    return table.containsKey(name);
  }

  Object call(String name, List<Object> args, TemplateData data) {
    Entry entry = table.get(name);
    int n = args.size();
    if (n < entry.min || (entry.max >= 0 && n > entry.max)) {
      throw new FunctionException(
          "wrong number of args for "
              + name
              + ": want "
              + (entry.max < 0 ? "at least " : "")
              + entry.min
              + " got "
              + n);
    }
    try {
      return entry.body.call(new Args(name, args, data));
    } catch (IndexOutOfBoundsException | ArithmeticException | NumberFormatException e) {
      throw new FunctionException("error calling " + name + ": " + e.getMessage());
    }
  }
}
