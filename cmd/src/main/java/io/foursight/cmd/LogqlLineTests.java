package io.foursight.cmd;

import io.foursight.model.FoursightException;
import io.foursight.model.logs.LineTest;
import io.foursight.querylanguages.logql.ast.Stage;
import io.foursight.querylanguages.logql.parse.LogqlParser;
import io.foursight.querylanguages.logql.pipeline.LineTests;
import java.util.List;

/// Line tests from what they call themselves.
final class LogqlLineTests {
  private LogqlLineTests() {}

  /// @param text one line filter in LogQL, such as `|= "x"`
  static LineTest compile(String text) {
    List<Stage> stages = LogqlParser.parseLogQuery("{any=\"stream\"} " + text).stages();
    if (stages.size() == 1 && stages.getFirst() instanceof Stage.LineFilter filter) {
      List<LineTest> tests = LineTests.compile(filter).tests();
      if (tests.size() == 1) {
        return tests.getFirst();
      }
    }
    throw FoursightException.badData("not a line filter: " + text);
  }
}
