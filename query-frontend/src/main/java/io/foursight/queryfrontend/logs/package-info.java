/// The public read door for logs: `/loki/api/v1` and what Grafana, Logs Drilldown and logcli ask
/// beside it (Loki 3.5's HTTP API), over [io.foursight.model.logs.LogsQueryRunner] and
/// [io.foursight.model.logs.LogsSource].
package io.foursight.queryfrontend.logs;
