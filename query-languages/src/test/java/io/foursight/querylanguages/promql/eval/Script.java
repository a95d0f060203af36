package io.foursight.querylanguages.promql.eval;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// A test script as commands: the line model of Prometheus's `promqltest`.
record Script(String name, List<Command> commands) {
  /// @param line from 1
  /// @param head the first line, trimmed
  /// @param block the lines below it, trimmed
  record Command(int line, String head, List<String> block) {
    String word() {
      return head.split("[ \t]")[0].toLowerCase(Locale.ROOT);
    }
  }

  static Script read(Path file) throws IOException {
    return parse(file.getFileName().toString(), Files.readString(file));
  }

  static Script parse(String name, String text) {
    String[] lines = text.split("\n", -1);
    for (int i = 0; i < lines.length; i++) {
      String line = lines[i].strip();
      lines[i] = line.startsWith("#") ? "" : line;
    }
    var commands = new ArrayList<Command>();
    for (int i = 0; i < lines.length; i++) {
      if (lines[i].isEmpty()) {
        continue;
      }
      int start = i;
      var block = new ArrayList<String>();
      if (!lines[i].toLowerCase(Locale.ROOT).equals("clear")) {
        while (i + 1 < lines.length && !lines[i + 1].isEmpty()) {
          block.add(lines[++i]);
        }
      }
      commands.add(new Command(start + 1, lines[start], block));
    }
    return new Script(name, commands);
  }
}
