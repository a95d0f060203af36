/// What all block formats share: `meta.json`, the block's place in the object store, the per-tenant
/// block list, deletion marks and caches.
package io.foursight.storage.block;
