/// Storage of logs: [io.foursight.storage.logs.block.v1] is the block format.
package io.foursight.storage.logs;
