package io.foursight.runtime;

import io.foursight.model.FoursightException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// All modules that the program has, checked once: names are unique, needs exist, and there is no
/// cycle. Targets pick roots; what roots need comes along.
public final class ModuleGraph {
  private final Map<String, Module> modules = new LinkedHashMap<>();

  /// @throws FoursightException `BAD_DATA` naming the modules of a cycle, a double name or an
  ///   unknown need
  public ModuleGraph(List<Module> declared) {
    for (Module module : declared) {
      if (modules.putIfAbsent(module.name(), module) != null) {
        throw FoursightException.badData("two modules are named \"" + module.name() + "\"");
      }
    }
    for (Module module : declared) {
      for (String need : module.needs()) {
        if (!modules.containsKey(need)) {
          throw FoursightException.badData(
              "module \"" + module.name() + "\" needs \"" + need + "\", which does not exist");
        }
      }
    }
    order(modules.keySet());
  }

  public Set<String> names() {
    return new LinkedHashSet<>(modules.keySet());
  }

  /// The roots and all that they need, dependencies first. Stable: declaration order decides ties.
  public List<String> order(Collection<String> roots) {
    var done = new LinkedHashSet<String>();
    var path = new ArrayList<String>();
    for (String root : roots) {
      visit(root, path, done);
    }
    return new ArrayList<>(done);
  }

  /// Builds the services of the roots and of what they need; nothing is started.
  public ServiceGroup build(Collection<String> roots) {
    var services = new LinkedHashMap<String, Service>();
    for (String name : order(roots)) {
      services.put(name, module(name).factory().get());
    }
    return new ServiceGroup(services);
  }

  private void visit(String name, List<String> path, Set<String> done) {
    if (done.contains(name)) {
      return;
    }
    int loop = path.indexOf(name);
    path.add(name);
    if (loop >= 0) {
      throw FoursightException.badData(
          "modules need each other in a circle: "
              + String.join(" -> ", path.subList(loop, path.size())));
    }
    for (String need : new TreeSet<>(module(name).needs())) {
      visit(need, path, done);
    }
    path.removeLast();
    done.add(name);
  }

  private Module module(String name) {
    Module module = modules.get(name);
    if (module == null) {
      throw FoursightException.badData(
          "no module is named \"" + name + "\"; there are " + String.join(", ", modules.keySet()));
    }
    return module;
  }
}
