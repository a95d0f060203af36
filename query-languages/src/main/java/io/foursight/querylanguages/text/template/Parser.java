package io.foursight.querylanguages.text.template;

import io.foursight.querylanguages.text.GoFloats;
import io.foursight.querylanguages.text.GoStrings;
import io.foursight.querylanguages.text.template.Node.Arg;
import io.foursight.querylanguages.text.template.Node.Block;
import io.foursight.querylanguages.text.template.Node.Command;
import io.foursight.querylanguages.text.template.Node.Pipe;
import io.foursight.querylanguages.text.template.Scanner.Kind;
import io.foursight.querylanguages.text.template.Scanner.Token;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Builds the tree of a template.
final class Parser {
  private static final int MAX_DEPTH = 200;

  private final Scanner scanner;
  private final Functions functions;
  private Token current;
  private final Map<String, Block> defined = new HashMap<>();
  private final Deque<String> variables = new ArrayDeque<>();
  private int depth;
  private int loops;

  /// The keyword that ended the block read last: `end`, `else`, or empty at the end of the text.
  private String ending = "";

  Parser(Scanner scanner, Functions functions) {
    this.scanner = scanner;
    this.functions = functions;
    this.current = scanner.next();
    variables.push("$");
  }

  Block parse() {
    Block all = block();
    if (!ending.isEmpty()) {
      throw scanner.error(current.at(), "unexpected {{" + ending + "}}");
    }
    return all;
  }

  Map<String, Block> defined() {
    return defined;
  }

  private Token take() {
    Token t = current;
    current = scanner.next();
    return t;
  }

  private void skipSpace() {
    while (current.kind() == Kind.SPACE) {
      take();
    }
  }

  private void close(String context) {
    skipSpace();
    if (current.kind() != Kind.CLOSE) {
      throw unexpected(context);
    }
    take();
  }

  private TemplateException unexpected(String context) {
    return scanner.error(
        current.at(), "unexpected " + GoStrings.quote(current.text()) + " in " + context);
  }

  /// Nodes up to `{{end}}`, `{{else` or the end of the text.
  private Block block() {
    if (++depth > MAX_DEPTH) {
      throw scanner.error(current.at(), "template nests too deeply");
    }
    int scope = variables.size();
    var nodes = new ArrayList<Node>();
    while (true) {
      if (current.kind() == Kind.END) {
        ending = "";
        break;
      }
      if (current.kind() == Kind.TEXT) {
        String text = take().text();
        if (!text.isEmpty()) {
          nodes.add(new Node.Text(text));
        }
        continue;
      }
      take();
      skipSpace();
      if (current.kind() == Kind.WORD
          && (current.text().equals("end") || current.text().equals("else"))) {
        ending = take().text();
        break;
      }
      action().ifPresent(nodes::add);
    }
    while (variables.size() > scope) {
      variables.pop();
    }
    depth--;
    return new Block(nodes);
  }

  private Optional<Node> action() {
    String word = current.kind() == Kind.WORD ? current.text() : "";
    switch (word) {
      case "if" -> {
        take();
        return Optional.of(branch("if"));
      }
      case "with" -> {
        take();
        return Optional.of(branch("with"));
      }
      case "range" -> {
        take();
        return Optional.of(branch("range"));
      }
      case "break", "continue" -> {
        int place = take().at();
        if (loops == 0) {
          throw scanner.error(place, "{{" + word + "}} outside {{range}}");
        }
        close(word);
        return Optional.of(word.equals("break") ? new Node.Break() : new Node.Continue());
      }
      case "template" -> {
        take();
        return Optional.of(call());
      }
      case "define" -> {
        take();
        define("define clause");
        return Optional.empty();
      }
      case "block" -> {
        int place = take().at();
        return Optional.of(blockClause(place));
      }
      default -> {
        Pipe pipe = pipe("command");
        close("command");
        return Optional.of(new Node.Print(pipe));
      }
    }
  }

