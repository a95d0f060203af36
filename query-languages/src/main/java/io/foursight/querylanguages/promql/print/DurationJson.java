package io.foursight.querylanguages.promql.print;

import io.foursight.querylanguages.promql.ast.DurationExpr;
import io.foursight.querylanguages.text.GoFloats;

/// Durations in the syntax tree: a plain one is a number of milliseconds, one that is computed
/// counts with zero there and has its tree in a field of its own.
final class DurationJson {
  private final JsonText out;

  DurationJson(JsonText out) {
    this.out = out;
  }

  /// The fields `key` and `keyExpr`.
  void fields(String key, DurationExpr d) {
    if (d instanceof DurationExpr.Seconds s) {
      none(key, Math.round(s.value() * 1e9) / 1_000_000);
      return;
    }
    out.key(key).raw(0).key(key + "Expr");
    if (d instanceof DurationExpr.Sign s
        && !s.negative()
        && !(s.operand() instanceof DurationExpr.Paren)
        && key.equals("offset")) {
      sign(s, false);
    } else {
      write(d, false);
    }
  }

  /// The fields where there is no tree.
  void none(String key, long millis) {
    out.key(key).raw(millis).key(key + "Expr").raw(null);
  }

  private void write(DurationExpr d, boolean wrapped) {
    switch (d) {
      case DurationExpr.Seconds s -> {
        if (wrapped) {
          open().key("lhs").raw(null).key("op").text("+").key("rhs");
          number(s);
          close(true);
        } else {
          number(s);
        }
      }
      case DurationExpr.Step _ -> function("step", wrapped);
      case DurationExpr.Range _ -> function("range", wrapped);
      case DurationExpr.Paren p -> write(p.inner(), true);
      case DurationExpr.Sign s -> {
        if (s.negative()) {
          sign(s, wrapped);
        } else {
          write(s.operand(), wrapped);
        }
      }
      case DurationExpr.Extreme e ->
          pair(e.max() ? "max_of" : "min_of", e.left(), e.right(), wrapped);
      case DurationExpr.Arithmetic a -> pair(a.operator().symbol(), a.left(), a.right(), wrapped);
    }
  }

  private void sign(DurationExpr.Sign s, boolean wrapped) {
    open().key("lhs").raw(null).key("op").text(s.negative() ? "-" : "+").key("rhs");
    write(s.operand(), false);
    close(wrapped);
  }

  private void function(String name, boolean wrapped) {
    open().key("lhs").raw(null).key("op").text(name).key("rhs").raw(null);
    close(wrapped);
  }

  private void pair(String operator, DurationExpr left, DurationExpr right, boolean wrapped) {
    open().key("lhs");
    write(left, false);
    out.key("op").text(operator).key("rhs");
    write(right, false);
    close(wrapped);
  }

  private void number(DurationExpr.Seconds s) {
    out.open('{').key("type").text("numberLiteral").key("val").text(GoFloats.plain(s.value()));
    out.key("duration").raw(s.written()).close('}');
  }

  private JsonText open() {
    return out.open('{').key("type").text("durationExpr");
  }

  private void close(boolean wrapped) {
    out.key("wrapped").raw(wrapped).close('}');
  }
}
