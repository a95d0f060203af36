/// The object store: one small interface over memory, a directory and S3, with retries, byte
/// counters and fault injection around it.
package io.foursight.storage.object;
