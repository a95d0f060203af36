/// Logs blocks: which ones there are, open readers of them, and the Source over all of them.
package io.foursight.storegateway.logs;
