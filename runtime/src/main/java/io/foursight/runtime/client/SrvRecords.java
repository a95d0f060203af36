package io.foursight.runtime.client;

import io.foursight.model.FoursightException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Hashtable;
import java.util.List;
import javax.naming.Context;
import javax.naming.NamingEnumeration;
import javax.naming.NamingException;
import javax.naming.directory.Attribute;
import javax.naming.directory.InitialDirContext;

/// Looks up SRV records (RFC 2782): which hosts and ports offer a service. Safe from any thread;
/// blocks for a few seconds at most.
public final class SrvRecords {
  private static final String TIMEOUT_MILLIS = "1000";
  private static final String RETRIES = "2";

  private final String server;

  /// At the servers of the operating system.
  public SrvRecords() {
    this("dns:");
  }

  /// @param server `dns://host:port`
  SrvRecords(String server) {
    this.server = server;
  }

  /// One place that offers the service.
  public record Place(String host, int port, int priority) {}

  /// By priority, then as the server orders them.
  ///
  /// @param name such as `_gossip._tcp.foursight.svc.cluster.local`
  /// @throws FoursightException `UNAVAILABLE` when there are none or nobody answers
  // Only the DNS provider is asked, for the text of one kind of record: no object is ever read.
  @SuppressWarnings("BanJNDI")
  public List<Place> lookup(String name) {
    var environment = new Hashtable<String, String>();
    environment.put(Context.INITIAL_CONTEXT_FACTORY, "com.sun.jndi.dns.DnsContextFactory");
    environment.put(Context.PROVIDER_URL, server);
    environment.put("com.sun.jndi.dns.timeout.initial", TIMEOUT_MILLIS);
    environment.put("com.sun.jndi.dns.timeout.retries", RETRIES);
    try {
      var context = new InitialDirContext(environment);
      try {
        Attribute records = context.getAttributes(name, new String[] {"SRV"}).get("SRV");
        if (records == null) {
          throw FoursightException.unavailable(name + " has no SRV records");
        }
        List<Place> places = new ArrayList<>();
        NamingEnumeration<?> all = records.getAll();
        while (all.hasMore()) {
          places.add(place(String.valueOf(all.next())));
        }
        places.sort(Comparator.comparingInt(Place::priority));
        return places;
      } finally {
        context.close();
      }
    } catch (NamingException e) {
      throw FoursightException.unavailable("SRV records of " + name + ": " + e.getMessage());
    }
  }

  /// `priority weight port target.`
  private static Place place(String record) {
    String[] parts = record.split(" ");
    String host = parts[3];
    return new Place(
        host.endsWith(".") ? host.substring(0, host.length() - 1) : host,
        Integer.parseInt(parts[2]),
        Integer.parseInt(parts[0]));
  }
}
