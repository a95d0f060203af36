/// Block format `storage.metrics.block.v1`.
package io.foursight.storage.metrics.block.v1;
