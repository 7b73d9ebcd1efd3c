package dev.quorate.benchmarks.load;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.Map;

/**
 * What this process has used so far: processor time of all its threads, compiler and collector included, and bytes
 * allocated by Java threads. Used by one thread.
 */
final class ProcessCosts {
    private final OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final Map<Long, Long> allocated = new HashMap<>();

    /** Processor time so far, in nanoseconds. */
    long cpuNanos() {
        return system.getProcessCpuTime();
    }

    /** Bytes allocated so far by every thread that lived at this call or an earlier one. */
    long allocatedBytes() {
        long[] ids = threads.getAllThreadIds();
        long[] bytes = threads.getThreadAllocatedBytes(ids);
        for (int i = 0; i < ids.length; i++) {
            allocated.merge(ids[i], bytes[i], Math::max);
        }
        return allocated.values().stream().mapToLong(Long::longValue).sum();
    }

    /** The load of the machine over the last minute; negative when it is not known. */
    double systemLoad() {
        return system.getSystemLoadAverage();
    }
}
