package io.foursight.storage.logs.block.v1;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Finds a byte string in values made of templates without putting the values together. Where the
/// string may lie is laid out against each template: inside a literal (then all rows of the
/// template have it), inside a variable, or across borders. The last two ask columns whether they
/// contain, start with, end with or equal pieces of it; every piece must be there in the same row.
final class TemplateSearch {
  /// A string that may lie in more ways is looked for row by row.
  private static final int MAX_STEPS = 2000;

  /// What a column must satisfy.
  private record Condition(int column, Column.Op op, int from, int to) {}

  private final TemplateColumn owner;
  private final Template[] templates;
  private byte[] part = {};
  private final Map<Condition, Boolean> possible = new HashMap<>();
  private final Map<Condition, BitSet> matched = new HashMap<>();
  private final ArrayList<Condition> path = new ArrayList<>();
  private final List<List<Condition>> found = new ArrayList<>();
  private boolean certain;
  private int steps;

  TemplateSearch(TemplateColumn owner, Template[] templates) {
    this.owner = owner;
    this.templates = templates;
  }

  boolean possible(Column.Op op, byte[] wanted) {
    begin(wanted);
    for (Template template : templates) {
      lay(op, template);
      if (certain || !found.isEmpty() || steps >= MAX_STEPS) {
        return true;
      }
    }
    return op == Column.Op.CONTAINS && !columnsThatMayContain().isEmpty();
  }

  BitSet rows(Column.Op op, byte[] wanted) {
    begin(wanted);
    var rows = new BitSet(owner.count);
    var open = new BitSet(templates.length);
    for (int t = 0; t < templates.length; t++) {
      lay(op, templates[t]);
      if (certain) {
        owner.addRows(t, rows);
        continue;
      }
      if (steps >= MAX_STEPS) {
        owner.addMatchingRows(t, op, part, rows);
        continue;
      }
      open.set(t);
      for (List<Condition> conditions : found) {
        addRows(t, conditions, rows);
      }
    }
    if (op == Column.Op.CONTAINS && !open.isEmpty()) {
      for (Condition condition : columnsThatMayContain()) {
        BitSet places = match(condition);
        for (int p = places.nextSetBit(0); p >= 0; p = places.nextSetBit(p + 1)) {
          rows.set(owner.row(condition.column, p));
        }
      }
    }
    return rows;
  }

  private void begin(byte[] wanted) {
    part = wanted;
    possible.clear();
    matched.clear();
  }

  private List<Condition> columnsThatMayContain() {
    var conditions = new ArrayList<Condition>();
    for (int c = 0; c < owner.columnCount(); c++) {
      var condition = new Condition(c, Column.Op.CONTAINS, 0, part.length);
      if (isPossible(condition)) {
        conditions.add(condition);
      }
    }
    return conditions;
  }

  private boolean isPossible(Condition condition) {
    Boolean known = possible.get(condition);
    if (known == null) {
      known = owner.column(condition.column).possible(condition.op, piece(condition));
      possible.put(condition, known);
    }
    return known;
  }

  private BitSet match(Condition condition) {
    BitSet known = matched.get(condition);
    if (known == null) {
      known = owner.column(condition.column).match(condition.op, piece(condition));
      matched.put(condition, known);
    }
    return known;
  }

  private byte[] piece(Condition condition) {
    return condition.from == 0 && condition.to == part.length
        ? part
        : Arrays.copyOfRange(part, condition.from, condition.to);
  }

  /// Adds the rows of a template that satisfy all conditions.
  private void addRows(int template, List<Condition> conditions, BitSet rows) {
    Condition first = conditions.getFirst();
    for (Condition condition : conditions) {
      if (match(condition).isEmpty()) {
        return;
      }
    }
    int[] ids = owner.ids();
    BitSet places = match(first);
    for (int p = places.nextSetBit(0); p >= 0; p = places.nextSetBit(p + 1)) {
      int row = owner.row(first.column, p);
      boolean all = ids[row] == template;
      for (int i = 1; all && i < conditions.size(); i++) {
        Condition other = conditions.get(i);
        all = match(other).get(owner.place(other.column, row));
      }
      if (all) {
        rows.set(row);
      }
    }
  }

