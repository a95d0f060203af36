/// JMH over the write door: decoding, hashing, validation.
package io.foursight.benchmarks.wire;
