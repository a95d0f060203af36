/// Speed of LogQL's stages over lines that are in memory already.
package io.foursight.benchmarks.logql;
