package io.foursight.cmd;

import io.foursight.config.LoadedConfig;
import io.foursight.config.TenantOverrides;
import io.foursight.model.FoursightException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// `foursight check config [FILE] [flags]`: loads configuration and overrides as the server would.
final class CheckCommand {
  private CheckCommand() {}

  static int run(List<String> arguments, PrintStream out) {
    if (arguments.isEmpty() || !arguments.getFirst().equals("config")) {
      throw FoursightException.badData("usage: foursight check config [FILE] [flags]");
    }
    List<String> rest = arguments.subList(1, arguments.size());
    List<String> flags =
        !rest.isEmpty() && !rest.getFirst().startsWith("-")
            ? Stream.concat(Stream.of("-config.file=" + rest.getFirst()), rest.stream().skip(1))
                .toList()
            : rest;
    LoadedConfig<FoursightConfig> config = CommandLine.parse(flags).load(FoursightConfig.schema());
    Targets.roots(config.root().target());
    String overrides = config.root().runtimeConfig().file();
    if (!overrides.isEmpty()) {
      new TenantOverrides(config, Optional.of(Path.of(overrides))).load();
    }
    out.println("configuration is valid; what differs from the defaults:");
    out.print(config.diffYaml());
    return 0;
  }
}
