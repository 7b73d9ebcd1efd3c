package dev.quorate.sim.check;

import java.util.ArrayList;
import java.util.List;

/** Finds values that were seen although nobody had written them. */
final class Origins {
    private Origins() {}

    static List<Finding> find(Evidence evidence) {
        List<Finding> findings = new ArrayList<>();
        for (Demand.Slot slot : evidence.demand().slots()) {
            if (findings.size() < Evidence.FINDINGS_MAX
                    && !evidence.isInitial(slot)
                    && !slot.consumers().isEmpty()) {
                examine(evidence, slot, findings);
            }
        }
        return findings;
    }

    private static void examine(Evidence evidence, Demand.Slot slot, List<Finding> findings) {
        int reader = slot.consumers().get(0);
        if (slot.producers().isEmpty()) {
            int failed = failedWrite(evidence, slot);
            if (failed >= 0) {
                String message = evidence.name(reader) + " saw " + evidence.pair(slot) + ", which only "
                        + Wording.name(evidence.history(), failed)
                        + " asked for, and the store had answered that it would not happen";
                int operation = evidence.move(reader).operation();
                findings.add(new Finding(Fault.FAILED_WRITE_SEEN, message, List.of(operation, failed)));
            } else {
                String message = evidence.name(reader) + " saw " + evidence.pair(slot)
                        + ", which was never so: no operation can have left it";
                findings.add(evidence.finding(Fault.UNWRITTEN_VALUE, message, reader));
            }
            return;
        }
        for (int consumer : slot.consumers()) {
            long end = evidence.move(consumer).latest();
            boolean early = slot.producers().stream()
                    .allMatch(producer -> evidence.move(producer).earliest() > end);
            if (early) {
                int producer = slot.producers().get(0);
                String message = evidence.name(consumer) + " saw " + evidence.pair(slot)
                        + ", and had its answer before " + evidence.name(producer) + " was called, which wrote that";
                findings.add(evidence.finding(Fault.FUTURE_READ, message, consumer, producer));
            }
        }
    }

    /** An operation that would have left this value and is said to have failed; or -1. */
    private static int failedWrite(Evidence evidence, Demand.Slot slot) {
        List<Operation> operations = evidence.history().operations();
        for (int i = 0; i < operations.size(); i++) {
            if (operations.get(i).outcome() instanceof Outcome.Failed && evidence.wouldLeave(operations.get(i), slot)) {
                return i;
            }
        }
        return -1;
    }
}
