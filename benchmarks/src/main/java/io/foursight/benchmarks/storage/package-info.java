/// JMH benchmarks of the block formats.
package io.foursight.benchmarks.storage;
