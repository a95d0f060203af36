package io.foursight.querylanguages.text.template;

import io.foursight.querylanguages.text.template.Node.Arg;
import io.foursight.querylanguages.text.template.Node.Block;
import io.foursight.querylanguages.text.template.Node.Command;
import io.foursight.querylanguages.text.template.Node.Pipe;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Executes a template once.
final class Interpreter {
  private static final int MAX_OUTPUT = 1 << 20;
  private static final int MAX_STEPS = 1_000_000;
  private static final int MAX_CALLS = 100;

  /// How a block ended.
  private enum Flow {
    ON,
    BREAK,
    CONTINUE
  }

  private record Variable(String name, Object[] value) {}

  private final String name;
  private final String text;
  private final Map<String, Block> defined;
  private final Functions functions;
  private final TemplateData data;
  private final StringBuilder out = new StringBuilder();
  private List<Variable> variables = new ArrayList<>();
  private int steps;
  private int calls;

  Interpreter(
      String name,
      String text,
      Map<String, Block> defined,
      Functions functions,
      TemplateData data) {
    this.name = name;
    this.text = text;
    this.defined = defined;
    this.functions = functions;
    this.data = data;
  }

  String run(Block root) {
    variables.add(new Variable("$", new Object[] {data}));
    block(root, data);
    return out.toString();
  }

  private Flow block(Block block, Object dot) {
    int scope = variables.size();
    Flow flow = Flow.ON;
    for (Node node : block.nodes()) {
      if (++steps > MAX_STEPS || out.length() > MAX_OUTPUT) {
        throw new TemplateException(
            "template: " + name + ": exceeded " + (steps > MAX_STEPS ? "its steps" : "1 MiB"));
      }
      flow = node(node, dot);
      if (flow != Flow.ON) {
        break;
      }
    }
    cut(scope);
    return flow;
  }

  private void cut(int scope) {
    while (variables.size() > scope) {
      variables.removeLast();
    }
  }

  private Flow node(Node node, Object dot) {
    switch (node) {
      case Node.Text t -> out.append(t.text());
      case Node.Block b -> {
        return block(b, dot);
      }
      case Node.Print p -> {
        Object value = pipe(p.pipe(), dot);
        if (p.pipe().variables().isEmpty()) {
          out.append(Values.print(value));
        }
      }
      case Node.If i -> {
        int scope = variables.size();
        Flow flow = choose(Values.isTrue(pipe(i.pipe(), dot)), i.then(), i.otherwise(), dot, dot);
        cut(scope);
        return flow;
      }
      case Node.With w -> {
        int scope = variables.size();
        Object value = pipe(w.pipe(), dot);
        Flow flow = choose(Values.isTrue(value), w.then(), w.otherwise(), value, dot);
        cut(scope);
        return flow;
      }
      case Node.Range r -> range(r, dot);
      case Node.Break _ -> {
        return Flow.BREAK;
      }
      case Node.Continue _ -> {
        return Flow.CONTINUE;
      }
      case Node.Call c -> call(c, dot);
    }
    return Flow.ON;
  }

  private Flow choose(boolean yes, Block then, Optional<Block> otherwise, Object dot, Object old) {
    if (yes) {
      return block(then, dot);
    }
    return otherwise.map(b -> block(b, old)).orElse(Flow.ON);
  }

  private void call(Node.Call c, Object dot) {
    Block body = defined.get(c.name());
    if (body == null) {
      throw failed(c.at(), "{{template}}", "template \"" + c.name() + "\" not defined");
    }
    if (++calls > MAX_CALLS) {
      throw failed(c.at(), "{{template}}", "exceeded maximum template depth (" + MAX_CALLS + ")");
    }
    Object value = c.pipe().map(p -> pipe(p, dot)).orElse(Node.Nil.NIL);
    List<Variable> outer = variables;
    variables = new ArrayList<>();
    variables.add(new Variable("$", new Object[] {value}));
    block(body, value);
    variables = outer;
    calls--;
  }

  private void range(Node.Range r, Object dot) {
    int scope = variables.size();
    Object value = evaluate(r.pipe(), dot);
    List<Map.Entry<Object, Object>> items = Values.items(value);
    if (items == null) {
      throw failed(
          r.pipe().commands().getFirst().at(),
          "range",
          "range can't iterate over " + Values.print(value));
    }
    if (items.isEmpty()) {
      r.otherwise().ifPresent(b -> block(b, dot));
      return;
    }
    List<String> names = r.pipe().variables();
    for (var item : items) {
      if (names.size() == 1) {
        assign(names.getFirst(), item.getValue(), r.pipe().declare());
      } else if (names.size() == 2) {
        assign(names.get(0), item.getKey(), r.pipe().declare());
        assign(names.get(1), item.getValue(), r.pipe().declare());
      }
      Flow flow = block(r.body(), item.getValue());
      cut(scope);
      if (flow == Flow.BREAK) {
        break;
      }
    }
  }

  private void assign(String variable, Object value, boolean declare) {
    if (declare) {
      variables.add(new Variable(variable, new Object[] {value}));
      return;
    }
    find(variable)[0] = value;
  }

  private Object[] find(String variable) {
    for (int i = variables.size() - 1; i >= 0; i--) {
      if (variables.get(i).name.equals(variable)) {
        return variables.get(i).value;
      }
    }
    throw new TemplateException("template: " + name + ": undefined variable: " + variable);
  }

