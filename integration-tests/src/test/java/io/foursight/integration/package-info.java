/// Whole-system tests: the packaged jar as a process, driven over public protocols by hand-made
/// requests, real client libraries and, where they are installed, real programs. `*IT` run in
/// `verify`; the architecture test is a plain unit test.
package io.foursight.integration;
