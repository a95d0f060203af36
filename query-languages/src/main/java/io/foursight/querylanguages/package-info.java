/// Query languages: syntax, types and evaluation over Sources; no I/O.
package io.foursight.querylanguages;
