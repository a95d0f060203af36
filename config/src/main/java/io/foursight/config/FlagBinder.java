package io.foursight.config;

import io.foursight.model.FoursightException;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/// Matches Go-style flags to keys: `-a.b-c=v`, `--a.b-c=v`, `-a.b-c v`; a boolean needs no value
/// and takes one only after `=`. Underscores are as good as dashes. The last one wins.
final class FlagBinder {
  private final Map<String, Key> keysByFlag = new HashMap<>();

  FlagBinder(Map<String, Key> keys) {
    keys.values().forEach(key -> keysByFlag.put(key.flag(), key));
  }

  void bind(List<String> arguments, Map<String, Object> into) {
    Iterator<String> rest = arguments.iterator();
    while (rest.hasNext()) {
      String argument = rest.next();
      if (!argument.startsWith("-") || argument.length() < 2) {
        throw FoursightException.badData(
            "unexpected argument \"" + argument + "\": flags look like -server.http-listen-port=1");
      }
      String flag = argument.substring(argument.startsWith("--") ? 2 : 1);
      int equals = flag.indexOf('=');
      String name = Names.flag(equals < 0 ? flag : flag.substring(0, equals));
      Key key = keysByFlag.get(name);
      if (key == null) {
        throw FoursightException.badData(
            "unknown flag -" + name + Names.suggestion(name, keysByFlag.keySet(), "-"));
      }
      into.put(key.path(), value(key, equals, flag, rest));
    }
  }

  private static Object value(Key key, int equals, String flag, Iterator<String> rest) {
    if (equals < 0 && key.isBoolean()) {
      return true;
    }
    if (equals < 0 && !rest.hasNext()) {
      throw FoursightException.badData(
          "flag -" + key.flag() + " needs a value (" + key.type().word() + ")");
    }
    String text = equals < 0 ? rest.next() : flag.substring(equals + 1);
    return KeyBinder.read(key, new RawValue.Text(text, "flag -" + key.flag()));
  }
}
