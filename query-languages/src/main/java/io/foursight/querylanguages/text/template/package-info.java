/// Go's text/template as LogQL uses it: the whole syntax, the built-in functions, and the functions
/// of Loki and of the sprig library that Loki offers. Documents: pkg.go.dev/text/template, Loki's
/// page on template functions.
package io.foursight.querylanguages.text.template;
