/// Logs between components: batches, pages of entries with back-pressure, followed queries, results
/// of evaluations. Built as the metrics package beside it.
package io.foursight.wire.logs.rpc;
