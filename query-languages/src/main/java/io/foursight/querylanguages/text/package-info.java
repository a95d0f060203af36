/// Texts as Go programs write and read them: durations, floats, quoted strings. Clients see and
/// compare them, so they must agree to the letter.
package io.foursight.querylanguages.text;
