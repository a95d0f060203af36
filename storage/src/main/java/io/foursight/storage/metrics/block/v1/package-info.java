/// Block format `storage.metrics.block.v1`: the metrics of one tenant over a range of time, in
/// files that are never changed. Little-endian; `varint` is seven bits a byte, low first; `zigzag`
/// is a varint of `n << 1 ^ n >> 63`; every section ends in the CRC-32C of the bytes before it.
/// Rows are samples; a series' rows are cut into chunks of 1024, the last one shorter.
///
/// **Files.** Each begins with 16 bytes; [MetricsBlockFormat] names the numbers.
///
/// ```
/// header: | "4SMetric" | version u32 = 1 | kind u32 = first letter of the file's name |
///
/// values:     | header | series blob (SeriesCodec) of every series, in series order |
/// timestamps: | header | timestamp column (TimestampColumns), in order of first use |
/// exemplars:  | header | pages (ExemplarsWriter) |                  only when there are any
/// index:      | header | labels | series pages | column pages | metadata | contents | footer |
/// ```
///
/// **Index.** Ordinals, not strings, join the sections: a label name has its place among the sorted
/// names, a value its rank among the sorted values *of its name*, a series its place in
/// [MetricsBlockFormat#SERIES_ORDER]. A reader reads the end of the file once (footer and contents,
/// one request for all but huge blocks) and after that only pages.
///
/// ```
/// labels, for each name: | long postings lists | value pages of 64 (ValuePage) | directory (LabelIndex) |
/// series pages of 128 (SeriesPage), column pages of 256 (ColumnPage)
/// metadata: | raw length varint | zstd of (family, type u8, help, unit)* | crc |     or nothing
/// contents: | series varint | min, max time zigzag | label order differs u8 |
///           | names varint | (name, values varint, directory offset, length varint)* |
///           | schemas varint | (labels varint, name ordinal varint*)* |
///           | series pages offset varint | length varint * |
///           | columns varint | column pages offset varint | length varint * |
///           | metadata offset, length varint |
///           | exemplar pages varint | (length, first series since the page before, last since first varint, min time zigzag, max - min varint)* | crc |
/// footer:   | contents offset u64 | contents length u64 | crc u32 | version u32 | "4SMetric" |
/// ```
///
/// A schema is the list of label names that a series has. "Label order differs" is 1 when some
/// series has no metric name or a label that sorts before it; else series order and label order
/// differ only inside a metric.
///
/// **Worked example**, the whole `values` file of one series `up{job="a"}` with the samples 1, 1, 0
/// at 1000, 2000 and 3000 ms, asserted by a test:
///
/// ```
/// 34 53 4d 65 74 72 69 63  01 00 00 00  76 00 00 00   header: "4SMetric", 1, 'v'
/// 01                       flags: floats only
/// 00                       DoubleCodec: exponent 0, no patches
/// 02 02 01 01 01           LongCodec: delta, first 1, base -1, width 1, residuals 1 and 0
/// .. .. .. ..              CRC-32C of the blob
/// ```
///
/// **Versions.** A file whose footer tells another version is refused as too old or too new, never
/// as damaged. A version 2 gets a package of its own, and this one stays to read version 1.
package io.foursight.storage.metrics.block.v1;
