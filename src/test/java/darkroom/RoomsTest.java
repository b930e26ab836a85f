package darkroom;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The plan of the house: which room may know which. */
@AnalyzeClasses(packages = "darkroom", importOptions = ImportOption.DoNotIncludeTests.class)
final class RoomsTest {
    private static final Map<String, List<String>> MAY_KNOW = new TreeMap<>(Map.ofEntries(
            Map.entry("job", List.of()),
            Map.entry("json", List.of()),
            Map.entry("files", List.of()),
            Map.entry("picture", List.of("files", "json")),
            Map.entry("promptfile", List.of("job", "json", "files", "picture")),
            Map.entry("check", List.of("files", "secret")),
            Map.entry("webui", List.of("job", "json", "files", "picture")),
            Map.entry("finish", List.of("job", "files", "picture")),
            Map.entry("output", List.of("job", "json", "files")),
            Map.entry("work", List.of("job", "json", "files")),
            Map.entry("event", List.of("job", "json", "files", "output")),
            Map.entry("outbox", List.of("job", "json", "files", "output", "event")),
            Map.entry("intake", List.of("job", "json", "files", "output", "work")),
            Map.entry("settings", List.of("job", "files", "output", "secret")),
            Map.entry("secret", List.of()),
            Map.entry("yaml", List.of("job")),
            Map.entry("schedule", List.of("yaml")),
            Map.entry(
                    "camel",
                    List.of(
                            "job",
                            "json",
                            "files",
                            "picture",
                            "promptfile",
                            "webui",
                            "output",
                            "finish",
                            "work",
                            "event",
                            "outbox",
                            "intake",
                            "settings",
                            "secret",
                            "schedule",
                            "yaml",
                            "check")),
            Map.entry("sandbox", List.of()),
            Map.entry(
                    "cli",
                    List.of(
                            "job",
                            "json",
                            "files",
                            "promptfile",
                            "settings",
                            "secret",
                            "schedule",
                            "yaml",
                            "camel",
                            "check",
                            "sandbox"))));

    @ArchTest
    static final ArchRule roomsHaveNoCircles =
            slices().matching("darkroom.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule onlyCamelKnowsCamel = noClasses()
            .that()
            .resideOutsideOfPackage("darkroom.camel..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.camel..", "org.apache.hc..", "io.vertx..");

    @ArchTest
    static final ArchRule jobsAreMadeOfJavaAlone = classes()
            .that()
            .resideInAPackage("darkroom.job..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("java..", "darkroom.job..", "org.jspecify..");

    @ArchTest
    static final ArchRule schedulingIsMadeOfJavaAlone = classes()
            .that()
            .resideInAPackage("darkroom.schedule")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("java..", "darkroom.schedule", "org.jspecify..");

    @ArchTest
    static void eachRoomKnowsOnlyWhatItMay(JavaClasses all) {
        MAY_KNOW.forEach((room, known) -> {
            List<String> others = new ArrayList<>(MAY_KNOW.keySet());
            others.remove(room);
            others.removeAll(known);
            noClasses()
                    .that(resideInAPackage("darkroom." + room + ".."))
                    .should()
                    .dependOnClassesThat(resideInAnyPackage(others.stream()
                            .map(other -> "darkroom." + other + "..")
                            .toArray(String[]::new)))
                    .allowEmptyShould(true)
                    .check(all);
        });
    }

    @ArchTest
    static void everyRoomIsOnThePlan(JavaClasses all) {
        Set<String> rooms = new TreeSet<>();
        for (JavaClass one : all) {
            rooms.add(one.getPackageName().split("\\.", -1)[1]);
        }
        assertThat(MAY_KNOW.keySet()).containsAll(rooms);
    }
}
