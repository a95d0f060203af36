package io.foursight.config;

import io.foursight.model.FoursightException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/// Reads one YAML document into [RawValue]s. Scalars keep the text as written (a version `1.10`
/// stays `1.10`), anchors and `<<` work, a key that stands twice is an error.
final class YamlReader {
  private static final int MAX_NODES = 1_000_000;

  private final String source;
  private int nodes;

  private YamlReader(String source) {
    this.source = source;
  }

  /// @param source file name for messages
  /// @throws FoursightException `BAD_DATA` with the line
  static RawValue.Entries read(String yaml, String source) {
    Node root;
    try {
      root = new Yaml(new SafeConstructor(new LoaderOptions())).compose(new StringReader(yaml));
    } catch (MarkedYAMLException e) {
      int line = e.getProblemMark() == null ? 1 : e.getProblemMark().getLine() + 1;
      throw FoursightException.badData(source + ":" + line + ": not valid YAML: " + e.getProblem());
    } catch (YAMLException e) {
      throw FoursightException.badData(source + ": not valid YAML: " + e.getMessage());
    }
    if (root == null) {
      return new RawValue.Entries(Map.of(), source + ":1");
    }
    var reader = new YamlReader(source);
    return switch (reader.convert(root)) {
      case RawValue.Entries entries -> entries;
      case RawValue.Nothing nothing -> new RawValue.Entries(Map.of(), nothing.place());
      case RawValue.Text other -> throw notAMapping(other);
      case RawValue.Items other -> throw notAMapping(other);
    };
  }

  private static FoursightException notAMapping(RawValue other) {
    return FoursightException.badData(other.place() + ": expected keys and values");
  }

  private RawValue convert(Node node) {
    if (++nodes > MAX_NODES) {
      throw FoursightException.badData(
          source + ": more than " + MAX_NODES + " values after expanding anchors");
    }
    String place = source + ":" + (node.getStartMark().getLine() + 1);
    if (node instanceof MappingNode mapping) {
      return new RawValue.Entries(entries(mapping, place), place);
    }
    if (node instanceof SequenceNode sequence) {
      List<RawValue> items = new ArrayList<>();
      sequence.getValue().forEach(item -> items.add(convert(item)));
      return new RawValue.Items(items, place);
    }
    if (node instanceof ScalarNode scalar && !scalar.getTag().equals(Tag.NULL)) {
      return new RawValue.Text(scalar.getValue(), place);
    }
    return new RawValue.Nothing(place);
  }

  private Map<String, RawValue> entries(MappingNode mapping, String place) {
    Map<String, RawValue> own = new LinkedHashMap<>();
    Map<String, RawValue> merged = new LinkedHashMap<>();
    for (NodeTuple tuple : mapping.getValue()) {
      if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
        throw FoursightException.badData(place + ": a key must be a plain text");
      }
      if (key.getTag().equals(Tag.MERGE) && tuple.getValueNode() instanceof MappingNode base) {
        entries(base, place).forEach(merged::putIfAbsent);
      } else if (own.put(key.getValue(), convert(tuple.getValueNode())) != null) {
        throw FoursightException.badData(
            source
                + ":"
                + (key.getStartMark().getLine() + 1)
                + ": key \""
                + key.getValue()
                + "\" stands twice");
      }
    }
    merged.forEach(own::putIfAbsent);
    return own;
  }
}
