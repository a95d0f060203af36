package io.foursight.cmd;

import io.foursight.config.ConfigSchema;
import io.foursight.config.LoadedConfig;
import io.foursight.model.FoursightException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/// The flags that are not configuration keys, and the rest.
///
/// @param keys flags left for the configuration
record CommandLine(
    Optional<Path> configFile,
    boolean expandEnvironment,
    boolean help,
    boolean version,
    boolean printConfig,
    List<String> keys) {

  static CommandLine parse(List<String> arguments) {
    Optional<Path> file = Optional.empty();
    boolean expand = false;
    boolean help = false;
    boolean version = false;
    boolean print = false;
    List<String> keys = new ArrayList<>();
    Iterator<String> rest = arguments.iterator();
    while (rest.hasNext()) {
      String argument = rest.next();
      String flag = argument.replaceFirst("^--?", "");
      int equals = flag.indexOf('=');
      String name = equals < 0 ? flag : flag.substring(0, equals);
      boolean on = equals < 0 || !flag.substring(equals + 1).equals("false");
      switch (argument.startsWith("-") ? name : "") {
        case "config.file" -> file = Optional.of(Path.of(value(flag, equals, rest)));
        case "config.expand-env" -> expand = on;
        case "help", "h" -> help = on;
        case "version" -> version = on;
        case "print-config" -> print = on;
        default -> keys.add(argument);
      }
    }
    return new CommandLine(file, expand, help, version, print, List.copyOf(keys));
  }

  private static String value(String flag, int equals, Iterator<String> rest) {
    if (equals >= 0) {
      return flag.substring(equals + 1);
    }
    if (!rest.hasNext()) {
      throw FoursightException.badData("flag -" + flag + " needs a value");
    }
    return rest.next();
  }

  /// The configuration that file and flags give.
  <R extends Record> LoadedConfig<R> load(ConfigSchema<R> schema) {
    String yaml = configFile.map(CommandLine::read).orElse("");
    String source = configFile.map(Path::toString).orElse("");
    return schema.load(yaml, source, expandEnvironment, System::getenv, keys);
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (NoSuchFileException e) {
      throw FoursightException.badData("no configuration file " + file);
    } catch (CharacterCodingException e) {
      throw FoursightException.badData("configuration file " + file + " is not UTF-8 text");
    } catch (IOException e) {
      throw FoursightException.badData("cannot read configuration file " + file + ": " + e);
    }
  }
}
