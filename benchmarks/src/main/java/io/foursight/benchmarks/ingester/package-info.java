/// JMH over the heads of the ingester.
package io.foursight.benchmarks.ingester;
