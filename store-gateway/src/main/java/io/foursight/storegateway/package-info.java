/// The store-gateway: historic reads from the blocks in the object store.
package io.foursight.storegateway;