  private Node branch(String word) {
    int scope = variables.size();
    Pipe pipe = pipe(word);
    close(word);
    loops += word.equals("range") ? 1 : 0;
    Block then = block();
    loops -= word.equals("range") ? 1 : 0;
    Optional<Block> otherwise = Optional.empty();
    if (ending.equals("else")) {
      skipSpace();
      boolean chained = current.kind() == Kind.WORD && current.text().equals(word);
      if (chained && !word.equals("range")) {
        take();
        // {{else if}} shares its {{end}} with this one.
        otherwise = Optional.of(new Block(List.of(branch(word))));
        return made(word, pipe, then, otherwise, scope);
      }
      close("else");
      otherwise = Optional.of(block());
    }
    if (!ending.equals("end")) {
      throw scanner.error(current.at(), "unexpected EOF");
    }
    close("end");
    return made(word, pipe, then, otherwise, scope);
  }

  private Node made(String word, Pipe pipe, Block then, Optional<Block> otherwise, int scope) {
    while (variables.size() > scope) {
      variables.pop();
    }
    return switch (word) {
      case "if" -> new Node.If(pipe, then, otherwise);
      case "with" -> new Node.With(pipe, then, otherwise);
      default -> new Node.Range(pipe, then, otherwise);
    };
  }

  private Node call() {
    skipSpace();
    int place = current.at();
    String name = templateName("template clause");
    skipSpace();
    Optional<Pipe> pipe =
        current.kind() == Kind.CLOSE ? Optional.empty() : Optional.of(pipe("template clause"));
    close("template clause");
    return new Node.Call(place, name, pipe);
  }

  private String templateName(String context) {
    skipSpace();
    if (current.kind() != Kind.STRING) {
      throw unexpected(context);
    }
    return GoStrings.unquote(take().text()).orElseThrow(() -> unexpected(context));
  }

  private void define(String context) {
    String name = templateName(context);
    close(context);
    defined.put(name, body());
  }

  private Node blockClause(int place) {
    String name = templateName("block clause");
    skipSpace();
    Pipe pipe = pipe("block clause");
    close("block clause");
    defined.put(name, body());
    return new Node.Call(place, name, Optional.of(pipe));
  }

  private Block body() {
    Block body = block();
    if (!ending.equals("end")) {
      throw scanner.error(current.at(), "unexpected EOF");
    }
    close("end");
    return body;
  }

  /// Up to the closing delimiter or bracket, which stays.
  private Pipe pipe(String context) {
    if (++depth > MAX_DEPTH) {
      throw scanner.error(current.at(), "template nests too deeply");
    }
    skipSpace();
    var names = new ArrayList<String>();
    boolean declare = false;
    var commands = new ArrayList<Command>();
    if (current.kind() == Kind.VARIABLE) {
      // A variable may begin an assignment or be the first argument.
      Token variable = take();
      boolean spaced = current.kind() == Kind.SPACE;
      skipSpace();
      if (current.is(":=") || current.is("=") || (current.is(",") && context.equals("range"))) {
        names.add(variable.text());
        declare = assignment(names, context);
      } else {
        commands.add(command(Optional.of(variable), spaced, context));
      }
    }
    while (true) {
      skipSpace();
      if (current.is("|") && !commands.isEmpty()) {
        take();
        skipSpace();
        commands.add(command(Optional.empty(), false, context));
      } else if (commands.isEmpty() && current.kind() != Kind.CLOSE && !current.is(")")) {
        commands.add(command(Optional.empty(), false, context));
      } else {
        break;
      }
    }
    if (commands.isEmpty()) {
      throw scanner.error(current.at(), "missing value for " + context);
    }
    depth--;
    return new Pipe(names, declare, commands);
  }

  private boolean assignment(List<String> names, String context) {
    if (current.is(",")) {
      take();
      skipSpace();
      if (current.kind() != Kind.VARIABLE) {
        throw unexpected(context);
      }
      names.add(take().text());
      skipSpace();
    }
    if (!current.is(":=") && !current.is("=")) {
      throw unexpected(context);
    }
    boolean declare = take().text().equals(":=");
    for (String name : names) {
      if (declare) {
        variables.push(name);
      } else {
        known(name);
      }
    }
    skipSpace();
    return declare;
  }

