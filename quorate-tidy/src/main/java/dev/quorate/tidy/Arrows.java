package dev.quorate.tidy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The arrows between packages: who may import whom.
 *
 * <pre>
 *   raft ← spi ← engine ← kv ← etcd ← server.node ← server.drill, .chaos ← server
 *                         wal, grpc → raft, spi only; grpc → tls; server.chaos → testkit, sim.kernel, .check, .workload
 *                         etcd.wire ← server.client, .bulk, .bench ← server   adapters never see each other
 *   sim.* → all but etcd and server; sim.check, the checker of histories, → raft only
 *   sim.kernel ← probes ← net, invariants ← node ← workload ← faults ← world ← campaign ← server
 * </pre>
 *
 * <p>The table is complete: a package without a row, and an import without an arrow, is a violation.
 */
final class Arrows implements Rule {
    private static final String[] ANY_JDK = {"java.*", "org.jspecify.annotations"};
    private static final String[] COMMANDS = {
        "picocli", "com.fasterxml.jackson.*", "io.grpc.*", "com.google.protobuf.*", "javax.net.ssl"
    };
    private static final Set<String> TEST_LIBRARIES = Set.of(
            "org.junit.jupiter.*",
            "org.assertj.*",
            "org.awaitility.*",
            "org.jetbrains.lincheck.*",
            "org.jetbrains.kotlinx.lincheck.*",
            "com.code_intelligence.jazzer.*",
            "dev.quorate.proofs");

    private final Map<String, Row> rows = new TreeMap<>();

    /**
     * What one package may see.
     *
     * @param main packages that any source may import: exact names, or with {@code .*} a package and all below it
     * @param test packages that its tests may import besides
     */
    record Row(Set<String> main, Set<String> test) {}

    private Arrows() {}

    /** The arrows of this project. */
    static Arrows ofTheHouse() {
        Arrows arrows = new Arrows();
        arrows.row("raft")
                .foreign("java.lang", "java.util", "java.util.function", "java.util.random", "org.jspecify.annotations")
                .foreignInTests("java.*")
                .add();
        arrows.row("spi").sees("raft").foreign(ANY_JDK).add();
        arrows.row("testkit")
                .sees("raft", "spi")
                .foreign(ANY_JDK)
                .foreign("org.junit.jupiter.api.*", "org.assertj.core.*")
                .add();
        arrows.row("wal")
                .sees("raft", "spi")
                .testsSee("testkit")
                .foreign(ANY_JDK)
                .add();
        arrows.row("engine")
                .sees("raft", "spi")
                .testsSee("wal", "testkit")
                .foreign(ANY_JDK)
                .foreign("org.slf4j")
                .add();
        arrows.row("kv")
                .sees("raft", "spi", "engine")
                .testsSee("wal", "testkit")
                .foreign(ANY_JDK)
                .add();
        arrows.row("etcd")
                .sees("raft", "spi", "tls", "engine", "kv", "etcd.wire")
                .testsSee("wal", "testkit")
                .foreign(ANY_JDK)
                .foreign("javax.net.ssl", "org.slf4j", "io.grpc.*", "com.google.protobuf.*")
                .add();
        arrows.row("tls")
                .sees("spi")
                .foreign(ANY_JDK)
                .foreign("javax.net.ssl", "javax.security.auth.x500", "org.slf4j")
                .add();
        arrows.row("grpc")
                .sees("raft", "spi", "tls")
                .testsSee("engine", "wal", "testkit")
                .foreign(ANY_JDK)
                .foreign("javax.net.ssl", "org.slf4j", "io.grpc.*")
                .add();
        arrows.row("sim.check")
                .sees("raft")
                .foreign(ANY_JDK)
                .foreign("com.fasterxml.jackson.*")
                .add();
        addSim(arrows);
        addServer(arrows);
        addTools(arrows);
        return arrows;
    }

