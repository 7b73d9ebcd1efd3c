package dev.quorate.benchmarks.load;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * What a run does.
 *
 * @param directory where each subject gets a directory of its own, which is deleted afterwards
 * @param subjects in the order of the first round; each later round begins with the next one
 * @param nodes the numbers of replicas
 * @param inFlight the numbers of open operations
 * @param rounds how often all of it is measured
 * @param keys how many keys there are; all of them are written before anything is measured
 * @param valueBytes the size of a value
 * @param window the length of a window of the warm-up
 * @param warmUpWindowsMax the most of them
 * @param tolerance how close two of them must be, as a part of the greater
 * @param measured the length of the window that counts
 */
public record Plan(
        Path directory,
        List<SubjectFactory> subjects,
        List<Integer> nodes,
        List<Operation> operations,
        List<Integer> inFlight,
        int rounds,
        int keys,
        int valueBytes,
        Duration window,
        int warmUpWindowsMax,
        double tolerance,
        Duration measured) {

    public Plan {
        subjects = List.copyOf(subjects);
        nodes = List.copyOf(nodes);
        operations = List.copyOf(operations);
        inFlight = List.copyOf(inFlight);
        if (rounds < 1) {
            throw new IllegalArgumentException("rounds is " + rounds + ", must be at least 1");
        }
    }
}
