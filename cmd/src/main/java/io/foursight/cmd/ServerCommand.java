package io.foursight.cmd;

import io.foursight.config.ConfigReference;
import io.foursight.config.LoadedConfig;
import io.foursight.runtime.telemetry.Logging;
import java.io.PrintStream;
import java.util.List;

/// `foursight [flags]`: the server, or what its flags ask to print.
final class ServerCommand {
  private static final String USAGE =
      """
      foursight [-target=all] [-config.file=FILE] [-config.expand-env] [flags]
      foursight query [flags] EXPR           (foursight query -help)
      foursight check config [FILE] [flags]
      foursight blocks list|inspect|verify   (foursight blocks -help)
      foursight import prometheus DIR        (foursight import -help)
      foursight export prometheus DIR        (foursight export -help)

      -target picks what runs: all, read, write, backend, or a list of
        %s
      -print-config prints the configuration as loaded, -version the version.

      Flags and their defaults; a key of the YAML file has the same path with _ for -:
      """;

  private ServerCommand() {}

  static int run(List<String> arguments, PrintStream out) {
    CommandLine line = CommandLine.parse(arguments);
    if (line.help()) {
      out.printf(USAGE, String.join(", ", Targets.COMPONENTS));
      out.print(ConfigReference.help(FoursightConfig.schema()));
      return 0;
    }
    if (line.version()) {
      out.println("foursight " + Version.text() + " (Java " + Runtime.version().feature() + ")");
      return 0;
    }
    LoadedConfig<FoursightConfig> config = line.load(FoursightConfig.schema());
    if (line.printConfig()) {
      out.print(config.toYaml());
      return 0;
    }
    Logging.configure(config.root().log().level());
    var foursight = new Foursight(config);
    Runtime.getRuntime().addShutdownHook(new Thread(foursight::close, "shutdown"));
    foursight.start();
    return 0;
  }
}