    private static void addTools(Arrows arrows) {
        arrows.row("examples")
                .sees("raft", "spi", "engine", "wal", "kv")
                .testsSee("testkit")
                .foreign(ANY_JDK)
                .add();
        arrows.row("benchmarks")
                .sees("benchmarks.load", "benchmarks.subjects")
                .foreign(ANY_JDK)
                .foreign("org.openjdk.jmh", "picocli")
                .add();
        arrows.row("benchmarks.load")
                .sees("spi")
                .foreign(ANY_JDK)
                .foreign("com.sun.management", "org.HdrHistogram", "com.fasterxml.jackson.*")
                .add();
        arrows.row("benchmarks.subjects")
                .sees("raft", "spi", "testkit", "engine", "wal", "kv", "benchmarks.load")
                .foreign(ANY_JDK)
                .foreign("io.microraft.*")
                .add();
        arrows.row("benchmarks.micro")
                .sees("raft", "spi", "testkit", "engine", "wal", "kv", "benchmarks.subjects")
                .foreign(ANY_JDK)
                .foreign("org.openjdk.jmh.*")
                .add();
        arrows.row("proofs").foreign(ANY_JDK).add();
        arrows.row("tidy")
                .foreign(ANY_JDK)
                .foreign("com.sun.source.*", "javax.lang.model.*", "javax.tools")
                .add();
    }

    private static void addSim(Arrows arrows) {
        arrows.row("sim.kernel").sees("spi").foreign(ANY_JDK).add();
        arrows.row("sim.probes").foreign(ANY_JDK).add();
        arrows.row("sim.net")
                .sees("raft", "spi", "sim.kernel", "sim.probes")
                .foreign(ANY_JDK)
                .add();
        arrows.row("sim.invariants").sees("raft", "spi").foreign(ANY_JDK).add();
        arrows.row("sim.node")
                .sees("raft", "spi", "testkit", "engine", "wal", "kv")
                .sees("sim.kernel", "sim.probes", "sim.net", "sim.invariants")
                .foreign(ANY_JDK)
                .add();
        arrows.row("sim.workload")
                .sees("raft", "spi", "engine", "kv", "sim.check")
                .sees("sim.kernel", "sim.probes", "sim.invariants", "sim.node")
                .foreign(ANY_JDK)
                .add();
        arrows.row("sim.faults")
                .sees("raft", "spi", "engine", "wal")
                .sees("sim.kernel", "sim.probes", "sim.net", "sim.node", "sim.workload")
                .foreign(ANY_JDK)
                .add();
        arrows.row("sim.world")
                .sees("raft", "sim.check", "sim.kernel", "sim.probes", "sim.net", "sim.invariants")
                .sees("sim.node", "sim.workload", "sim.faults")
                .foreign(ANY_JDK)
                .add();
        arrows.row("sim.campaign")
                .sees("sim.check", "sim.probes", "sim.world")
                .foreign(ANY_JDK)
                .add();
        arrows.row("sim.mutants")
                .sees("sim.faults", "sim.world", "sim.campaign")
                .foreign(ANY_JDK)
                .foreign("javax.tools")
                .add();
    }

