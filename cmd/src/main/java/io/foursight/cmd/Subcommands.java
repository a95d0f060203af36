package io.foursight.cmd;

import io.foursight.model.FoursightException;
import java.io.PrintStream;
import java.util.List;

/// The commands that are not the server.
final class Subcommands {
  private Subcommands() {}

  /// @param arguments the command's name and what follows
  static int run(List<String> arguments, PrintStream out, PrintStream err) {
    List<String> rest = arguments.subList(1, arguments.size());
    return switch (arguments.getFirst()) {
      case "query" -> QueryCommand.run(rest, out);
      case "check" -> CheckCommand.run(rest, out);
      case "blocks" -> BlocksCommand.run(rest, out);
      case "import" -> ImportCommand.run(rest, out);
      case "export" -> ExportCommand.run(rest, out);
      default ->
          throw FoursightException.badData(
              "no command \""
                  + arguments.getFirst()
                  + "\"; there are: query, check config, blocks, import"
                  + " prometheus, export prometheus");
    };
  }
}
