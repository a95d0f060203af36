/// Logs vocabulary: the write batch, pages of entries, line filters, query requests and results,
/// and the ports [io.foursight.model.logs.LogsSink], [io.foursight.model.logs.LogsSource],
/// [io.foursight.model.logs.LogsTailSource] and [io.foursight.model.logs.LogsQueryRunner].
///
/// An **entry** is a time (nanoseconds since the Unix epoch), a line (any bytes, meant to be UTF-8)
/// and *structured metadata* (name-value pairs of its own). It belongs to a **stream**, named by
/// its labels. Two entries of one stream with the same time, line and structured metadata are one
/// entry; entries that differ in any of them are all kept, in the order of arrival where times are
/// equal.
///
/// Ranges are `[startNanos, endNanos)`.
package io.foursight.model.logs;
