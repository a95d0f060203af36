/// The write-ahead log: framed, checksummed, group-committed records in segments. See
/// [io.foursight.storage.wal.Wal].
package io.foursight.storage.wal;
