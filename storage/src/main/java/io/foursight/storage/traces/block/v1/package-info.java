/// Block format `storage.traces.block.v1`: the spans of one tenant as a Parquet file that any
/// Parquet tool opens, and a small index beside it.
package io.foursight.storage.traces.block.v1;
