/// Block format `storage.traces.block.v1`: the spans of one tenant over a range of time, as a
/// Parquet file that any Parquet tool opens, and an index beside it. Files are never changed.
/// Numbers outside of Parquet are little-endian; `varint` is seven bits a byte, low first; `zigzag`
/// is a varint of `n << 1 ^ n >> 63`; `text` is a varint length and UTF-8. Times are nanoseconds
/// since the epoch.
///
/// # spans.parquet
///
/// One row a span, ascending by trace id (unsigned bytes), then start (signed); equal ones in any
/// order. Pages are zstd, with checksums, dictionaries and page indexes; a row group has some
/// 65,536 rows or 32 MB of OTLP and ends where a trace ends, unless that trace has four times as
/// much. Standard logical types only:
///
/// ```
/// trace_id                 fixed 16           never null
/// span_id                  fixed 8
/// parent_span_id           fixed 8, null      null: the span has none
/// start_time               timestamp(nanos, UTC)
/// duration_nanos           int64              end - start as sent, so negative when it ended before
/// name                     string
/// kind                     int32              OTLP: 1 internal, 2 server, 3 client, 4 producer, 5 consumer
/// status_code              int32, null        OTLP: 0 unset, 1 ok, 2 error; null: no status was sent
/// status_message           string, null
/// trace_state              string, null
/// flags                    uint32, null
/// dropped_attributes_count, dropped_events_count, dropped_links_count     uint32, null
/// service_name             string             resource attribute service.name, else empty
/// resource                 binary             the OTLP Resource message, exactly
/// resource_attributes      json               the same for people: {"service.name":"cart", ...}
/// resource_schema_url      string, null
/// scope                    binary             the OTLP InstrumentationScope message, exactly
/// scope_name, scope_version, scope_schema_url                             string, null
/// attr_<key>               string, int64, double or boolean, null         one column for each frequent attribute
/// attribute_order          binary             varints: 0 = next of the list, n = n-th attr_ column
/// attributes               list of struct(key string, string_value, int_value, double_value, bool_value, other_value)
/// events                   list of struct(time, name, dropped_attributes_count, attributes)
/// links                    list of struct(trace_id, span_id, trace_state, flags, dropped_attributes_count, attributes)
/// otlp                     binary, null       the whole Span message, where the columns cannot say it
/// ```
///
/// `attr_http_route` is the attribute `http.route`: everything but letters and digits is `_`; the
/// file's metadata (`foursight.attribute_columns`) tell the keys exactly. Some columns are in every
/// file ([AttributeColumn#ALWAYS]), others because every hundredth of the first spans has the
/// attribute ([ColumnChooser]). A value of another type, and the second value of a repeated key,
/// are in `attributes`. `other_value` is an `AnyValue` message: bytes, arrays, maps, or text that
/// is not UTF-8; no value column at all says that the attribute came without one.
///
/// **Everything round trips.** The columns give back the span as protobuf writes it, attribute
/// order and unknown enum numbers included; when they cannot (unknown fields, ids of other lengths,
/// fields that come twice), `otlp` has the span as it was sent and wins over the columns.
///
/// # index
///
/// ```
/// | header | pages of the token filters | pages of the trace id filter | head | footer |
/// header: | "4STrace\n" | version u32 = 1 | 'i' u32 |
/// footer: | head offset u64 | head length u32 | crc u32 | version u32 | "4STrace\n" |
/// ```
///
/// The head ([IndexHead]) is what a reader keeps: attribute columns, statistics of the row groups
/// with the trace id of every 512th row ([GroupStats]), names and values of tags ([TagCollector]),
/// and the end of the Parquet file - page indexes and footer - byte for byte, so that opening a
/// block is one read, whose length `meta.json` tells (`index_head_bytes`). Filters ([BitMatrix])
/// are read by page.
///
/// **A trace by id**: one page of the trace id filter, then all columns of the pages that may have
/// it in one `readAll`. **A search**: the filter's tokens ([Tokens]) say in one small read which
/// row groups may have a value, of any attribute; of those the columns that the filter reads are
/// decoded, then what was asked for, of the pieces with rows that pass. **Tags** come from the head
/// unless a filter, the range or too many values forbid it.
///
/// **Versions.** An index whose footer tells another version is refused as too old or too new,
/// never as damaged. Readers ask for columns by name, and refuse a Parquet file whose schema is not
/// the one that the index tells. A version 2 gets a package of its own, and this one stays to read
/// version 1.
package io.foursight.storage.traces.block.v1;
