package io.foursight.wire.rpc;

import java.util.LinkedHashMap;
import java.util.Map;

/// The methods of one service and who answers them; built in one place and then only read.
public final class RpcService {
  private final String name;
  private final Map<RpcMethod, RpcHandler> handlers = new LinkedHashMap<>();

  public RpcService(String name) {
    this.name = name;
  }

  public RpcService on(RpcMethod method, RpcHandler handler) {
    if (!method.service().equals(name)) {
      throw new IllegalArgumentException(method + " is not a method of " + name);
    }
    handlers.put(method, handler);
    return this;
  }

  public String name() {
    return name;
  }

  public Map<RpcMethod, RpcHandler> handlers() {
    return handlers;
  }
}
