package dev.quorate.server.node;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.UnixOperatingSystemMXBean;
import dev.quorate.server.node.Exposition.Label;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.lang.management.MemoryUsage;

/** What the JVM tells of this process, under the names that Prometheus' own libraries use where they have one. */
final class ProcessMetrics {
    private static final long NANOS_PER_MILLI = 1_000_000;

    private ProcessMetrics() {}

    static void write(Exposition page) {
        String version = ProcessMetrics.class.getPackage().getImplementationVersion();
        page.beginGauge("quorate_build_info", "1; the version of this program and of the Java that runs it.");
        page.sample(
                1,
                new Label("version", version == null ? "(not packaged)" : version),
                new Label("java", Runtime.version().toString()));
        page.beginGauge("process_start_time_seconds", "When the process started, in seconds since 1970.");
        page.seconds(ManagementFactory.getRuntimeMXBean().getStartTime() * NANOS_PER_MILLI);
        ofSystem(page, ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class));
        ofMemory(page, ManagementFactory.getMemoryMXBean());
        page.beginCounter("jvm_gc_collections_total", "Collections of garbage.");
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            page.sample(Math.max(0, collector.getCollectionCount()), new Label("gc", collector.getName()));
        }
        page.beginCounter("jvm_gc_seconds_total", "The time that collections of garbage took.");
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            page.seconds(
                    Math.max(0, collector.getCollectionTime()) * NANOS_PER_MILLI, new Label("gc", collector.getName()));
        }
        page.gauge(
                "jvm_threads",
                "Threads that live.",
                ManagementFactory.getThreadMXBean().getThreadCount());
    }

    private static void ofSystem(Exposition page, OperatingSystemMXBean system) {
        page.beginCounter("process_cpu_seconds_total", "The time on processors, of users and of the system.");
        page.seconds(Math.max(0, system.getProcessCpuTime()));
        boolean unix = system instanceof UnixOperatingSystemMXBean;
        page.beginGauge("process_open_fds", "Open files and sockets.");
        if (unix) {
            page.sample(((UnixOperatingSystemMXBean) system).getOpenFileDescriptorCount());
        }
        page.beginGauge("process_max_fds", "How many files and sockets may be open.");
        if (unix) {
            page.sample(((UnixOperatingSystemMXBean) system).getMaxFileDescriptorCount());
        }
    }

    private static void ofMemory(Exposition page, MemoryMXBean memory) {
        MemoryUsage heap = memory.getHeapMemoryUsage();
        MemoryUsage other = memory.getNonHeapMemoryUsage();
        page.beginGauge("jvm_memory_used_bytes", "Memory in use.");
        page.sample(heap.getUsed(), new Label("area", "heap"));
        page.sample(other.getUsed(), new Label("area", "nonheap"));
        page.beginGauge("jvm_memory_committed_bytes", "Memory taken from the system.");
        page.sample(heap.getCommitted(), new Label("area", "heap"));
        page.sample(other.getCommitted(), new Label("area", "nonheap"));
        page.beginGauge("jvm_memory_max_bytes", "How much the heap may take, -1 for no limit.");
        page.sample(heap.getMax(), new Label("area", "heap"));
    }
}
