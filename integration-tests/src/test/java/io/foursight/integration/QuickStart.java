package io.foursight.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The commands of a section of README.md, as processes: with `./data` in a directory of the test,
/// and each port that they name, or that is a default, in the place of a free one, the same for all
/// of them; so ports that collide for readers collide here.
final class QuickStart implements AutoCloseable {
  private static final Map<String, Integer> DOORS =
      Map.of(
          "server.http-listen-port", 8080,
          "server.grpc-listen-port", 9095,
          "server.logs-listen-port", 3100,
          "server.traces-listen-port", 3200,
          "server.profiles-listen-port", 4040,
          "server.otlp-grpc-listen-port", 4317,
          "server.otlp-http-listen-port", 4318,
          "memberlist.bind-port", 7946);
  private static final Pattern VARIABLE = Pattern.compile("(\\w+)=\"([^\"]*)\"");
  private static final Pattern ADDRESS = Pattern.compile("(?<=127\\.0\\.0\\.1:)\\d+");

  private final Path directory;
  private final String text;
  private final Map<Integer, Integer> ports = new LinkedHashMap<>();
  private final Map<Integer, FoursightProcess> byHttpPort = new LinkedHashMap<>();

  QuickStart(Path directory, String section) throws IOException {
    this.directory = directory;
    String readme = Files.readString(root().resolve("README.md"));
    Matcher m =
        Pattern.compile("(?ms)^## " + Pattern.quote(section) + "$(.*?)(?=^## |\\z)")
            .matcher(readme);
    assertThat(m.find()).as("section \"%s\" of README.md", section).isTrue();
    text = m.group(1);
    Map<String, String> variables = new LinkedHashMap<>();
    for (String command : commands()) {
      Matcher variable = VARIABLE.matcher(command);
      if (variable.matches()) {
        variables.put("$" + variable.group(1), variable.group(2));
        continue;
      }
      assertThat(command).startsWith("./foursight ");
      String line = command;
      for (var entry : variables.entrySet()) {
        line = line.replace(entry.getKey(), entry.getValue());
      }
      prepare(line.strip().split("\\s+"));
    }
  }

  private static Path root() {
    return FoursightProcess.jar().getParent().getParent().getParent();
  }

  /// Lines of the indented blocks, continued ones joined.
  private List<String> commands() {
    var commands = new ArrayList<String>();
    var open = new StringBuilder();
    for (String line : text.split("\n")) {
      if (!line.startsWith("    ")) {
        continue;
      }
      boolean goesOn = line.endsWith("\\");
      open.append(goesOn ? line.substring(0, line.length() - 1) : line);
      if (!goesOn) {
        commands.add(open.toString().strip());
        open.setLength(0);
      }
    }
    return commands;
  }

  private void prepare(String[] words) {
    Map<String, String> flags = new LinkedHashMap<>();
    DOORS.forEach((flag, port) -> flags.put(flag, String.valueOf(port)));
    for (int i = 1; i < words.length; i++) {
      String[] flag = words[i].split("=", 2);
      flags.put(flag[0].substring(1), flag[1]);
    }
    int http = Integer.parseInt(flags.get("server.http-listen-port"));
    var process = new FoursightProcess(directory.resolve("on-" + http));
    assertThat(ports.put(http, process.httpPort())).as("port %s is used twice", http).isNull();
    flags.forEach((name, value) -> process.flag(name, here(name, value)));
    byHttpPort.put(http, process);
  }

  private String here(String flag, String value) {
    if (DOORS.containsKey(flag)) {
      return value.equals("0") ? "0" : String.valueOf(here(Integer.parseInt(value)));
    }
    String moved = value.replaceAll("^\\./data", directory.resolve("data").toString());
    return ADDRESS
        .matcher(moved)
        .replaceAll(m -> String.valueOf(here(Integer.parseInt(m.group()))));
  }

  private int here(int port) {
    return ports.computeIfAbsent(port, _ -> FoursightProcess.freePort());
  }

  /// The process behind `localhost:PORT` in the text around the commands.
  ///
  /// @param words a pattern with the port as its group
  FoursightProcess process(String words) {
    Matcher m = Pattern.compile(words).matcher(text.replaceAll("\\s+", " "));
    assertThat(m.find()).as("\"%s\" in README.md", words).isTrue();
    return byHttpPort.get(Integer.parseInt(m.group(1)));
  }

  List<FoursightProcess> processes() {
    return List.copyOf(byHttpPort.values());
  }

  @Override
  public void close() {
    byHttpPort.values().forEach(FoursightProcess::close);
  }
}
