package io.foursight.querylanguages.text.template;

import java.util.List;
import java.util.Optional;

/// A parsed template. `at` is an offset into its text.
sealed interface Node {
  record Text(String text) implements Node {}

  record Block(List<Node> nodes) implements Node {}

  /// A pipeline whose value is printed, unless it only sets variables.
  record Print(Pipe pipe) implements Node {}

  record If(Pipe pipe, Block then, Optional<Block> otherwise) implements Node {}

  record With(Pipe pipe, Block then, Optional<Block> otherwise) implements Node {}

  record Range(Pipe pipe, Block body, Optional<Block> otherwise) implements Node {}

  record Break() implements Node {}

  record Continue() implements Node {}

  /// `{{template "name" pipe}}`
  record Call(int at, String name, Optional<Pipe> pipe) implements Node {}

  /// `$a, $b := c1 | c2`
  ///
  /// @param declare whether the variables are new
  record Pipe(List<String> variables, boolean declare, List<Command> commands) implements Arg {}

  /// A function or value with arguments.
  record Command(int at, List<Arg> args) {}

  /// What stands between blanks inside an action.
  sealed interface Arg {}

  /// `.`
  record Dot() implements Arg {}

  /// `.a.b`
  record Field(int at, List<String> path) implements Arg {}

  /// `$x.a.b`; the name has its dollar sign.
  record Variable(int at, String name, List<String> path) implements Arg {}

  /// A pipeline in brackets with fields behind it.
  record Chain(int at, Arg inner, List<String> path) implements Arg {}

  record Function(int at, String name) implements Arg {}

  /// A text, number, truth value, or nil.
  record Literal(Object value) implements Arg {}

  /// The value `nil`, since Java's null means "no value".
  enum Nil {
    NIL
  }
}
