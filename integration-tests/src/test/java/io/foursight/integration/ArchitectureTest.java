package io.foursight.integration;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// The map of the house, asserted: arrows go down only, components never meet, signals never meet,
/// no package cycles, and each big library stays in its room.
class ArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.foursight");

  private static final List<String> ALL =
      List.of(
          "model",
          "config",
          "querylanguages",
          "wire",
          "runtime",
          "storage",
          "ring",
          "distributor",
          "ingester",
          "storegateway",
          "querier",
          "queryfrontend",
          "compactor",
          "cmd");

  /// What each module may use besides itself and libraries; the order is that of ARCHITECTURE.md.
  private static final Map<String, List<String>> ALLOWED =
      Map.ofEntries(
          Map.entry("model", List.of()),
          Map.entry("config", List.of("model")),
          Map.entry("querylanguages", List.of("model")),
          Map.entry("wire", List.of("model")),
          Map.entry("runtime", List.of("config", "model")),
          Map.entry("storage", List.of("runtime", "config", "model")),
          Map.entry("ring", List.of("wire", "runtime", "config", "model")),
          Map.entry("distributor", List.of("ring", "wire", "runtime", "config", "model")),
          Map.entry(
              "ingester",
              List.of("storage", "querylanguages", "wire", "runtime", "config", "model")),
          Map.entry(
              "storegateway",
              List.of("storage", "querylanguages", "wire", "runtime", "config", "model")),
          Map.entry(
              "querier", List.of("querylanguages", "ring", "wire", "runtime", "config", "model")),
          Map.entry(
              "queryfrontend", List.of("querylanguages", "wire", "runtime", "config", "model")),
          Map.entry("compactor", List.of("storage", "runtime", "config", "model")));

  @TestFactory
  List<DynamicTest> aModule_usesOnlyWhatLiesBelowIt() {
    return ALLOWED.entrySet().stream()
        .map(e ->
            DynamicTest.dynamicTest(
                e.getKey(), () -> onlyUses(e.getKey(), e.getValue()).check(CLASSES)))
        .toList();
  }

  private static ArchRule onlyUses(String module, List<String> allowed) {
    String[] refused =
        ALL.stream()
            .filter(other -> !other.equals(module) && !allowed.contains(other))
            .map(other -> "io.foursight." + other + "..")
            .toArray(String[]::new);
    return noClasses()
        .that()
        .resideInAPackage("io.foursight." + module + "..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(refused)
        .allowEmptyShould(true);
  }

  @Test
  void model_usesTheJdkOnly() {
    noClasses()
        .that()
        .resideInAPackage("io.foursight.model..")
        .should()
        .dependOnClassesThat(
            DescribedPredicate.not(resideInAnyPackage("java..", "io.foursight.model..")))
        .check(CLASSES);
  }

  @Test
  void signalPackages_neverImportEachOther() {
    for (String signal : List.of("metrics", "logs", "traces", "profiles")) {
      String[] others =
          List.of("metrics", "logs", "traces", "profiles").stream()
              .filter(s -> !s.equals(signal))
              .map(s -> "io.foursight.*." + s + "..")
              .toArray(String[]::new);
      noClasses()
          .that()
          .resideInAPackage("io.foursight.*." + signal + "..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(others)
          .allowEmptyShould(true)
          .check(CLASSES);
    }
  }

  @Test
  void packages_haveNoCycles() {
    slices().matching("io.foursight.(**)").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void libraries_stayInTheirRooms() {
    stays("com.linecorp.armeria..", "io.foursight.runtime..");
    stays("software.amazon.awssdk..", "io.foursight.storage..");
    stays(
        "ch.qos.logback..",
        "io.foursight.runtime..",
        "io.foursight.cmd..",
        "io.foursight.integration..");
    stays("org.jgroups..", "io.foursight.ring..");
    stays("org.apache.parquet..", "io.foursight.storage..");
    stays("org.apache.hadoop..", "io.foursight.none..");
    stays("picocli..", "io.foursight.benchmarks..");
    stays("org.apache.lucene..", "io.foursight.querylanguages..");
    stays("com.google.re2j..", "io.foursight.querylanguages..");
    stays("tools.jackson..", "io.foursight.none..");
    stays("sun.misc..", "io.foursight.none..");
  }

  private static void stays(String library, String... rooms) {
    DescribedPredicate<JavaClass> outside =
        DescribedPredicate.not(resideInAnyPackage(rooms)).as("outside " + List.of(rooms));
    noClasses()
        .that(outside)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(library)
        .allowEmptyShould(true)
        .check(CLASSES);
  }

  @Test
  void nothingButMain_exitsTheProcess() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.foursight.cmd..")
        .should()
        .callMethod(System.class, "exit", int.class)
        .orShould()
        .callMethod(Runtime.class, "halt", int.class)
        .check(CLASSES);
  }
}
