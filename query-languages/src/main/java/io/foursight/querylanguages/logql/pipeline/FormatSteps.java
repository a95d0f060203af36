package io.foursight.querylanguages.logql.pipeline;

import io.foursight.querylanguages.logql.ast.Stage.LabelFormat.Assignment;
import io.foursight.querylanguages.text.template.Template;
import io.foursight.querylanguages.text.template.TemplateException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/// `| line_format "..."` and `| label_format a=b, c="..."`. A template that fails marks the entry
/// and leaves line or label as they are.
final class FormatSteps {
  static final String ERROR = "TemplateFormatErr";

  private FormatSteps() {}

  static Step line(Template template) {
    return row -> {
      try {
        byte[] made = template.execute(new TemplateLabels(row)).getBytes(StandardCharsets.UTF_8);
        row.line(made, 0, made.length);
      } catch (TemplateException e) {
        row.labels.error(ERROR, e.getMessage());
      }
      return true;
    };
  }

  /// @param templates by assignment, absent for renamings
  static Step labels(
      List<Assignment> assignments, Map<Assignment, Template> templates, Names names) {
    var targets = new int[assignments.size()];
    var sources = new int[assignments.size()];
    var compiled = new Template[assignments.size()];
    for (int i = 0; i < targets.length; i++) {
      Assignment a = assignments.get(i);
      targets[i] = names.id(a.label());
      sources[i] = a.rename() ? names.id(a.text()) : -1;
      compiled[i] = templates.get(a);
    }
    return row -> {
      // All templates see the labels as they are at the first.
      TemplateLabels before = null;
      for (int i = 0; i < targets.length; i++) {
        if (sources[i] >= 0) {
          rename(row.labels, sources[i], targets[i]);
          continue;
        }
        if (before == null) {
          before = targets.length == 1 ? new TemplateLabels(row) : TemplateLabels.copy(row);
        }
        try {
          byte[] made = compiled[i].execute(before).getBytes(StandardCharsets.UTF_8);
          row.labels.set(targets[i], made, 0, made.length);
        } catch (TemplateException e) {
          row.labels.error(ERROR, e.getMessage());
        }
      }
      return true;
    };
  }

  private static void rename(EntryLabels labels, int source, int target) {
    int i = labels.find(source);
    if (i < 0 || source == target) {
      return;
    }
    byte[] bytes = labels.valueBytes(i);
    int offset = labels.valueOffset(i);
    int length = labels.valueLength(i);
    labels.remove(source);
    labels.set(target, bytes, offset, length);
  }
}
