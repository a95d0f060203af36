/// Room for recursion over the deep trees that some queries are.
package io.foursight.querylanguages.stack;
