package io.foursight.queryfrontend.metrics;

import io.foursight.model.FoursightException;
import io.foursight.model.LabelMatcher;
import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.model.metrics.MetricsSelect;
import io.foursight.model.metrics.MetricsSource;
import io.foursight.model.metrics.SelectHints;
import io.foursight.model.metrics.SeriesCursor;
import io.foursight.queryfrontend.FairQueue.Ticket;
import io.foursight.querylanguages.regex.RegexMatcher;
import io.foursight.runtime.http.HttpCall;
import io.foursight.runtime.http.HttpReply;
import io.foursight.wire.metrics.RemoteReadChunksWriter;
import io.foursight.wire.metrics.RemoteReadRequest;
import io.foursight.wire.metrics.RemoteReadRequest.Matcher;
import io.foursight.wire.metrics.RemoteReadRequest.ResponseType;
import io.foursight.wire.metrics.RemoteReadSamplesWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.xerial.snappy.Snappy;

/// `read`: Prometheus's remote read, both response types. A sampled answer is built whole within
/// the query's memory bound; a chunk stream is written while it is read, so an error in the midst
/// of it cuts the connection.
final class RemoteReadRoute {
  private final ReadDesk desk;

  RemoteReadRoute(ReadDesk desk) {
    this.desk = desk;
  }

  HttpReply read(HttpCall call) throws IOException {
    List<TenantId> tenants = call.tenants();
    byte[] body = call.body("snappy", desk.config().maxReadBodySize().bytes());
    RemoteReadRequest request = RemoteReadRequest.decode(body);
    QueryBudget budget = desk.budget(call, tenants, Optional.empty());
    var selects = new ArrayList<MetricsSelect>();
    for (RemoteReadRequest.Query query : request.queries()) {
      selects.add(select(tenants.getFirst(), query, budget));
    }
    if (request.responseType() == ResponseType.STREAMED_XOR_CHUNKS) {
      // Refused here if at all, while a status can still be sent.
      desk.admit(tenants).close();
      return HttpReply.stream(
          200,
          RemoteReadRequest.CHUNKS_CONTENT_TYPE,
          out -> streamChunks(tenants, selects, budget, out));
    }
    byte[] message =
        desk.inSlot(
            tenants,
            budget,
            source -> {
              var response = new RemoteReadSamplesWriter(budget);
              for (MetricsSelect select : selects) {
                try (SeriesCursor series = source.select(select)) {
                  response.query(series);
                }
              }
              return response.toByteArray();
            });
    return HttpReply.of(200, RemoteReadRequest.SAMPLES_CONTENT_TYPE, Snappy.compress(message))
        .header("content-encoding", "snappy");
  }

  private void streamChunks(
      List<TenantId> tenants, List<MetricsSelect> selects, QueryBudget budget, OutputStream out)
      throws IOException {
    MetricsSource source = desk.source(tenants);
    try (Ticket ticket = desk.admit(tenants)) {
      ticket.run(
          budget,
          () -> {
            var response = new RemoteReadChunksWriter(out, budget);
            for (int i = 0; i < selects.size(); i++) {
              try (SeriesCursor series = source.select(selects.get(i))) {
                response.query(i, series);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            }
            return response;
          });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static MetricsSelect select(
      TenantId tenant, RemoteReadRequest.Query query, QueryBudget budget) {
    var matchers = new ArrayList<LabelMatcher>();
    for (Matcher m : query.matchers()) {
      matchers.add(
          switch (m.type()) {
            case EQUAL -> LabelMatcher.equal(m.name(), m.value());
            case NOT_EQUAL -> LabelMatcher.notEqual(m.name(), m.value());
            case REGEX, NOT_REGEX -> regex(m);
          });
    }
    RemoteReadRequest.Hints hints = query.hints();
    return new MetricsSelect(
        tenant,
        query.range(),
        matchers,
        new SelectHints(
            hints.function(),
            hints.stepMillis(),
            hints.rangeMillis(),
            hints.grouping(),
            hints.by(),
            0,
            0,
            0),
        budget);
  }

  private static LabelMatcher regex(Matcher m) {
    try {
      return LabelMatcher.regex(
          m.name(),
          m.value(),
          m.type() == LabelMatcher.Type.NOT_REGEX,
          RegexMatcher.compile(m.value()));
    } catch (FoursightException e) {
      throw FoursightException.badData(
          "matcher on label " + Parameters.quoted(m.name()) + ": " + e.getMessage());
    }
  }
}