  private void known(String name) {
    if (!variables.contains(name)) {
      throw scanner.error(current.at(), "undefined variable " + GoStrings.quote(name));
    }
  }

  /// @param first a variable that has been read already
  private Command command(Optional<Token> first, boolean spaced, String context) {
    int place = first.map(Token::at).orElse(current.at());
    var args = new ArrayList<Arg>();
    boolean separated = true;
    if (first.isPresent()) {
      args.add(variable(first.get(), !spaced));
      separated = spaced || current.kind() == Kind.SPACE;
    }
    while (true) {
      if (current.kind() == Kind.SPACE) {
        separated = true;
        take();
        continue;
      }
      if (current.kind() == Kind.CLOSE || current.is("|") || current.is(")")) {
        break;
      }
      if (!separated) {
        throw unexpected("operand");
      }
      args.add(operand(context));
      separated = false;
    }
    if (args.isEmpty()) {
      throw scanner.error(place, "missing value for " + context);
    }
    if (args.getFirst() instanceof Node.Literal && args.size() > 1) {
      throw scanner.error(place, "can't give argument to non-function");
    }
    return new Command(place, args);
  }

  private Arg operand(String context) {
    Token t = take();
    switch (t.kind()) {
      case FIELD -> {
        return new Node.Field(t.at(), path(t.text()));
      }
      case DOT -> {
        return new Node.Dot();
      }
      case VARIABLE -> {
        return variable(t, true);
      }
      case WORD -> {
        return word(t);
      }
      case STRING -> {
        return new Node.Literal(
            GoStrings.unquote(t.text())
                .orElseThrow(() -> scanner.error(t.at(), "invalid syntax: " + t.text())));
      }
      case CHAR -> {
        String c =
            GoStrings.unquote(t.text())
                .filter(s -> s.codePointCount(0, s.length()) == 1)
                .orElseThrow(
                    () -> scanner.error(t.at(), "malformed character constant: " + t.text()));
        return new Node.Literal((long) c.codePointAt(0));
      }
      case NUMBER -> {
        return new Node.Literal(number(t));
      }
      default -> {
        if (!t.is("(")) {
          throw scanner.error(t.at(), "unexpected " + GoStrings.quote(t.text()) + " in " + context);
        }
        Pipe inner = pipe("parenthesized pipeline");
        skipSpace();
        if (!current.is(")")) {
          throw scanner.error(current.at(), "unclosed left paren");
        }
        take();
        var path = path("");
        return path.isEmpty() ? inner : new Node.Chain(t.at(), inner, path);
      }
    }
  }

  private Arg word(Token t) {
    return switch (t.text()) {
      case "true" -> new Node.Literal(true);
      case "false" -> new Node.Literal(false);
      case "nil" -> new Node.Literal(Node.Nil.NIL);
      default -> {
        if (!functions.has(t.text())) {
          throw scanner.error(t.at(), "function " + GoStrings.quote(t.text()) + " not defined");
        }
        var path = path("");
        Arg function = new Node.Function(t.at(), t.text());
        yield path.isEmpty() ? function : new Node.Chain(t.at(), function, path);
      }
    };
  }

  private Arg variable(Token t, boolean fieldsMayFollow) {
    known(t.text());
    return new Node.Variable(t.at(), t.text(), fieldsMayFollow ? path("") : List.of());
  }

  /// The fields that follow without a blank.
  private List<String> path(String first) {
    var path = new ArrayList<String>();
    if (!first.isEmpty()) {
      path.add(first.substring(1));
    }
    while (current.kind() == Kind.FIELD) {
      path.add(take().text().substring(1));
    }
    return path;
  }

  private Object number(Token t) {
    try {
      return Long.decode(t.text().replace("_", ""));
    } catch (NumberFormatException e) {
      double d = GoFloats.parse(t.text());
      if (Double.isNaN(d)) {
        throw scanner.error(t.at(), "bad number syntax: " + GoStrings.quote(t.text()));
      }
      return d;
    }
  }
}
