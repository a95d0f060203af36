/// Recent metrics: a head per tenant made of two-hour ranges, each of them a small store of its own
/// (symbols, series, chunks) that is logged, read, flushed as one block and dropped as a whole.
///
/// ```
/// MetricsIngester -> MetricsHead (tenant) -> HeadRange (2 h, one future block) -> HeadShard (series by hash)
///                        |                                                          |-- SymbolTable, label lists
///                        |-- metadata, late writes                                  |-- records, staging rows, chunks
/// ```
///
/// ## Records of the write-ahead log
///
/// Type 1, rows of one range. Varints are LEB128; `z` is zigzag; times are milliseconds after the
/// start of the range.
///
/// ```
/// record  := blockId (26 ASCII) z(bucket) row*
/// row     := control u8 [ref z(delta to the row before)] [time z(delta to the row before)] [start z(start - range start)] body
/// control := kind (low nibble) | 0x10 same time as before | 0x20 ref = before + 1 | 0x80 same ref | 0x40 has a start timestamp
/// kind    := 0..8 float: that many leading bytes of the value's bits, big-endian, the rest are 0
///            9 histogram: uvarint length, histogram bytes       10 series definition: uvarint length, label bytes (no time)
///            11 exemplar: z(timestamp) f64 uvarint length, label bytes (no time)
/// ```
///
/// Type 2: `blockId`, the range takes no more rows. Type 3: `blockId`, the range is dropped. Type
/// 4: metadata entries: `type u8, family, help, unit` (uvarint length + UTF-8 each).
package io.foursight.ingester.metrics;
