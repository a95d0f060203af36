/// Recent logs of the ingester: write-ahead log records, the head and its reading, tails, and the
/// way of segments into blocks.
///
/// A tenant's head is a list of **segments**, one open for each stretch of event time that entries
/// come for (about a day for recent ones). A segment is what becomes one block, under an id that it
/// has from the start. It holds a table of streams and **pages** of about 1 MB of lines as columns
/// in order of arrival.
///
/// Records of the log, signal logs:
///
/// ```
/// type 1 ROWS     | block id, 26 bytes | bucket zigzag | columns of a batch, see LogsRecords |
/// others          see io.foursight.ingester.PieceRecords
/// ```
///
/// Every ROWS record has its streams' labels whole, so none needs another one to be read.
package io.foursight.ingester.logs;