  /// The value; variables are set as the pipeline says.
  private Object pipe(Pipe pipe, Object dot) {
    Object value = evaluate(pipe, dot);
    for (String variable : pipe.variables()) {
      assign(variable, value, pipe.declare());
    }
    return value;
  }

  private Object evaluate(Pipe pipe, Object dot) {
    Object value = null;
    for (Command command : pipe.commands()) {
      value = command(command, dot, value);
    }
    return value;
  }

  /// @param piped the value before the bar, null when there is none
  private Object command(Command command, Object dot, Object piped) {
    Arg first = command.args().getFirst();
    boolean hasArguments = command.args().size() > 1 || piped != null;
    switch (first) {
      case Node.Function f -> {
        return function(f, command, dot, piped);
      }
      case Node.Field f when hasArguments ->
          throw failed(
              f.at(),
              "." + String.join(".", f.path()),
              f.path().getLast() + " is not a method but has arguments");
      case Node.Chain c when hasArguments -> {
        return method(c.at(), argument(c.inner(), dot), c.path(), command, dot, piped);
      }
      case Node.Variable v when hasArguments && !v.path().isEmpty() -> {
        return method(v.at(), find(v.name())[0], v.path(), command, dot, piped);
      }
      case Node.Literal _ when piped != null ->
          throw failed(command.at(), "", "can't give argument to non-function");
      case Node.Dot _ when hasArguments ->
          throw failed(command.at(), ".", "can't give argument to non-function .");
      case Node.Variable v when hasArguments ->
          throw failed(v.at(), v.name(), "can't give argument to non-function " + v.name());
      default -> {
        return argument(first, dot);
      }
    }
  }

  /// The last of the fields is called with arguments: only times have methods.
  private Object method(
      int at, Object from, List<String> path, Command command, Object dot, Object piped) {
    Object subject = field(from, path.subList(0, path.size() - 1), at);
    List<Object> values = values(command, dot, piped);
    return (subject instanceof GoTime t ? t.method(path.getLast(), values) : Optional.empty())
        .orElseThrow(() -> failed(at, "", path.getLast() + " is not a method but has arguments"));
  }

  private List<Object> values(Command command, Object dot, Object piped) {
    var values = new ArrayList<Object>(command.args().size());
    for (Arg arg : command.args().subList(1, command.args().size())) {
      values.add(argument(arg, dot));
    }
    if (piped != null) {
      values.add(piped);
    }
    return values;
  }

  private Object function(Node.Function f, Command command, Object dot, Object piped) {
    List<Arg> args = command.args();
    // The two that do not evaluate all of their arguments.
    if (f.name().equals("and") || f.name().equals("or")) {
      return logic(f, args, dot, piped);
    }
    try {
      return functions.call(f.name(), values(command, dot, piped), data);
    } catch (FunctionException e) {
      throw failed(f.at(), f.name(), e.getMessage());
    }
  }

  private Object logic(Node.Function f, List<Arg> args, Object dot, Object piped) {
    if (args.size() == 1 && piped == null) {
      throw failed(
          f.at(), f.name(), "wrong number of args for " + f.name() + ": want at least 1 got 0");
    }
    boolean stopAt = f.name().equals("or");
    Object value = null;
    for (Arg arg : args.subList(1, args.size())) {
      value = argument(arg, dot);
      if (Values.isTrue(value) == stopAt) {
        return value;
      }
    }
    return piped != null ? piped : value;
  }

  private Object argument(Arg arg, Object dot) {
    return switch (arg) {
      case Node.Dot _ -> dot;
      case Node.Field f -> field(dot, f.path(), f.at());
      case Node.Variable v -> field(find(v.name())[0], v.path(), v.at());
      case Node.Chain c -> field(argument(c.inner(), dot), c.path(), c.at());
      case Node.Literal l -> l.value();
      case Node.Pipe p -> pipe(p, dot);
      case Node.Function f -> function(f, new Command(f.at(), List.of(f)), dot, null);
    };
  }

  private Object field(Object from, List<String> path, int at) {
    Object value = from;
    for (String part : path) {
      value =
          switch (value) {
            case TemplateData d -> d.field(part);
            case Map<?, ?> m -> m.containsKey(part) ? m.get(part) : Node.Nil.NIL;
            case GoTime t ->
                t.method(part, List.of())
                    .orElseThrow(() ->
                        failed(
                            at, "." + part, "can't evaluate field " + part + " in type time.Time"));
            case Node.Nil _ ->
                throw failed(at, "." + part, "nil data; no entry for key \"" + part + "\"");
            default ->
                throw failed(
                    at,
                    "." + part,
                    "can't evaluate field " + part + " in type " + Values.typeName(value));
          };
    }
    return value;
  }

  private TemplateException failed(int at, String what, String why) {
    int line = 1;
    int lineStart = 0;
    for (int i = 0; i < at; i++) {
      if (text.charAt(i) == '\n') {
        line++;
        lineStart = i + 1;
      }
    }
    return new TemplateException(
        String.format(
            "template: %s:%d:%d: executing \"%s\" at <%s>: %s",
            name, line, at - lineStart, name, what, why));
  }
}
