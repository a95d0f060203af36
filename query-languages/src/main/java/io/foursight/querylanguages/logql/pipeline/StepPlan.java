package io.foursight.querylanguages.logql.pipeline;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.logs.LineFilter;
import io.foursight.querylanguages.logql.ast.CapturePattern;
import io.foursight.querylanguages.logql.ast.LabelFilter;
import io.foursight.querylanguages.logql.ast.Stage;
import io.foursight.querylanguages.logql.ast.Stage.Extraction;
import io.foursight.querylanguages.logql.ast.Stage.LabelFormat.Assignment;
import io.foursight.querylanguages.logql.print.LogqlPrinter;
import io.foursight.querylanguages.regex.RegexSearch;
import io.foursight.querylanguages.text.template.Template;
import io.foursight.querylanguages.text.template.TemplateException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/// A stage with everything compiled that can be shared; makes a [Step] for each run.
///
/// @param templates those of the stage
record StepPlan(Maker maker, List<Template> templates) {
  /// What belongs to one run.
  record Tools(Names names, Keys keys, Wanted wanted, Texts texts, Quantities quantities) {}

  interface Maker {
    Step make(Tools tools);
  }

  private StepPlan(Maker maker) {
    this(maker, List.of());
  }

  Step make(Tools tools) {
    return maker.make(tools);
  }

  static StepPlan of(Stage stage, InstantSource clock) {
    return checked(stage, () -> plan(stage, clock));
  }

  /// Runs a compilation; what it throws becomes an error that names the stage.
  static <T> T checked(Stage stage, Supplier<T> compilation) {
    try {
      return compilation.get();
    } catch (FoursightException | TemplateException | PatternSyntaxException e) {
      String what = stage instanceof Stage.LineFormat ? "invalid line template: " : "";
      throw new FoursightException(
          ErrorKind.BAD_DATA,
          "parse error : stage '" + LogqlPrinter.stage(stage) + "' : " + what + e.getMessage(),
          e);
    }
  }

  private static StepPlan plan(Stage stage, InstantSource clock) {
    return switch (stage) {
      case Stage.LineFilter f -> lineFilter(LineTests.compile(f));
      case Stage.Json j when j.extractions().isEmpty() ->
          new StepPlan(t -> new JsonStep(t.keys, t.wanted, t.texts));
      case Stage.Json j -> jsonPaths(j.extractions());
      case Stage.Logfmt l -> logfmt(l);
      case Stage.Regexp r -> {
        var pattern = Pattern.compile(r.expression());
        var search = RegexSearch.compile(r.expression());
        yield new StepPlan(t -> new RegexpStep(pattern, search, t.names, t.texts));
      }
      case Stage.Pattern p -> {
        var pattern = CapturePattern.of(p.pattern());
        yield new StepPlan(t -> new PatternStep(pattern, t.names, t.texts));
      }
      case Stage.Unpack _ -> new StepPlan(t -> new UnpackStep(t.keys, t.wanted, t.texts));
      case Stage.Filter f -> filter(f.filter());
      case Stage.LineFormat f -> {
        var template = Template.parse("line", f.template(), clock);
        yield new StepPlan(t -> FormatSteps.line(template), List.of(template));
      }
      case Stage.LabelFormat f -> labelFormat(f, clock);
      case Stage.Drop d -> new StepPlan(t -> SelectionSteps.drop(d.selections(), t.names));
      case Stage.Keep k -> new StepPlan(t -> SelectionSteps.keep(k.selections(), t.names));
      case Stage.Decolorize _ -> new StepPlan(_ -> new DecolorizeStep());
    };
  }

  static StepPlan lineFilter(LineFilter filter) {
    return new StepPlan(_ -> row -> filter.passes(row.line, row.offset, row.length));
  }

  static StepPlan filter(LabelFilter filter) {
    // Address ranges are judged now, not when the first run starts.
    new FilterStep(filter, new Names(), new Quantities());
    return new StepPlan(t -> new FilterStep(filter, t.names, t.quantities));
  }

  private static StepPlan jsonPaths(List<Extraction> extractions) {
    var paths = extractions.stream().map(e -> JsonPath.parse(e.path())).toList();
    return new StepPlan(t -> new JsonPathStep(labels(extractions, t.names), paths, t.texts));
  }

  private static int[] labels(List<Extraction> extractions, Names names) {
    return extractions.stream().mapToInt(e -> names.id(e.label())).toArray();
  }

  private static StepPlan logfmt(Stage.Logfmt l) {
    for (Extraction e : l.extractions()) {
      if (e.path().isEmpty() || !e.path().chars().allMatch(c -> c > ' ' && c < 0x7f && c != '"')) {
        throw FoursightException.badData(
            "cannot parse expression [" + e.path() + "]: syntax error");
      }
    }
    byte[][] paths =
        l.extractions().stream()
            .map(e -> e.path().getBytes(StandardCharsets.UTF_8))
            .toArray(byte[][]::new);
    return new StepPlan(t ->
        new LogfmtStep(
            l.strict(),
            l.keepEmpty(),
            labels(l.extractions(), t.names),
            paths,
            t.keys,
            t.wanted,
            t.texts));
  }

  private static StepPlan labelFormat(Stage.LabelFormat f, InstantSource clock) {
    var templates = new HashMap<Assignment, Template>();
    var targets = new HashSet<String>();
    for (Assignment a : f.assignments()) {
      if (a.label().equals(EntryLabels.ERROR)) {
        throw FoursightException.badData(a.label() + " cannot be formatted");
      }
      if (!targets.add(a.label())) {
        throw FoursightException.badData(
            "multiple label name '" + a.label() + "' not allowed in a single format operation");
      }
      if (!a.rename()) {
        templates.put(a, Template.parse("label", a.text(), clock));
      }
    }
    Map<Assignment, Template> compiled = Map.copyOf(templates);
    return new StepPlan(
        t -> FormatSteps.labels(f.assignments(), compiled, t.names),
        List.copyOf(compiled.values()));
  }
}
