/// Tree to text.
package io.foursight.querylanguages.traceql.print;