  /// Finds the ways in which the string may lie in a template: `certain`, or lists of conditions
  /// that are possible. With `CONTAINS`, those inside one variable are left out.
  private void lay(Column.Op op, Template template) {
    found.clear();
    path.clear();
    certain = false;
    steps = 0;
    boolean toEnd = op == Column.Op.ENDS_WITH || op == Column.Op.EQUALS;
    if (op == Column.Op.STARTS_WITH || op == Column.Op.EQUALS) {
      literal(template, 0, 0, toEnd);
      return;
    }
    for (int i = 0; i < template.literals().length && !certain; i++) {
      inLiteral(template, i, toEnd);
      if (!certain && i < template.columns().length) {
        inVariable(template, i, toEnd);
      }
    }
  }

  private void inLiteral(Template template, int i, boolean toEnd) {
    byte[] text = template.literals()[i];
    boolean last = i == template.columns().length;
    if (!toEnd && Needle.indexOf(text, 0, text.length, part) >= 0) {
      certain = true;
      return;
    }
    if (last) {
      certain =
          toEnd && text.length >= part.length && Needle.at(text, text.length - part.length, part);
      return;
    }
    for (int k = Math.min(text.length, part.length); k > 0; k--) {
      if (matches(text, text.length - k, 0, k)) {
        variable(template, i, k, toEnd);
      }
    }
  }

  private void inVariable(Template template, int i, boolean toEnd) {
    int most = toEnd ? part.length : part.length - 1;
    for (int k = 1; k <= most; k++) {
      if (literalFits(template, i + 1, k, toEnd)) {
        follow(
            new Condition(template.columns()[i], Column.Op.ENDS_WITH, 0, k), template, i, k, toEnd);
      }
    }
  }

  private void follow(Condition condition, Template template, int i, int at, boolean toEnd) {
    if (isPossible(condition)) {
      path.add(condition);
      literal(template, i + 1, at, toEnd);
      path.removeLast();
    }
  }

  /// A quick look whether `part[at..]` can go on with a literal.
  private boolean literalFits(Template template, int i, int at, boolean toEnd) {
    byte[] text = template.literals()[i];
    if (at == part.length) {
      return !toEnd || text.length == 0;
    }
    return text.length == 0 || text[0] == part[at];
  }

  private boolean matches(byte[] text, int from, int at, int length) {
    return Arrays.equals(text, from, from + length, part, at, at + length);
  }

  /// Literal `i` begins where `part[at..]` goes on.
  private void literal(Template template, int i, int at, boolean toEnd) {
    if (certain || ++steps >= MAX_STEPS) {
      return;
    }
    byte[] text = template.literals()[i];
    int left = part.length - at;
    boolean last = i == template.columns().length;
    if (left <= text.length && !toEnd) {
      if (matches(text, 0, at, left)) {
        done();
      }
      return;
    }
    if (left < text.length || !matches(text, 0, at, text.length)) {
      return;
    }
    if (last) {
      if (left == text.length) {
        done();
      }
      return;
    }
    variable(template, i, at + text.length, toEnd);
  }

  /// Variable `i` begins where `part[at..]` goes on.
  private void variable(Template template, int i, int at, boolean toEnd) {
    int column = template.columns()[i];
    if (at == part.length && !toEnd) {
      done();
      return;
    }
    if (!toEnd) {
      var rest = new Condition(column, Column.Op.STARTS_WITH, at, part.length);
      if (isPossible(rest)) {
        path.add(rest);
        done();
        path.removeLast();
      }
    }
    int most = toEnd ? part.length : part.length - 1;
    for (int end = at; end <= most; end++) {
      if (literalFits(template, i + 1, end, toEnd)) {
        follow(new Condition(column, Column.Op.EQUALS, at, end), template, i, end, toEnd);
      }
    }
  }

  private void done() {
    if (path.isEmpty()) {
      certain = true;
    } else {
      found.add(List.copyOf(path));
    }
  }
}
