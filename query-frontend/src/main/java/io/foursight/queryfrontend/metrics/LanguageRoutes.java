package io.foursight.queryfrontend.metrics;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.metrics.MetricsQueryRunner.Options;
import io.foursight.querylanguages.promql.ast.Expr;
import io.foursight.querylanguages.promql.parse.PromqlParser;
import io.foursight.querylanguages.promql.print.PromqlPrinter;
import io.foursight.runtime.http.HttpCall;
import io.foursight.runtime.http.HttpReply;
import java.nio.charset.StandardCharsets;

/// `format_query` and `parse_query`: work on the text of a query alone. They take the whole
/// language, whatever the tenant may evaluate.
final class LanguageRoutes {
  HttpReply formatQuery(HttpCall call) {
    String pretty = PromqlPrinter.pretty(parsed(call));
    return ReadDesk.success(out -> out.text(pretty));
  }

  HttpReply parseQuery(HttpCall call) {
    byte[] tree = PromqlPrinter.json(parsed(call)).getBytes(StandardCharsets.UTF_8);
    return ReadDesk.success(out -> out.raw(tree));
  }

  private static Expr parsed(HttpCall call) {
    call.tenants();
    try {
      return PromqlParser.parseVerbatim(new Parameters(call).text("query"), Options.ALL);
    } catch (FoursightException e) {
      throw e.kind() == ErrorKind.BAD_DATA ? Parameters.invalid("query", e.getMessage()) : e;
    }
  }
}