    private static void addServer(Arrows arrows) {
        arrows.row("server.console")
                .sees("spi", "etcd", "etcd.wire")
                .foreign(ANY_JDK)
                .foreign(COMMANDS)
                .add();
        arrows.row("server.client")
                .sees("spi", "etcd.wire", "server.console")
                .foreign(ANY_JDK)
                .foreign(COMMANDS)
                .add();
        arrows.row("server.bulk")
                .sees("spi", "etcd.wire", "server.console")
                .foreign(ANY_JDK)
                .foreign(COMMANDS)
                .add();
        arrows.row("server.bench")
                .sees("etcd.wire", "server.console")
                .foreign(ANY_JDK)
                .foreign(COMMANDS)
                .foreign("org.HdrHistogram")
                .add();
        arrows.row("server.node")
                .sees("raft", "spi", "engine", "wal", "kv", "grpc", "tls", "etcd", "etcd.wire", "server.console")
                .testsSee("testkit", "server.client")
                .foreign(ANY_JDK)
                .foreign(COMMANDS)
                .foreign("org.slf4j", "ch.qos.logback.*", "com.sun.net.httpserver", "com.sun.management")
                .add();
        arrows.row("server.drill")
                .sees("raft", "spi", "engine", "wal", "kv", "etcd", "etcd.wire", "server.console", "server.node")
                .testsSee("testkit")
                .foreign(ANY_JDK)
                .foreign(COMMANDS)
                .add();
        arrows.row("server.chaos")
                .sees("spi", "testkit", "wal", "etcd", "etcd.wire", "sim.check", "sim.kernel", "sim.workload")
                .sees("server.console", "server.node")
                .foreign(ANY_JDK)
                .foreign(COMMANDS)
                .add();
        arrows.row("server")
                .sees("raft", "spi", "engine", "wal", "kv", "etcd", "etcd.wire")
                .sees("sim.check", "sim.probes", "sim.faults", "sim.world", "sim.campaign", "sim.mutants")
                .sees("server.console", "server.client", "server.bulk", "server.bench", "server.node", "server.drill")
                .sees("server.chaos")
                .testsSee("testkit")
                .foreign(ANY_JDK)
                .foreign(COMMANDS)
                .foreign("org.slf4j", "ch.qos.logback.*", "com.sun.net.httpserver")
                .add();
    }

    @Override
    public List<Violation> violations(Source source) {
        Row row = rows.get(source.packageName());
        if (row == null) {
            String unknown = "package " + source.packageName() + " has no row in the table of arrows";
            return List.of(source.violation(source.unit(), unknown));
        }
        List<Violation> violations = new ArrayList<>();
        for (Imports.Use use : Imports.of(source)) {
            if (!isAllowed(row, source, use.packageName())) {
                String arrow = source.packageName() + " must not import " + use.packageName() + "." + use.type();
                violations.add(source.violation(use.where(), arrow));
            }
        }
        return List.copyOf(violations);
    }

    /** A package that can be reached from itself along the arrows of shipped code, if there is one. */
    Optional<String> cycle() {
        return rows.keySet().stream()
                .filter(start -> reaches(start, start, new TreeSet<>()))
                .findFirst();
    }

    private boolean reaches(String from, String target, Set<String> visited) {
        Row row = rows.get(from);
        for (String next : row == null ? Set.<String>of() : row.main()) {
            if (next.equals(target) || (visited.add(next) && reaches(next, target, visited))) {
                return true;
            }
        }
        return false;
    }

    private static boolean isAllowed(Row row, Source source, String packageName) {
        return packageName.equals(source.packageName())
                || matches(row.main(), packageName)
                || (!source.isMain() && (matches(row.test(), packageName) || matches(TEST_LIBRARIES, packageName)));
    }

    private static boolean matches(Set<String> patterns, String packageName) {
        for (String pattern : patterns) {
            boolean matches = pattern.endsWith(".*")
                    ? (packageName + ".").startsWith(pattern.substring(0, pattern.length() - 1))
                    : pattern.equals(packageName);
            if (matches) {
                return true;
            }
        }
        return false;
    }

    private RowBuilder row(String name) {
        return new RowBuilder(name);
    }

    private final class RowBuilder {
        private final String name;
        private final Set<String> main = new TreeSet<>();
        private final Set<String> test = new TreeSet<>();

        RowBuilder(String name) {
            this.name = ours(name);
        }

        RowBuilder sees(String... names) {
            for (String seen : names) {
                main.add(ours(seen));
            }
            return this;
        }

        RowBuilder testsSee(String... names) {
            for (String seen : names) {
                test.add(ours(seen));
            }
            return this;
        }

        RowBuilder foreign(String... patterns) {
            main.addAll(Set.of(patterns));
            return this;
        }

        RowBuilder foreignInTests(String... patterns) {
            test.addAll(Set.of(patterns));
            return this;
        }

        void add() {
            rows.put(name, new Row(Set.copyOf(main), Set.copyOf(test)));
        }

        private static String ours(String name) {
            return "dev.quorate." + name;
        }
    }
}
