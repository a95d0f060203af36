package io.foursight.querylanguages.text.template;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// A parsed template. Immutable and safe from any thread. Bounds: 1 MiB of output, a million steps,
/// 100 levels of templates that call each other.
public final class Template {
  private final String name;
  private final String text;
  private final Node.Block root;
  private final Map<String, Node.Block> defined;
  private final Functions functions;

  /// Texts and field names in turn, when the template is nothing else.
  private final Optional<String[]> simple;

  private Template(
      String name,
      String text,
      Node.Block root,
      Map<String, Node.Block> defined,
      Functions functions) {
    this.name = name;
    this.text = text;
    this.root = root;
    this.defined = defined;
    this.functions = functions;
    this.simple = simple(root);
  }

  /// @param name shown in errors
  /// @param clock what `now` reads
  /// @throws TemplateException when the text is malformed or names an unknown function
  public static Template parse(String name, String text, InstantSource clock) {
    var functions = new Functions(clock);
    var parser = new Parser(new Scanner(name, text), functions);
    Node.Block root = parser.parse();
    return new Template(name, text, root, Map.copyOf(parser.defined()), functions);
  }

  /// @throws TemplateException when a function fails, or a bound is passed
  public String execute(TemplateData data) {
    if (simple.isPresent()) {
      return fill(simple.get(), data);
    }
    return new Interpreter(name, text, defined, functions, data).run(root);
  }

  /// The fields that the template may read, or empty when it may read all of them.
  public Optional<Set<String>> fieldsRead() {
    return FieldsRead.of(root, defined.values());
  }

  private static String fill(String[] pieces, TemplateData data) {
    var out = new StringBuilder();
    for (int i = 0; i < pieces.length; i++) {
      out.append(i % 2 == 0 ? pieces[i] : data.field(pieces[i]));
    }
    return out.toString();
  }

  private static Optional<String[]> simple(Node.Block root) {
    var pieces = new ArrayList<String>();
    for (Node node : root.nodes()) {
      boolean expectsText = pieces.size() % 2 == 0;
      if (node instanceof Node.Text t && expectsText) {
        pieces.add(t.text());
      } else if (node instanceof Node.Print p
          && p.pipe().variables().isEmpty()
          && p.pipe().commands().size() == 1
          && p.pipe().commands().getFirst().args().size() == 1
          && p.pipe().commands().getFirst().args().getFirst() instanceof Node.Field f
          && f.path().size() == 1) {
        if (expectsText) {
          pieces.add("");
        }
        pieces.add(f.path().getFirst());
      } else {
        return Optional.empty();
      }
    }
    return Optional.of(pieces.toArray(new String[0]));
  }

  /// Finds out what a template reads: fields by name, unless `.` or `$` is used as a whole.
  private static final class FieldsRead {
    private final Set<String> fields = new HashSet<>();
    private boolean all;

    static Optional<Set<String>> of(Node.Block root, Iterable<Node.Block> defined) {
      var read = new FieldsRead();
      read.walk(root);
      defined.forEach(read::walk);
      return read.all ? Optional.empty() : Optional.of(Set.copyOf(read.fields));
    }

    private void walk(Node node) {
      switch (node) {
        case Node.Block b -> b.nodes().forEach(this::walk);
        case Node.Print p -> pipe(p.pipe());
        case Node.If i -> {
          pipe(i.pipe());
          walk(i.then());
          i.otherwise().ifPresent(this::walk);
        }
        case Node.With w -> {
          pipe(w.pipe());
          walk(w.then());
          w.otherwise().ifPresent(this::walk);
        }
        case Node.Range r -> {
          pipe(r.pipe());
          walk(r.body());
          r.otherwise().ifPresent(this::walk);
        }
        case Node.Call c -> c.pipe().ifPresent(this::pipe);
        case Node.Text _, Node.Break _, Node.Continue _ -> {}
      }
    }

    private void pipe(Node.Pipe pipe) {
      for (var command : pipe.commands()) {
        command.args().forEach(this::arg);
      }
    }

    private void arg(Node.Arg arg) {
      switch (arg) {
        case Node.Field f -> fields.add(f.path().getFirst());
        case Node.Variable v when v.name().equals("$") && !v.path().isEmpty() ->
            fields.add(v.path().getFirst());
        case Node.Variable v -> all |= v.name().equals("$");
        case Node.Dot _ -> all = true;
        case Node.Chain c -> arg(c.inner());
        case Node.Pipe p -> pipe(p);
        case Node.Function _, Node.Literal _ -> {}
      }
    }
  }
}
