package io.foursight.runtime.server;

import com.linecorp.armeria.common.Flags;
import com.linecorp.armeria.common.util.EventLoopGroups;
import com.linecorp.armeria.common.util.TransportType;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/// The thread that accepts the connections of one door. It ends at once when it is told to: the
/// server closes it last, when nothing is left to do, and would wait for two more seconds. It is no
/// daemon: it keeps the process alive for as long as the door is open.
final class AcceptingLoop extends MultiThreadIoEventLoopGroup {
  private AcceptingLoop(String name, IoHandlerFactory io) {
    super(1, new DefaultThreadFactory(name, false), io);
  }

  static EventLoopGroup named(String name) {
    TransportType transport = Flags.transportType();
    return switch (transport) {
      case EPOLL -> new AcceptingLoop(name, EpollIoHandler.newFactory());
      case NIO -> new AcceptingLoop(name, NioIoHandler.newFactory());
      case KQUEUE, IO_URING -> EventLoopGroups.newEventLoopGroup(1, name, false);
    };
  }

  @Override
  public Future<?> shutdownGracefully() {
    return shutdownGracefully(0, 2, TimeUnit.SECONDS);
  }
}
