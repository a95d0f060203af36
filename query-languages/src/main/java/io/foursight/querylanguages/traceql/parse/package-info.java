/// Text to tree, and the checks that a tree must pass before it is evaluated.
package io.foursight.querylanguages.traceql.parse;
