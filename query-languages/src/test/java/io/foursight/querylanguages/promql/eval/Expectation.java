package io.foursight.querylanguages.promql.eval;

import io.foursight.model.Labels;
import io.foursight.querylanguages.text.GoStrings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// What one `eval` of a script expects.
final class Expectation {
  /// @param text exact, or a pattern to find; empty matches anything
  record Note(Optional<String> text, boolean regex) {
    boolean matches(String actual) {
      return text.isEmpty()
          || (regex
              ? Pattern.compile(text.get()).matcher(actual).find()
              : text.get().equals(actual));
    }
  }

  boolean fails;
  Note failure = new Note(Optional.empty(), false);
  final List<Note> warnings = new ArrayList<>();
  final List<Note> infos = new ArrayList<>();
  boolean noWarnings;
  boolean noInfos;
  boolean ordered;
  Optional<String> text = Optional.empty();
  Optional<Double> scalar = Optional.empty();

  /// start, end, step
  Optional<long[]> rangeVector = Optional.empty();

  final Map<Labels, List<Optional<ScriptValues.Value>>> series = new LinkedHashMap<>();

  static Expectation of(Script.Command command) {
    var e = new Expectation();
    String word = command.word();
    e.fails = word.equals("eval_fail");
    if (word.equals("eval_warn")) {
      e.warnings.add(new Note(Optional.empty(), false));
    } else if (word.equals("eval_info")) {
      e.infos.add(new Note(Optional.empty(), false));
    }
    e.ordered = word.equals("eval_ordered");
    for (String line : command.block()) {
      e.line(line);
      if (e.scalar.isPresent()) {
        break;
      }
    }
    return e;
  }

  private void line(String line) {
    if (line.startsWith("expected_fail_message ")) {
      fails = true;
      failure = new Note(Optional.of(line.substring(22).strip()), false);
    } else if (line.startsWith("expected_fail_regexp ")) {
      fails = true;
      failure = new Note(Optional.of(line.substring(21).strip()), true);
    } else if (line.startsWith("expect ")) {
      expect(line.substring(7).strip());
    } else if (ScriptValues.isNumber(line)) {
      scalar = Optional.of(ScriptValues.number(line));
    } else {
      var parsed = ScriptValues.line(line);
      series.put(parsed.labels(), ScriptValues.values(parsed.rest()));
    }
  }

  private void expect(String what) {
    if (what.startsWith("string")) {
      text = GoStrings.unquote(what.substring(6).strip());
    } else if (what.startsWith("range vector")) {
      String[] parts = what.split("\\s+");
      rangeVector =
          Optional.of(
              new long[] {
                ScriptValues.millis(parts[3]),
                ScriptValues.millis(parts[5]),
                ScriptValues.millis(parts[7])
              });
    } else {
      String word = what.split("\\s")[0];
      Note note = note(what.substring(word.length()).strip());
      switch (word) {
        case "fail" -> {
          fails = true;
          failure = note;
        }
        case "warn" -> warnings.add(note);
        case "info" -> infos.add(note);
        case "no_warn" -> noWarnings = true;
        case "no_info" -> noInfos = true;
        case "ordered" -> ordered = true;
        default -> throw new IllegalArgumentException("expect what? " + what);
      }
    }
  }

  private static Note note(String rest) {
    if (rest.startsWith("msg:")) {
      return new Note(Optional.of(rest.substring(4).strip()), false);
    }
    if (rest.startsWith("regex:")) {
      return new Note(Optional.of(rest.substring(6).strip()), true);
    }
    return new Note(Optional.empty(), false);
  }

  /// What is wrong with the notes of a result; empty when nothing is.
  static String check(String level, List<Note> wanted, boolean none, List<String> actual) {
    if (none && !actual.isEmpty()) {
      return "unexpected " + level + " " + actual;
    }
    for (Note note : wanted) {
      if (actual.stream().noneMatch(note::matches)) {
        return "no " + level + " matches " + note + ", got " + actual;
      }
    }
    for (String text : actual) {
      if (!wanted.isEmpty() && wanted.stream().noneMatch(n -> n.matches(text))) {
        return "unexpected " + level + " " + text;
      }
    }
    return "";
  }
}
