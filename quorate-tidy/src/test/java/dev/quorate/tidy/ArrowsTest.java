package dev.quorate.tidy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ArrowsTest {
    private final Arrows arrows = Arrows.ofTheHouse();

    @ParameterizedTest
    @CsvSource({
        "raft, java.util.concurrent.Future",
        "raft, java.util.concurrent.atomic.AtomicLong",
        "raft, java.io.IOException",
        "raft, java.time.Duration",
        "raft, java.util.stream.Stream",
        "raft, dev.quorate.spi.RaftLog",
        "raft, org.slf4j.Logger",
        "spi, dev.quorate.engine.QuorateNode",
        "spi, org.slf4j.Logger",
        "wal, dev.quorate.engine.QuorateNode",
        "wal, org.slf4j.Logger",
        "wal, dev.quorate.testkit.SimDisk",
        "engine, dev.quorate.wal.FileRaftLog",
        "engine, dev.quorate.kv.EmbeddedKv",
        "engine, io.grpc.Server",
        "kv, dev.quorate.wal.FileRaftLog",
        "kv, dev.quorate.etcd.EtcdServer",
        "etcd, dev.quorate.wal.FileRaftLog",
        "etcd, dev.quorate.server.Main",
        "server, dev.quorate.testkit.SimDisk",
        "examples, dev.quorate.etcd.EtcdServer",
        "tidy, dev.quorate.raft.Raft",
        "kv, org.junit.jupiter.api.Test",
        "kv, dev.quorate.newcomer.Thing"
    })
    void refusesWhatHasNoArrow(String from, String type) {
        assertThat(arrows.violations(Samples.main(from, "import " + type + ";\nclass A {}")))
                .singleElement()
                .satisfies(v -> assertThat(v.message()).isEqualTo("dev.quorate." + from + " must not import " + type));
        assertThat(arrows.violations(Samples.main(from, "class A { " + type + " field; }")))
                .hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "raft, java.util.TreeMap",
        "raft, java.util.random.RandomGenerator",
        "raft, dev.quorate.raft.LogId",
        "spi, dev.quorate.raft.LogId",
        "spi, java.util.concurrent.CompletableFuture",
        "wal, dev.quorate.spi.RaftLog",
        "engine, org.slf4j.Logger",
        "kv, dev.quorate.engine.QuorateNode",
        "etcd, io.grpc.stub.StreamObserver",
        "server, dev.quorate.wal.FileRaftLog",
        "testkit, org.junit.jupiter.api.Test"
    })
    void acceptsWhatHasOne(String from, String type) {
        assertThat(arrows.violations(Samples.main(from, "import " + type + ";\nclass A { " + type + " field; }")))
                .isEmpty();
    }

    @Test
    void testsSeeTheToolsOfTestsAndNoMore() {
        String tools = "import org.junit.jupiter.api.Test;\nimport dev.quorate.wal.FileRaftLog;\nclass A {}";
        assertThat(arrows.violations(Samples.test("engine", tools))).isEmpty();
        assertThat(arrows.violations(Samples.test("engine", "import dev.quorate.kv.Store;\nclass A {}")))
                .hasSize(1);
    }

    @Test
    void aStarAndAStaticImportNameTheirPackage() {
        assertThat(arrows.violations(Samples.main("raft", "import java.util.concurrent.*;\nclass A {}")))
                .hasSize(1);
        assertThat(arrows.violations(
                        Samples.main("raft", "import static java.util.concurrent.TimeUnit.SECONDS;\nclass A {}")))
                .hasSize(1);
        assertThat(arrows.violations(
                        Samples.main("raft", "import static java.util.Map.Entry.comparingByKey;\nclass A {}")))
                .isEmpty();
    }

    @Test
    void aNameWrittenOutIsAnImport() {
        assertThat(arrows.violations(
                        Samples.main("raft", "class A { long f() { return java.time.Clock.systemUTC(); } }")))
                .hasSize(1);
        assertThat(arrows.violations(
                        Samples.main("raft", "class A { int f(A io) { return io.a.b.c; } A a, b; int c; }")))
                .isEmpty();
    }

    @Test
    void aPackageWithoutARowIsRefused() {
        assertThat(arrows.violations(Samples.main("newcomer", "class A {}")))
                .singleElement()
                .satisfies(v -> assertThat(v.message()).contains("dev.quorate.newcomer has no row"));
    }
}
