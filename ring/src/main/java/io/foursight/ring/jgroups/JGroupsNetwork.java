package io.foursight.ring.jgroups;

import io.foursight.model.Deadline;
import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.ring.LocalAddress;
import io.foursight.ring.RingScheduler;
import io.foursight.ring.Subscription;
import io.foursight.ring.config.MemberlistConfig;
import io.foursight.ring.gossip.GossipNetwork;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jgroups.Address;
import org.jgroups.BytesMessage;
import org.jgroups.JChannel;
import org.jgroups.Message;
import org.jgroups.View;
import org.jgroups.protocols.FD_ALL3;
import org.jgroups.protocols.FRAG4;
import org.jgroups.protocols.MERGE3;
import org.jgroups.protocols.TCP;
import org.jgroups.protocols.TCPPING;
import org.jgroups.protocols.UNICAST3;
import org.jgroups.protocols.VERIFY_SUSPECT2;
import org.jgroups.protocols.pbcast.GMS;
import org.jgroups.protocols.pbcast.NAKACK2;
import org.jgroups.protocols.pbcast.STABLE;
import org.jgroups.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Membership and messages from a JGroups channel over TCP. A member that closes its connection or
/// is silent for 8 s leaves the view; partitions merge within seconds after they are healed. The
/// cluster label is part of the channel's name: members with another label never share a view, and
/// both sides log whom they refused.
///
/// Starting checks the port and goes on while the channel looks for others. Safe from any thread.
public final class JGroupsNetwork implements GossipNetwork {
  private static final Logger log = LoggerFactory.getLogger(JGroupsNetwork.class);
  private static final Duration SILENCE = Duration.ofSeconds(8);

  private final MemberlistConfig config;
  private final RingScheduler scheduler;
  private final JoinMembers joinMembers;
  private final TCPPING discovery = new TCPPING();
  private final List<Subscription> timers = new ArrayList<>();
  private JChannel channel;
  private Receiver receiver;
  private volatile Map<String, Address> others = Map.of();
  private volatile View view;
  private volatile boolean looked;
  private volatile boolean stopped;
  private Duration complaintBackoff;
  private long lastComplaint;

  /// @throws FoursightException `BAD_DATA` for join members that make no sense
  public JGroupsNetwork(MemberlistConfig config, RingScheduler scheduler) {
    this.config = config;
    this.scheduler = scheduler;
    this.joinMembers = new JoinMembers(config.joinMembers(), config.bindPort());
    this.complaintBackoff = config.minJoinBackoff();
  }

  @Override
  public void receiver(Receiver receiver) {
    this.receiver = receiver;
  }

  /// @throws FoursightException `UNAVAILABLE` when the port is taken
  @Override
  public void start() {
    InetAddress bind = address(config.bindAddr());
    try (var probe = new ServerSocket()) {
      probe.setReuseAddress(true);
      probe.bind(
          new InetSocketAddress(config.bindAddr().isEmpty() ? null : bind, config.bindPort()));
    } catch (IOException e) {
      throw FoursightException.unavailable(
          "cannot listen on port "
              + config.bindPort()
              + " for gossip ("
              + e.getMessage()
              + "); -memberlist.bind-port moves it");
    }
    lookUp();
    try {
      channel = new JChannel(stack(bind)).name(nodeName()).receiver(new Events());
    } catch (Exception e) {
      throw new FoursightException(ErrorKind.INTERNAL, "JGroups cannot be set up", e);
    }
    timers.add(scheduler.every(config.rejoinInterval(), this::lookUp));
    timers.add(scheduler.every(config.minJoinBackoff(), this::complain));
    Thread.ofVirtual().name("memberlist-join").start(this::connect);
  }

  private void connect() {
    try {
      channel.connect("foursight:" + config.clusterLabel());
    } catch (Exception e) {
      if (!stopped) {
        log.error("gossip cannot start, this process is alone: {}", e.toString());
      }
    }
    looked = true;
    lastComplaint = scheduler.nanoTime();
    receiver.membersChanged();
    log.info("gossip is up node={} members={}", nodeName(), others.size() + 1);
  }

  private InetAddress address(String text) {
    if (text.isEmpty()) {
      return LocalAddress.of(List.of("eth0", "en0"));
    }
    try {
      return InetAddress.getByName(text);
    } catch (UnknownHostException e) {
      throw FoursightException.badData(
          "memberlist: \"" + text + "\" is no address of this machine");
    }
  }

  private String nodeName() {
    return config.nodeName().isEmpty()
        ? LocalAddress.hostName() + ":" + config.bindPort()
        : config.nodeName();
  }

