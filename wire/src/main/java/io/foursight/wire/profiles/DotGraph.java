package io.foursight.wire.profiles;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// Writes a [FrameTree] as a graph of functions in the [DOT
/// language](https://graphviz.org/doc/info/lang.html), with the labels that pprof's graphs have: a
/// node for each function with what it took itself and with what it called, an edge for each call.
/// A function that calls itself counts once. Calls through functions that are left out are dashed.
public final class DotGraph {
  private final FrameTree tree;
  private final String unit;
  private final Map<String, long[]> functions = new HashMap<>();
  private final Map<Call, Weight> calls = new HashMap<>();

  private record Call(String caller, String callee) {}

  private static final class Weight {
    long value;
    boolean indirect;
  }

  private DotGraph(FrameTree tree, String unit) {
    this.tree = tree;
    this.unit = unit;
  }

  /// @param name of the profile type
  /// @param unit of the values
  /// @param maxNodes functions with the largest values that are drawn; 0 = all
  /// @return the empty text when there is nothing to draw
  public static String of(FrameTree tree, String name, String unit, int maxNodes) {
    return tree.nodes() == 1 ? "" : new DotGraph(tree, unit).write(name, maxNodes);
  }

  /// Visits nodes before and after what is below them, without recursion: stacks may be very deep.
  private interface Visitor {
    void enter(int node);

    void leave(int node);
  }

  private void walk(Visitor visitor) {
    var stack = new ArrayList<Integer>();
    for (int child : tree.children(0)) {
      stack.add(child);
    }
    while (!stack.isEmpty()) {
      int next = stack.removeLast();
      if (next < 0) {
        visitor.leave(-next);
        continue;
      }
      visitor.enter(next);
      stack.add(-next);
      for (int child : tree.children(next)) {
        stack.add(child);
      }
    }
  }

  private String write(String name, int maxNodes) {
    sumFunctions();
    List<Map.Entry<String, long[]>> drawn =
        functions.entrySet().stream()
            .sorted(
                Comparator.comparingLong((Map.Entry<String, long[]> f) -> -f.getValue()[1])
                    .thenComparingLong(f -> -f.getValue()[0])
                    .thenComparing(Map.Entry::getKey))
            .limit(maxNodes > 0 ? maxNodes : Long.MAX_VALUE)
            .toList();
    var numbers = new HashMap<String, Integer>();
    drawn.forEach(f -> numbers.put(f.getKey(), numbers.size() + 1));
    sumCalls(numbers.keySet());
    var out = new StringBuilder("digraph \"unnamed\" {\n");
    out.append("node [style=filled fillcolor=\"#f8f8f8\"]\n");
    legend(out, name, drawn.size());
    drawn.forEach(
        f -> node(out, numbers.get(f.getKey()), f.getKey(), f.getValue()[0], f.getValue()[1]));
    calls.entrySet().stream()
        .sorted(
            Comparator.comparingLong((Map.Entry<Call, Weight> c) -> -c.getValue().value)
                .thenComparing(c -> numbers.get(c.getKey().caller()))
                .thenComparing(c -> numbers.get(c.getKey().callee())))
        .forEach(c ->
            edge(
                out,
                numbers.get(c.getKey().caller()),
                numbers.get(c.getKey().callee()),
                c.getKey(),
                c.getValue()));
    return out.append("}\n").toString();
  }

  private void sumFunctions() {
    var above = new HashMap<String, Integer>();
    walk(
        new Visitor() {
          @Override
          public void enter(int node) {
            long[] sums = functions.computeIfAbsent(tree.name(node), n -> new long[2]);
            sums[0] += tree.self(node);
            if (above.merge(tree.name(node), 1, Integer::sum) == 1) {
              sums[1] += tree.total(node);
            }
          }

          @Override
          public void leave(int node) {
            above.merge(tree.name(node), -1, Integer::sum);
          }
        });
  }

  private void sumCalls(Set<String> drawn) {
    // The functions on the way that are drawn, how many were left out since, and calls on it.
    var path = new ArrayList<String>();
    var skipped = new ArrayList<Integer>();
    skipped.add(0);
    var onPath = new HashSet<Call>();
    var added = new ArrayList<Call>();
    walk(
        new Visitor() {
          @Override
          public void enter(int node) {
            String name = tree.name(node);
            Call call = null;
            if (!drawn.contains(name)) {
              skipped.set(skipped.size() - 1, skipped.getLast() + 1);
            } else {
              if (!path.isEmpty()) {
                var here = new Call(path.getLast(), name);
                boolean indirect = skipped.getLast() > 0;
                // What a function calls through one that is left out is no call of its own.
                if (!(indirect && path.getLast().equals(name)) && onPath.add(here)) {
                  call = here;
                  Weight weight = calls.computeIfAbsent(here, c -> new Weight());
                  weight.value += tree.total(node);
                  weight.indirect |= indirect;
                }
              }
              path.add(name);
              skipped.add(0);
            }
            added.add(call);
          }

          @Override
          public void leave(int node) {
            if (!drawn.contains(tree.name(node))) {
              skipped.set(skipped.size() - 1, skipped.getLast() - 1);
            } else {
              path.removeLast();
              skipped.removeLast();
            }
            Call call = added.removeLast();
            if (call != null) {
              onPath.remove(call);
            }
          }
        });
  }

