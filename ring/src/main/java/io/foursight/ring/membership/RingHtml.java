package io.foursight.ring.membership;

import io.foursight.ring.InstanceDescriptor;
import io.foursight.ring.Ring;
import io.foursight.ring.RingView;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The pages for people: plain tables, no script.
final class RingHtml {
  private static final String HEAD =
      """
      <!DOCTYPE html><html><head><meta charset="utf-8"><title>%s</title><style>
      body{font-family:sans-serif;margin:2em}table{border-collapse:collapse}
      td,th{border:1px solid #ccc;padding:.3em .6em;text-align:left}.bad{background:#fdd}
      </style></head><body><h1>%s</h1>
      """;

  private RingHtml() {}

  static String ring(
      RingView view, Collection<? extends RingView> others, Instant now, boolean tokens) {
    Ring ring = view.ring();
    String title = "Ring: " + view.name();
    var out = new StringBuilder(String.format(HEAD, title, title));
    out.append("<p>Current time: ").append(now.truncatedTo(ChronoUnit.SECONDS));
    out.append(". Replication factor: ").append(ring.rules().replicationFactor());
    out.append(ring.rules().zoneAware() ? ", over zones: " : ". Zones: ");
    out.append(escape(String.join(", ", ring.zones()))).append("</p><p>Rings:");
    for (RingView other : others) {
      out.append(" <a href=\"/ring/").append(other.name()).append("\">");
      out.append(other.name()).append("</a>");
    }
    out.append(" &middot; <a href=\"/memberlist\">memberlist</a></p>");
    out.append("<table><tr><th>Instance ID</th><th>Availability zone</th><th>State</th>");
    out.append("<th>Address</th><th>Version</th><th>Registered at</th><th>Read-only</th>");
    out.append("<th>Last heartbeat</th><th>Tokens</th><th>Ownership</th><th>Actions</th></tr>\n");
    Map<String, Double> ownership = ring.ownership();
    for (InstanceDescriptor instance : ring.instances()) {
      row(out, view, instance, ownership.get(instance.id()));
    }
    out.append("</table>");
    if (tokens) {
      tokens(out, ring);
    } else {
      out.append("<p><a href=\"?tokens=true\">Show tokens</a></p>");
    }
    return out.append("</body></html>\n").toString();
  }

  private static void row(
      StringBuilder out, RingView view, InstanceDescriptor instance, double ownership) {
    Ring ring = view.ring();
    Duration silence = view.silence(instance.id());
    out.append(ring.isHealthy(instance) ? "<tr>" : "<tr class=\"bad\">");
    cell(out, instance.id());
    cell(out, instance.zone());
    cell(out, RingJson.state(ring, instance));
    cell(out, instance.address());
    cell(out, instance.build());
    cell(out, instance.registered().truncatedTo(ChronoUnit.SECONDS).toString());
    cell(out, instance.readOnly() ? "since " + instance.readOnlySince() : "");
    cell(out, String.format(Locale.ROOT, "%.1f s ago", silence.toMillis() / 1e3));
    cell(out, String.valueOf(instance.tokens().size()));
    cell(out, String.format(Locale.ROOT, "%.1f %%", ownership * 100));
    out.append("<td><form method=\"POST\"><button name=\"forget\" value=\"");
    out.append(escape(instance.id()))
        .append("\" type=\"submit\">Forget</button></form></td></tr>\n");
  }

  private static void tokens(StringBuilder out, Ring ring) {
    for (InstanceDescriptor instance : ring.instances()) {
      out.append("<h2>").append(escape(instance.id())).append("</h2><p>");
      for (int i = 0; i < instance.tokens().size(); i++) {
        out.append(Integer.toUnsignedString(instance.tokens().at(i))).append(' ');
      }
      out.append("</p>");
    }
  }

  static String memberlist(List<String> lines, Collection<? extends RingView> rings) {
    var out = new StringBuilder(String.format(HEAD, "Memberlist", "Memberlist"));
    out.append("<table>");
    for (String line : lines) {
      int colon = line.indexOf(": ");
      out.append("<tr><th>").append(escape(line.substring(0, colon))).append("</th><td>");
      out.append(escape(line.substring(colon + 2))).append("</td></tr>\n");
    }
    out.append("</table><h2>Rings</h2><table><tr><th>Ring</th><th>Instances</th>");
    out.append("<th>Left</th><th>Snapshot</th></tr>\n");
    for (RingView view : rings) {
      int present = view.state().present().size();
      out.append("<tr><td><a href=\"/ring/").append(view.name()).append("\">");
      out.append(view.name()).append("</a></td><td>").append(present).append("</td><td>");
      out.append(view.state().instances().size() - present).append("</td><td>");
      out.append(view.version()).append("</td></tr>\n");
    }
    return out.append("</table></body></html>\n").toString();
  }

  private static void cell(StringBuilder out, String text) {
    out.append("<td>").append(escape(text)).append("</td>");
  }

  static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }
}
