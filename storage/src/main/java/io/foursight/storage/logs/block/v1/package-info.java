/// Block format `storage.logs.block.v1`: the logs of one tenant over a range of time, many streams,
/// in files that are never changed.
package io.foursight.storage.logs.block.v1;
