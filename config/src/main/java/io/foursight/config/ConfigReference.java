package io.foursight.config;

/// Describes every key for people: the reference page and `-help`.
public final class ConfigReference {
  private ConfigReference() {}

  /// A Markdown page with one table per top-level section.
  public static String markdown(ConfigSchema<?> schema) {
    var out = new StringBuilder();
    out.append("# Configuration\n\n");
    out.append(
        """
        Every key can be set in the YAML file given by `-config.file`, or by the flag of the same path with `-` for `_`:
        `server.http_listen_port` is `-server.http-listen-port`. Flags win over the file. With `-config.expand-env` the
        file may hold `${VARIABLE}` and `${VARIABLE:default}`. An unknown key or flag is an error.

        Durations: `15s`, `1h30m`, `7d`. Sizes: `64KiB`, `100MiB` (`KB` = `KiB`). Lists on the command line: `a,b`.
        Maps on the command line: `name=value,name=value`. Keys below `limits` can be overridden per tenant in the file
        that `runtime_config.file` names. This page is generated from the code; do not edit it.
        """);
    String section = null;
    for (Key key : schema.keys().values()) {
      int dot = key.path().indexOf('.');
      String top = dot < 0 ? "" : key.path().substring(0, dot);
      if (!top.equals(section)) {
        section = top;
        out.append("\n## ").append(top.isEmpty() ? "Top level" : "`" + top + "`").append("\n\n");
        out.append("| key | type | default | what |\n|---|---|---|---|\n");
      }
      out.append("| `").append(key.path()).append("` | ").append(cell(key.type().word()));
      out.append(" | `").append(cell(ConfigPrinter.text(key, key.defaultValue()))).append("` | ");
      out.append(cell(key.description())).append(" |\n");
    }
    return out.toString();
  }

  /// One flag a line, as Go programs print them.
  public static String help(ConfigSchema<?> schema) {
    var out = new StringBuilder();
    for (Key key : schema.keys().values()) {
      out.append("  -").append(key.flag()).append(' ').append(key.type().word()).append("\n    \t");
      out.append(key.description());
      out.append(" (default ").append(ConfigPrinter.text(key, key.defaultValue())).append(")\n");
    }
    return out.toString();
  }

  private static String cell(String text) {
    return text.replace("|", "\\|");
  }
}
