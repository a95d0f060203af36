/// Pyroscope's query API: the messages of `querier.v1` and its neighbours, and the older JSON of
/// flame graphs.
///
/// @see <a
///   href="https://github.com/grafana/pyroscope/blob/main/api/querier/v1/querier.proto">querier.proto</a>
package io.foursight.wire.profiles.pyroscope;
