package io.foursight.integration;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.IntPredicate;

/// A network that can be cut: forwards bytes to a port of this machine; while it is cut, bytes
/// vanish and connections seem to stand. Owned by one test.
final class TcpProxy implements AutoCloseable {
  private final ServerSocket listening;
  private final int target;
  private final List<Connection> connections = new CopyOnWriteArrayList<>();
  private volatile IntPredicate cut = port -> false;

  /// @param from the side that connected
  private record Connection(Socket from, Socket to) {
    void close() {
      TcpProxy.close(from);
      TcpProxy.close(to);
    }
  }

  TcpProxy(int target) {
    this.target = target;
    try {
      listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.startVirtualThread(this::accept);
  }

  int port() {
    return listening.getLocalPort();
  }

  void cut() {
    cut(port -> true);
  }

  /// Cuts the connections of some.
  ///
  /// @param clients told the port that the connecting side has, once for every piece of bytes
  void cut(IntPredicate clients) {
    cut = clients;
  }

  /// Connections that lost bytes are of no use any more.
  void heal() {
    IntPredicate before = cut;
    cut = port -> false;
    for (Connection connection : connections) {
      if (before.test(connection.from().getPort())) {
        connection.close();
        connections.remove(connection);
      }
    }
  }

  private void accept() {
    while (!listening.isClosed()) {
      try {
        Socket from = listening.accept();
        Thread.startVirtualThread(() -> connect(from));
      } catch (IOException e) {
        // Closed.
      }
    }
  }

  private void connect(Socket from) {
    Socket to;
    try {
      to = new Socket(InetAddress.getLoopbackAddress(), target);
    } catch (IOException e) {
      // The target is not there: the client sees its connection end.
      close(from);
      return;
    }
    connections.add(new Connection(from, to));
    Thread.startVirtualThread(() -> copy(from, to, from.getPort()));
    Thread.startVirtualThread(() -> copy(to, from, from.getPort()));
  }

  private void copy(Socket from, Socket to, int client) {
    byte[] buffer = new byte[1 << 16];
    try (InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream()) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        if (!cut.test(client)) {
          out.write(buffer, 0, n);
          out.flush();
        }
      }
    } catch (IOException e) {
      // One side is gone; the other follows.
    }
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    listening.close();
    connections.forEach(Connection::close);
  }
}
