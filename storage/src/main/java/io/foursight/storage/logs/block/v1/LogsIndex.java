package io.foursight.storage.logs.block.v1;

import io.foursight.model.FoursightException;
import io.foursight.model.Labels;
import io.foursight.storage.encoding.ByteReader;
import io.foursight.storage.object.RangedReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// The index of one block: streams and summaries of row groups in memory, directories through the
/// cache. Safe from any thread.
final class LogsIndex implements AutoCloseable {
  private final RangedReader file;
  private final LogsBlockCache cache;
  private final long readerId;
  private final List<Labels> streams;
  private final List<GroupSummary> groups;

  /// Reads the whole file in one request.
  LogsIndex(RangedReader file, long size, LogsBlockCache cache) {
    this.file = file;
    this.cache = cache;
    readerId = cache.newReader();
    if (size > Integer.MAX_VALUE - 16) {
      throw FoursightException.corrupt(LogsBlockFormat.INDEX + ": " + size + " bytes");
    }
    byte[] index = file.read(0, (int) size);
    if (index.length != size) {
      throw FoursightException.corrupt(
          LogsBlockFormat.INDEX + ": truncated: " + index.length + " of " + size + " bytes");
    }
    var footer = LogsBlockFormat.readFooter(index);
    LogsBlockFormat.checkHeader(
        new ByteReader(index, 0, index.length, LogsBlockFormat.INDEX, 0), LogsBlockFormat.INDEX);
    int streamsAt = (int) footer.streamsOffset();
    int groupsAt = (int) footer.groupsOffset();
    int end = index.length - LogsBlockFormat.FOOTER_BYTES;
    streams = StreamTable.read(Section.unpack(index, streamsAt, groupsAt, 0));
    groups = readGroups(Section.unpack(index, groupsAt, end, 0), streamsAt);
    for (int g = 0; g < groups.size(); g++) {
      GroupSummary group = groups.get(g);
      int at = (int) group.directoryOffset();
      cache.put(readerId, g, Arrays.copyOfRange(index, at, at + group.directoryLength()));
    }
  }

  private List<GroupSummary> readGroups(ByteReader in, int directoriesEnd) {
    int count = in.varint(in.remaining());
    var read = new ArrayList<GroupSummary>(count);
    long offset = LogsBlockFormat.HEADER_BYTES;
    long directory = LogsBlockFormat.HEADER_BYTES;
    for (int g = 0; g < count; g++) {
      GroupSummary group = GroupSummary.read(in, streams.size(), offset, directory);
      offset += group.length();
      directory += group.directoryLength();
      read.add(group);
    }
    if (directory != directoriesEnd || in.remaining() > 0) {
      throw in.corrupt("directories end at " + directory + ", not at " + directoriesEnd);
    }
    return List.copyOf(read);
  }

  List<Labels> streams() {
    return streams;
  }

  List<GroupSummary> groups() {
    return groups;
  }

  GroupDirectory directory(int group) {
    Optional<GroupDirectory> known = cache.directory(readerId, group);
    if (known.isPresent()) {
      return known.get();
    }
    GroupSummary summary = groups.get(group);
    long offset = summary.directoryOffset();
    int length = summary.directoryLength();
    byte[] packed = cache.packed(readerId, group).orElseGet(() -> file.read(offset, length));
    if (packed.length != length) {
      throw FoursightException.corrupt(
          LogsBlockFormat.INDEX + ": truncated: " + packed.length + " bytes at offset " + offset);
    }
    var directory = GroupDirectory.read(Section.unpack(packed, 0, length, offset), summary);
    cache.put(readerId, group, directory);
    return directory;
  }

  @Override
  public void close() {
    cache.forget(readerId);
    file.close();
  }
}
