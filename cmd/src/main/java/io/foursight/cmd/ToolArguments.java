package io.foursight.cmd;

import io.foursight.config.LoadedConfig;
import io.foursight.model.FoursightException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What follows a subcommand's name: words, flags of its own, and flags of the configuration. Own
/// flags are `-name=value` or `-name value`, once or more; configuration flags have their value
/// after `=`, so that words are told from values. Two dashes are as good as one, `--` ends the
/// flags.
record ToolArguments(
    List<String> words, Map<String, List<String>> flags, List<String> configFlags, String usage) {

  /// @param own names of the command's own flags
  static ToolArguments parse(List<String> arguments, Set<String> own, String usage) {
    List<String> words = new ArrayList<>();
    Map<String, List<String>> flags = new LinkedHashMap<>();
    List<String> configFlags = new ArrayList<>();
    Iterator<String> rest = arguments.iterator();
    while (rest.hasNext()) {
      String argument = rest.next();
      if (argument.equals("--")) {
        rest.forEachRemaining(words::add);
      } else if (!argument.matches("--?[a-zA-Z][-_.a-zA-Z0-9]*(=(?s:.*))?")) {
        words.add(argument);
      } else {
        String flag = argument.replaceFirst("^--?", "");
        int equals = flag.indexOf('=');
        String name = equals < 0 ? flag : flag.substring(0, equals);
        if (name.equals("help") || name.equals("h")) {
          flags.put("help", List.of(""));
        } else if (!own.contains(name)) {
          configFlags.add(argument);
        } else if (equals < 0 && !rest.hasNext()) {
          throw FoursightException.badData("flag -" + name + " needs a value\n" + usage);
        } else {
          flags
              .computeIfAbsent(name, n -> new ArrayList<>())
              .add(equals < 0 ? rest.next() : flag.substring(equals + 1));
        }
      }
    }
    return new ToolArguments(words, flags, configFlags, usage);
  }

  boolean help() {
    return flags.containsKey("help");
  }

  boolean has(String name) {
    return flags.containsKey(name);
  }

  /// The last value of a flag.
  Optional<String> value(String name) {
    return has(name) ? Optional.of(flags.get(name).getLast()) : Optional.empty();
  }

  /// All values of a flag, in order.
  List<String> values(String name) {
    return flags.getOrDefault(name, List.of());
  }

  /// The only word.
  ///
  /// @param what what is missing, for the message
  String word(String what) {
    if (words.size() != 1) {
      throw wrong("expected " + what + ", got " + (words.isEmpty() ? "nothing" : words));
    }
    return words.getFirst();
  }

  /// Whether `-output=json` was asked for.
  boolean json() {
    String output = value("output").orElse("table");
    return switch (output) {
      case "json" -> true;
      case "table" -> false;
      default -> throw wrong("-output is \"" + output + "\"; it can be table or json");
    };
  }

  void refuseConfigFlags() {
    if (!configFlags.isEmpty()) {
      throw wrong("unknown flag " + configFlags.getFirst());
    }
  }

  LoadedConfig<FoursightConfig> config() {
    return CommandLine.parse(configFlags).load(FoursightConfig.schema());
  }

  FoursightException wrong(String message) {
    return FoursightException.badData(message + "\n" + usage);
  }
}