  private void legend(StringBuilder out, String name, int drawn) {
    String label = "Type: " + name;
    out.append("subgraph cluster_L { \"")
        .append(escaped(label))
        .append("\" [shape=box fontsize=16 label=\"")
        .append(escaped(label))
        .append("\\lShowing nodes accounting for ")
        .append(value(tree.total(0)))
        .append("\\lShowing top ")
        .append(drawn)
        .append(" nodes out of ")
        .append(functions.size())
        .append("\\l\"] }\n");
  }

  private void node(StringBuilder out, int number, String name, long flat, long cumulative) {
    double share = share(flat);
    out.append('N').append(number).append(" [label=\"").append(escaped(name)).append("\\n");
    out.append(flat == 0 ? "0" : value(flat) + " (" + percent(flat) + ")");
    if (cumulative != flat) {
      out.append("\\nof ").append(value(cumulative)).append(" (").append(percent(cumulative));
      out.append(')');
    }
    out.append("\" id=\"node").append(number).append("\" fontsize=");
    out.append(8 + (int) Math.ceil(16 * Math.sqrt(share)));
    out.append(" shape=box tooltip=\"").append(escaped(name)).append(" (");
    out.append(value(cumulative)).append(")\" color=\"").append(color(share(cumulative), 0.7));
    out.append("\" fillcolor=\"").append(color(share(cumulative), 0.93)).append("\"]\n");
  }

  private void edge(StringBuilder out, int caller, int callee, Call call, Weight weight) {
    double share = share(weight.value);
    String arrow = weight.indirect ? " ... " : " -> ";
    out.append('N').append(caller).append(" -> N").append(callee).append(" [label=\" ");
    out.append(value(weight.value)).append("\" weight=").append(1 + (int) (100 * share));
    if (share > 0.05) {
      out.append(" penwidth=").append(1 + (int) (5 * share));
    }
    out.append(" color=\"").append(color(share, 0.7)).append("\" tooltip=\"");
    out.append(escaped(call.caller())).append(arrow).append(escaped(call.callee())).append(" (");
    out.append(value(weight.value)).append(")\"");
    if (weight.indirect) {
      out.append(" style=\"dotted\"");
    }
    out.append("]\n");
  }

  private double share(long value) {
    return tree.total(0) == 0 ? 0 : Math.min(1, (double) value / tree.total(0));
  }

  private String percent(long value) {
    double percent = 100 * share(value);
    return percent >= 99.95
        ? "100%"
        : String.format(Locale.ROOT, percent >= 1 ? "%.1f%%" : "%.2f%%", percent);
  }

  /// From gray to red.
  private static String color(double share, double lightness) {
    int red = (int) (255 * Math.min(1, lightness + (1 - lightness) * share * 0.6));
    int rest = (int) (255 * lightness * (1 - 0.6 * share * (1 - lightness / 2)));
    return String.format("#%02x%02x%02x", red, rest, rest);
  }

  private String value(long value) {
    return switch (unit) {
      case "nanoseconds" -> duration(value);
      case "bytes" -> scaled(value, new String[] {"B", "kB", "MB", "GB", "TB"});
      default -> Long.toString(value);
    };
  }

  private static String duration(long nanos) {
    double value = nanos;
    if (value >= 3.6e12) {
      return decimal(value / 3.6e12) + "hrs";
    }
    if (value >= 6e10) {
      return decimal(value / 6e10) + "mins";
    }
    if (value >= 1e9) {
      return decimal(value / 1e9) + "s";
    }
    if (value >= 1e6) {
      return decimal(value / 1e6) + "ms";
    }
    return value >= 1e3 ? decimal(value / 1e3) + "us" : nanos + "ns";
  }

  private static String scaled(long value, String[] units) {
    double scaled = value;
    int u = 0;
    while (scaled >= 1024 && u < units.length - 1) {
      scaled /= 1024;
      u++;
    }
    return decimal(scaled) + units[u];
  }

  private static String decimal(double value) {
    String text = String.format(Locale.ROOT, "%.2f", value);
    return text.endsWith(".00") ? text.substring(0, text.length() - 3) : text;
  }

  private static String escaped(String text) {
    return text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
  }
}
