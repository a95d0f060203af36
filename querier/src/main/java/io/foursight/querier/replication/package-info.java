/// Reading from several instances of other components: asking all at once, how many may fail, and
/// who stands in. Knows nothing of what is read; the signals do.
package io.foursight.querier.replication;
