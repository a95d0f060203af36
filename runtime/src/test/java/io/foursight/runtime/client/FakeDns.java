package io.foursight.runtime.client;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// A DNS server on loopback that knows some SRV records and nothing else (RFC 1035, 2782).
final class FakeDns implements AutoCloseable {
  private static final int SRV = 33;
  private static final int NO_SUCH_NAME = 3;

  /// @param target a host name
  record Srv(int priority, int weight, int port, String target) {}

  final Map<String, List<Srv>> records = new ConcurrentHashMap<>();
  private final DatagramSocket socket;

  FakeDns() {
    try {
      socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().start(this::serve);
  }

  String url() {
    return "dns://127.0.0.1:" + socket.getLocalPort();
  }

  private void serve() {
    var packet = new DatagramPacket(new byte[1500], 1500);
    while (!socket.isClosed()) {
      try {
        packet.setLength(1500);
        socket.receive(packet);
        byte[] answer = answer(ByteBuffer.wrap(packet.getData(), 0, packet.getLength()));
        socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private byte[] answer(ByteBuffer query) throws IOException {
    short id = query.getShort();
    query.position(12);
    var name = new StringBuilder();
    for (int n = query.get(); n != 0; n = query.get()) {
      byte[] label = new byte[n];
      query.get(label);
      name.append(new String(label, StandardCharsets.US_ASCII)).append('.');
    }
    int type = query.getShort();
    name.setLength(Math.max(0, name.length() - 1));
    List<Srv> found = records.getOrDefault(name.toString().toLowerCase(Locale.ROOT), List.of());
    var bytes = new ByteArrayOutputStream();
    var out = new DataOutputStream(bytes);
    out.writeShort(id);
    out.writeShort(0x8580 | (found.isEmpty() ? NO_SUCH_NAME : 0));
    out.writeShort(1);
    out.writeShort(type == SRV ? found.size() : 0);
    out.writeShort(0);
    out.writeShort(0);
    name(out, name.toString());
    out.writeShort(type);
    out.writeShort(1);
    if (type == SRV) {
      for (Srv srv : found) {
        name(out, name.toString());
        out.writeShort(SRV);
        out.writeShort(1);
        out.writeInt(5);
        var data = new ByteArrayOutputStream();
        var record = new DataOutputStream(data);
        record.writeShort(srv.priority);
        record.writeShort(srv.weight);
        record.writeShort(srv.port);
        name(record, srv.target);
        out.writeShort(data.size());
        out.write(data.toByteArray());
      }
    }
    return bytes.toByteArray();
  }

  private static void name(DataOutputStream out, String name) throws IOException {
    for (String label : name.split("\\.")) {
      out.writeByte(label.length());
      out.writeBytes(label);
    }
    out.writeByte(0);
  }

  @Override
  public void close() {
    socket.close();
  }
}
