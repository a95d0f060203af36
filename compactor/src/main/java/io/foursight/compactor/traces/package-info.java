/// Merging and retention of blocks of traces.
package io.foursight.compactor.traces;
