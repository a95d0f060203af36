/// Historic reads of traces.
package io.foursight.storegateway.traces;
