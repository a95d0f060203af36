package io.foursight.wire.profiles;

import io.foursight.wire.protobuf.ProtoWriter;
import java.nio.charset.StandardCharsets;

/// Writes a [FrameTree] as Pyroscope's bytes of a tree:
///
/// ```
/// node = | length of name uvarint | name UTF-8 | self uvarint | number of children uvarint |
/// ```
///
/// the root, which has no name, first; then what is on a stack that each node puts its children on
/// in order, so that the last child with all below it comes first. An empty tree is no bytes.
///
/// The tree of `a` with self 1 and its child `b` with self 2:
///
/// ```
/// 00 00 01  01 61 01 01  01 62 02 00
/// ```
public final class TreeEncoder {
  private TreeEncoder() {}

  public static byte[] encode(FrameTree tree) {
    if (tree.nodes() == 1) {
      return new byte[0];
    }
    var out = new ProtoWriter(16 * tree.nodes());
    var stack = new int[tree.nodes()];
    int size = 1;
    while (size > 0) {
      int node = stack[--size];
      byte[] name = node == 0 ? new byte[0] : tree.name(node).getBytes(StandardCharsets.UTF_8);
      out.rawVarint(name.length);
      out.raw(name, 0, name.length);
      out.rawVarint(tree.self(node));
      int[] children = tree.children(node);
      out.rawVarint(children.length);
      for (int child : children) {
        stack[size++] = child;
      }
    }
    return out.toByteArray();
  }
}
