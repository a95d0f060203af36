package io.foursight.cmd;

import io.foursight.model.Deadline;
import io.foursight.runtime.Service;
import java.util.List;

/// The shelves of one component as one service: started in order, stopped in reverse.
record Together(List<Service> services) implements Service {
  Together {
    services = List.copyOf(services);
  }

  @Override
  public void start() {
    services.forEach(Service::start);
  }

  @Override
  public void stop(Deadline deadline) {
    services.reversed().forEach(service -> service.stop(deadline));
  }
}
