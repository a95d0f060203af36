/// Block format `storage.logs.block.v1`: the logs of one tenant over a range of time, of many
/// streams, in files that are never changed. Little-endian; `varint` is seven bits a byte, low
/// first; `zigzag` is a varint of `n << 1 ^ n >> 63`; `text` is a varint length and UTF-8; every
/// section and every chunk ends in the CRC-32C of the bytes before it. Times are nanoseconds since
/// the epoch.
///
/// **Files.** Each begins with 16 bytes; [LogsBlockFormat] names the numbers.
///
/// ```
/// header: | "4SLogs\r\n" | version u32 = 1 | kind u32 = first letter of the file's name |
///
/// rows:   | header | the chunks of the first row group | those of the second | ... |
/// index:  | header | directory of each row group | streams | summaries | footer |
/// footer: | streams offset u64 | summaries offset u64 | crc u32 | version u32 | "4SLogs\r\n" |
/// section of the index: | raw length varint | zstd | crc |
/// ```
///
/// The index is a few percent of the block; a reader fetches it whole, once. Streams
/// ([StreamTable]) and summaries ([GroupSummary]) stay in memory and answer labels, series, stats
/// and volumes. A directory tells the columns of one row group, with everything that lets a search
/// pass them by: templates and small dictionaries whole, stamps and filters of the others.
///
/// **Order.** Streams by [LogsBlockFormat#STREAM_ORDER], so that what writes alike lies together;
/// the entries of a stream by time, equal times in order of arrival. A row group is some 16 MB of
/// lines and metadata; rows of a stream are neighbours in it (a *run*), told in the summary, so
/// that rows need no stream column. Runs are cut into *slices* of 1024 rows with their bytes and
/// times.
///
/// **Columns** ([ColumnSpec]) are byte strings, and nest:
///
/// ```
/// 0 const    ConstColumn     one value                     4 integer  IntegerColumn   as decimal text
/// 1 raw      RawColumn       lengths, bytes, stamp         5 decimal  DecimalColumn   scaled integers
/// 2 dict     DictColumn      codes, column of the values   6 hex      HexColumn       bytes, filter; UUIDs too
/// 3 repeat   RepeatColumn    changes, column of the new    7 time     TimeColumn      distance to the entry's time
///                                                          8 template TemplateColumn  literals, columns of variables
/// ```
///
/// Lines are a template column where that is of use: what a JSON object or a logfmt line says under
/// a key is one column for all templates that have the key, other text varies in its tokens with
/// digits, and the time that a line prints itself is told by the entry's. How lines are taken to
/// pieces is the writer's affair and no part of the format: whatever the pieces, together they are
/// the line, which the writer checks. Numbers are [Longs], bytes are [Chunk]s, in `rows` or, when
/// tiny, in the directory.
///
/// **A search** for a byte string is laid out against literals and variables ([TemplateSearch]) and
/// becomes questions to columns (contains, starts with, ends with, equals), each of which may be
/// refused by what the directory knows; only the columns left over are read, and lines are put
/// together for the rows that remain and only if somebody wants them. It is exact. Regular
/// expressions are run over lines that have their required literals.
///
/// **Worked example**, the whole directory (before compression) of a row group with the line `ok`
/// at 1000, 2000 and 3000 ns, asserted by a test:
///
/// ```
/// 01 1c                    times: packed, a chunk of 7 bytes in the directory
/// 0a d0 0f e8 07 02 00     LongCodec: delta with gcd, first 1000, gcd 1000, base 1, width 0
/// 00 02 6f 6b              lines: constant, 2 bytes, "ok"
/// 00                       no structured metadata
/// ```
///
/// **Versions.** A file whose footer tells another version is refused as too old or too new, never
/// as damaged. A version 2 gets a package of its own, and this one stays to read version 1.
package io.foursight.storage.logs.block.v1;
