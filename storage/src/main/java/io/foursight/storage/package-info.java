/// Bytes that we define and where they lie: object store, write-ahead log, block formats, block
/// list and caches.
package io.foursight.storage;
