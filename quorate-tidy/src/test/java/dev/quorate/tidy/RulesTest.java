package dev.quorate.tidy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each rule is red on a small bad source and green on a good one. */
final class RulesTest {
    @Test
    void determinismRefusesWhatDiffersBetweenRuns() {
        assertRed(new Determinism(), Samples.main("raft", "import java.util.HashMap;\nclass A {}"));
        assertRed(
                new Determinism(),
                Samples.main("raft", "import java.util.*;\nclass A { Object m = new HashSet<>(); }"));
        assertRed(new Determinism(), Samples.main("raft", "class A { Object m = java.util.UUID.randomUUID(); }"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Set.of(1, 2)",
                "Map.of(1, 2)",
                "java.util.Map.copyOf(m)",
                "new Random()",
                "new java.util.Random()",
                "Math.random()",
                "RandomGenerator.getDefault()",
                "System.nanoTime()",
                "System.getProperty(\"a\")",
                "Thread.currentThread()",
                "new ThreadLocal<String>()",
                "System.identityHashCode(m)"
            })
    void determinismRefusesTheExpression(String expression) {
        Source source = Samples.main("raft", "class A { Object m = " + expression + "; }");
        assertThat(new Determinism().violations(source)).isNotEmpty();
        assertGreen(new Determinism(), Samples.main("engine", "class A { Object m = " + expression + "; }"));
        assertGreen(new Determinism(), Samples.test("raft", "class A { Object m = " + expression + "; }"));
    }

    @Test
    void determinismRefusesStaticImports() {
        assertRed(new Determinism(), Samples.main("raft", "import static java.util.Set.of;\nclass A {}"));
        assertRed(new Determinism(), Samples.main("raft", "import static java.lang.System.nanoTime;\nclass A {}"));
    }

    @Test
    void determinismAcceptsOrderedCollectionsAndSeededRandom() {
        String body = """
                import java.util.*;
                class A {
                    Map<Long, Long> m = new TreeMap<>();
                    List<Long> l = List.of(1L, 2L);
                    Random r = new Random(7);
                    void f(byte[] a) { System.arraycopy(a, 0, a, 1, 1); }
                }
                """;
        assertGreen(new Determinism(), Samples.main("raft", body));
    }

    @Test
    void linesAreCountedByColumns() {
        assertGreen(new Lengths(), Samples.main("kv", "//" + "x".repeat(118)));
        assertRed(new Lengths(), Samples.main("kv", "//" + "x".repeat(119)));
        assertGreen(new Lengths(), Samples.main("kv", "//" + "\uD83D\uDE00".repeat(118)));
    }

    @Test
    void filesAreCountedByLines() {
        assertGreen(new Lengths(), Samples.main("kv", "//\n".repeat(598)));
        assertRed(new Lengths(), Samples.main("kv", "//\n".repeat(600)));
    }

    @Test
    void methodsAreCountedFromTheirFirstAnnotationToTheirBrace() {
        String method = "class A {\n/** Not\n counted. */\n@Deprecated\nvoid f() {\n%s}\n}";
        assertGreen(new Lengths(), Samples.main("kv", method.formatted("\n".repeat(67))));
        assertRed(new Lengths(), Samples.main("kv", method.formatted("\n".repeat(68))));
    }

    @Test
    void constructorsInitializersAndMethodsOfRecordsAreMethodsToo() {
        String lines = "\n".repeat(70);
        assertRed(new Lengths(), Samples.test("kv", "class A {\nA() {" + lines + "}\n}"));
        assertRed(new Lengths(), Samples.test("kv", "class A {\nstatic {" + lines + "}\n}"));
        assertRed(new Lengths(), Samples.test("kv", "record A(int a) {\nA {" + lines + "}\n}"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"NodeImpl", "LogManager", "Util", "FileUtils", "TestHelper", "HandlerBase", "KeyData", "V2Info"})
    void namesRefuseTheEmptyWord(String name) {
        assertRed(new Names(), Samples.main("kv", "class " + name + " {}"));
        assertRed(new Names(), Samples.test("kv", "class A { enum " + name + " {} }"));
        assertRed(new Names(), Samples.main("kv", "interface A { record " + name + "() {} }"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"Database", "ImplicitKey", "InfoRequest", "Metadata", "SnapshotMetadata", "Rebase", "UtilityRow"
            })
    void namesAcceptTheWordAsAPartOfAnother(String name) {
        assertGreen(new Names(), Samples.main("kv", "class " + name + " {}"));
    }

    @Test
    void namesRefuseGetOnAccessors() {
        assertRed(new Names(), Samples.main("kv", "record A(int b) { int getB() { return b; } }"));
        assertRed(new Names(), Samples.main("kv", "interface A { String getName(); }"));
    }

    @Test
    void namesAcceptGetWhereItIsNotAnAccessorOrNamedElsewhere() {
        String body = """
                interface A {
                    byte[] get(byte[] key);
                    String getaway();
                    long getOrDefault(String key, long other);
                    Object getLatestSnapshotMetadata();
                }
                class B extends Exception {
                    @Override public String getMessage() { return ""; }
                    void getsWhatWasPut() {}
                }
                """;
        assertGreen(new Names(), Samples.main("kv", body));
    }

    @ParameterizedTest
    @CsvSource({"TO,DO", "FIX,ME", "X,XX"})
    void leftoversAreRefusedInCommentsAndStrings(String begin, String end) {
        assertRed(new Leftovers(), Samples.main("kv", "// " + begin + end + ": later"));
        assertRed(new Leftovers(), Samples.test("kv", "class A { String s = \"" + begin + end + "\"; }"));
        assertGreen(new Leftovers(), Samples.main("kv", "// " + begin + end + "X is a word of its own"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"System.out.println()", "java.lang.System.err.println()", "new Exception().printStackTrace()"})
    void outputIsForTheCommandLine(String statement) {
        String body = "class A { void f() { " + statement + "; } }";
        assertRed(new Output(), Samples.main("engine", body));
        assertRed(new Output(), Samples.test("engine", body));
        assertGreen(new Output(), Samples.main("server", body));
        assertGreen(new Output(), Samples.main("examples", body));
        assertGreen(new Output(), Samples.main("benchmarks", body));
    }

    @Test
    void outputSeesStaticImportsAndNoOtherFields() {
        assertRed(new Output(), Samples.main("wal", "import static java.lang.System.err;\nclass A {}"));
        assertGreen(new Output(), Samples.main("wal", "class A { Object f(A a) { return a.out; } Object out; }"));
    }

    @Test
    void assertStatementsAreRefused() {
        assertRed(new Checks(), Samples.main("wal", "class A { void f(int i) { assert i > 0; } }"));
        assertGreen(new Checks(), Samples.main("wal", "class A { void f(int i) { Invariant.check(i > 0, \"i\"); } }"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "@SuppressWarnings(\"NullAway\")",
                "@SuppressWarnings({\"unchecked\", \"NullAway\"})",
                "@java.lang.SuppressWarnings(value = \"NullAway\")",
                "@NullUnmarked"
            })
    void theNullCheckerIsNotSilenced(String annotation) {
        assertRed(new Checks(), Samples.main("wal", annotation + " class A {}"));
        assertRed(new Checks(), Samples.test("wal", "class A { " + annotation + " void f() {} }"));
    }

    @Test
    void otherWarningsMayBeSuppressedWhereTheyStand() {
        assertGreen(new Checks(), Samples.main("wal", "@SuppressWarnings(\"unchecked\") class A {}"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Thread.sleep(1)",
                "java.lang.Thread.sleep(1)",
                "TimeUnit.SECONDS.sleep(1)",
                "java.util.concurrent.TimeUnit.NANOSECONDS.sleep(1)",
                "MILLISECONDS.sleep(1)"
            })
    void testsDoNotSleep(String call) {
        String body = "class A { void f() throws Exception { " + call + "; } }";
        assertRed(new TestDiscipline(), Samples.test("wal", body));
        assertGreen(new TestDiscipline(), Samples.main("wal", body));
    }

    @Test
    void testsDoNotHide() {
        assertRed(new TestDiscipline(), Samples.test("wal", "import static java.lang.Thread.sleep;\nclass A {}"));
        assertRed(new TestDiscipline(), Samples.test("wal", "class A { @Disabled(\"slow\") void f() {} }"));
        assertGreen(
                new TestDiscipline(), Samples.test("wal", "class A { @Test void sleepersWake() { clock.sleep(1); } }"));
    }

    @Test
    void aPackageWithoutItsOwnWordsIsRefused() {
        Source type = Samples.main("wal", "class A {}");
        Source good = Samples.packageInfo("wal", "/** The log. */\n@NullMarked\n");
        assertThat(PackageInfos.violations(List.of(type, good))).isEmpty();
        assertThat(PackageInfos.violations(List.of(type)))
                .singleElement()
                .satisfies(v -> assertThat(v.message()).contains("no package-info"));
        assertThat(PackageInfos.violations(List.of(type, Samples.packageInfo("wal", "/** The log. */\n"))))
                .singleElement()
                .satisfies(v -> assertThat(v.message()).contains("@NullMarked"));
        assertThat(PackageInfos.violations(List.of(type, Samples.packageInfo("wal", "@NullMarked\n"))))
                .singleElement()
                .satisfies(v -> assertThat(v.message()).contains("what it is for"));
        assertThat(PackageInfos.violations(List.of(type, Samples.packageInfo("kv", "/** KV. */\n@NullMarked\n"))))
                .hasSize(1);
    }

    @Test
    void violationsNameFileAndLine() {
        Source source = Samples.main("wal", "\nclass A {\nvoid f(int i) { assert i > 0; }\n}");
        assertThat(new Checks().violations(source))
                .singleElement()
                .hasToString(Path.of("quorate-wal/src/main/java/dev/quorate/wal/Sample.java")
                        + ":4 assert is off in production: use an invariant");
    }

    @Test
    void whatIsNotJavaIsNotTidy() {
        assertThatThrownBy(() -> Samples.main("wal", "class {"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Sample.java");
    }

    private static void assertRed(Rule rule, Source source) {
        assertThat(rule.violations(source)).as(source.text()).isNotEmpty();
    }

    private static void assertGreen(Rule rule, Source source) {
        assertThat(rule.violations(source)).as(source.text()).isEmpty();
    }
}
