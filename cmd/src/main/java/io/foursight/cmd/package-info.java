/// The program: `main`, targets, the root configuration, one small wiring class per component, and
/// the command line's subcommands.
package io.foursight.cmd;
