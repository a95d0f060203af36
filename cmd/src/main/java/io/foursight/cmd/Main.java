package io.foursight.cmd;

import io.foursight.model.FoursightException;
import java.io.PrintStream;
import java.util.List;

/// Entry point. Without a subcommand it runs the server. Exit codes: 0 fine, 1 failed, 2 wrong
/// usage or configuration.
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    int code;
    try {
      code = run(List.of(arguments), System.out, System.err);
    } catch (Throwable e) {
      // Event loops are not daemons: without this the process would stay without a server.
      e.printStackTrace();
      code = 1;
    }
    if (code != 0) {
      System.exit(code);
    }
  }

  /// @return the exit code; 0 also while the server runs on
  static int run(List<String> arguments, PrintStream out, PrintStream err) {
    try {
      boolean isSubcommand = !arguments.isEmpty() && !arguments.getFirst().startsWith("-");
      return isSubcommand
          ? Subcommands.run(arguments, out, err)
          : ServerCommand.run(arguments, out);
    } catch (FoursightException e) {
      err.println("foursight: " + e.getMessage());
      return switch (e.kind()) {
        case BAD_DATA -> 2;
        default -> 1;
      };
    }
  }
}