  private List<org.jgroups.stack.Protocol> stack(InetAddress bind) {
    var tcp = new TCP();
    tcp.enableSuspectEvents(true).setSockConnTimeout(1000).setLinger(0);
    tcp.setBindAddr(bind)
        .setBindPort(config.bindPort())
        .setPortRange(0)
        .setBindToAllInterfaces(config.bindAddr().isEmpty())
        .useVirtualThreads(true);
    tcp.disableDiagnostics();
    if (!config.advertiseAddr().isEmpty()) {
      tcp.setExternalAddr(address(config.advertiseAddr()));
    }
    if (config.advertisePort() > 0) {
      tcp.setExternalPort(config.advertisePort());
    }
    discovery.setPortRange(0);
    return List.of(
        tcp,
        discovery,
        new MERGE3().setMinInterval(1000).setMaxInterval(4000),
        new FD_ALL3().setTimeout(SILENCE.toMillis()).setInterval(SILENCE.toMillis() / 4),
        new VERIFY_SUSPECT2().setTimeout(1000),
        new NAKACK2().useMcastXmit(false),
        new UNICAST3(),
        new STABLE(),
        new GMS().printLocalAddress(false).setJoinTimeout(1000).setLeaveTimeout(1000),
        new FRAG4());
  }

  /// Names may mean other addresses now, or have come into being.
  private void lookUp() {
    List<String> unknown = new ArrayList<>();
    discovery.setInitialHosts(joinMembers.resolve(unknown));
    if (!unknown.isEmpty()) {
      log.debug("names of memberlist.join_members that don't resolve: {}", unknown);
    }
  }

  /// Alone though told to join others: said once per backoff, which doubles.
  private void complain() {
    if (!looked || stopped || joinMembers.isEmpty() || !others.isEmpty()) {
      complaintBackoff = config.minJoinBackoff();
      return;
    }
    long now = scheduler.nanoTime();
    if (now - lastComplaint < complaintBackoff.toNanos()) {
      return;
    }
    lastComplaint = now;
    Duration doubled = complaintBackoff.multipliedBy(2);
    complaintBackoff =
        doubled.compareTo(config.maxJoinBackoff()) < 0 ? doubled : config.maxJoinBackoff();
    List<String> unknown = new ArrayList<>();
    joinMembers.resolve(unknown);
    log.warn(
        "no member of memberlist.join_members answers, going on alone and trying again"
            + " join_members={} unresolved={} cluster_label=\"{}\" next_message_in={}s",
        config.joinMembers(),
        unknown,
        config.clusterLabel(),
        complaintBackoff.toSeconds());
  }

  @Override
  public List<String> members() {
    return List.copyOf(others.keySet());
  }

  @Override
  public boolean hasLooked() {
    return looked;
  }

  @Override
  public void send(String member, byte[] bytes) {
    Address to = others.get(member);
    if (to == null || stopped) {
      return;
    }
    try {
      channel.send(new BytesMessage(to, bytes));
    } catch (Exception e) {
      log.debug("message not sent to={}: {}", to, e.toString());
    }
  }

  @Override
  public List<String> describe() {
    View now = view;
    List<String> lines = new ArrayList<>();
    lines.add("store: memberlist on JGroups");
    lines.add("node: " + nodeName());
    lines.add("view: " + (now == null ? "none yet" : now.getViewId()));
    if (now != null) {
      now.getMembers().forEach(m -> lines.add("member: " + m));
    }
    return lines;
  }

  @Override
  public void stop(Deadline deadline) {
    stopped = true;
    timers.forEach(Subscription::close);
    if (channel != null) {
      channel.close();
    }
  }

  /// For tests that break it.
  JChannel channel() {
    return channel;
  }

  private final class Events implements org.jgroups.Receiver {
    @Override
    public void receive(Message message) {
      byte[] bytes = new byte[message.getLength()];
      System.arraycopy(message.getArray(), message.getOffset(), bytes, 0, bytes.length);
      receiver.message(key(message.getSrc()), bytes);
    }

    @Override
    public void viewAccepted(View next) {
      Map<String, Address> seen = new LinkedHashMap<>();
      for (Address member : next.getMembers()) {
        if (!member.equals(channel.getAddress())) {
          seen.put(key(member), member);
        }
      }
      others = Map.copyOf(seen);
      view = next;
      log.info("members of the gossip: {}", next.getMembers());
      receiver.membersChanged();
    }

    /// Names of members need not be unique; these are.
    private static String key(Address address) {
      return address instanceof UUID uuid ? uuid.toStringLong() : address.toString();
    }
  }
}
