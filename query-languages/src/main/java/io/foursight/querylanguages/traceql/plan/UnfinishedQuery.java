package io.foursight.querylanguages.traceql.plan;

import io.foursight.model.traces.SpanFilter;
import io.foursight.querylanguages.stack.DeepStack;
import io.foursight.querylanguages.traceql.ast.Pipeline;
import io.foursight.querylanguages.traceql.ast.Query;
import io.foursight.querylanguages.traceql.parse.TraceqlParseException;
import io.foursight.querylanguages.traceql.parse.TraceqlParser;
import java.util.ArrayList;
import java.util.List;

/// The conditions of a query that is still being typed: `{ .a = "b" && resource.` has one. Its
/// alternatives (`||`) and their conditions (`&&`) are taken apart as text and those that parse are
/// kept; with an alternative of which nothing is known, or more than a hundred, nothing narrows.
public final class UnfinishedQuery {
  private static final int MAX_ALTERNATIVES = 100;

  private UnfinishedQuery() {}

  /// Passes all spans that satisfy what is known of the query.
  public static SpanFilter filter(String query) {
    if (query.isBlank()) {
      return SpanFilter.ALL;
    }
    try {
      Query parsed = TraceqlParser.parse(query);
      return parsed.expr() instanceof Pipeline pipeline
          ? DeepStack.call(parsed.depth(), () -> SpanFilters.of(pipeline))
          : SpanFilter.ALL;
    } catch (TraceqlParseException _) {
      return pieces(query);
    }
  }

  private static SpanFilter pieces(String query) {
    int open = query.indexOf('{');
    if (open < 0) {
      return SpanFilter.ALL;
    }
    List<String> alternatives = split(query.substring(open + 1), "||");
    if (alternatives.size() > MAX_ALTERNATIVES) {
      return SpanFilter.ALL;
    }
    var kept = new ArrayList<SpanFilter>();
    for (String alternative : alternatives) {
      var terms = new ArrayList<SpanFilter>();
      for (String condition : split(alternative, "&&")) {
        SpanFilter term = condition(condition);
        if (!term.equals(SpanFilter.ALL)) {
          terms.add(term);
        }
      }
      if (!terms.isEmpty()) {
        kept.add(terms.size() == 1 ? terms.getFirst() : new SpanFilter.And(terms));
      } else if (!alternative.isBlank()) {
        return SpanFilter.ALL;
      }
    }
    return kept.isEmpty()
        ? SpanFilter.ALL
        : kept.size() == 1 ? kept.getFirst() : new SpanFilter.Or(kept);
  }

  private static SpanFilter condition(String text) {
    try {
      var filter = TraceqlParser.parseFilter("{" + text + "}");
      return SpanFilters.of(filter.condition());
    } catch (TraceqlParseException _) {
      return SpanFilter.ALL;
    }
  }

  /// Cuts at an operator that stands outside of texts and brackets, up to the closing brace.
  private static List<String> split(String text, String operator) {
    var parts = new ArrayList<String>();
    int start = 0;
    int depth = 0;
    int i = 0;
    while (i < text.length()) {
      char c = text.charAt(i);
      if (c == '"' || c == '`') {
        i = end(text, i, c);
        continue;
      }
      if (c == '}') {
        break;
      }
      depth += c == '(' ? 1 : c == ')' ? -1 : 0;
      if (depth == 0 && text.startsWith(operator, i)) {
        parts.add(text.substring(start, i));
        i += operator.length();
        start = i;
        continue;
      }
      i++;
    }
    parts.add(text.substring(start, Math.min(i, text.length())));
    return parts;
  }

  private static int end(String text, int open, char quote) {
    int i = open + 1;
    while (i < text.length() && text.charAt(i) != quote) {
      i += quote == '"' && text.charAt(i) == '\\' ? 2 : 1;
    }
    return i + 1;
  }
}
