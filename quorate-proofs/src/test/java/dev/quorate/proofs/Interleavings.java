package dev.quorate.proofs;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;
import org.jetbrains.kotlinx.lincheck.Actor;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;

/** How far the interleavings of the shared classes are searched: what fits into a build, times a factor. */
public final class Interleavings {
    private static final int FACTOR = Integer.getInteger("quorate.lincheck.factor", 1);

    private Interleavings() {}

    /**
     * Searches scenarios of so many threads, and in each of them interleavings.
     *
     * @param iterations how many random scenarios
     * @param invocations how many interleavings of each
     */
    public static ModelCheckingOptions search(int threads, int actorsPerThread, int iterations, int invocations) {
        return new ModelCheckingOptions()
                .threads(threads)
                .actorsPerThread(actorsPerThread)
                .actorsBefore(1)
                .actorsAfter(1)
                .minimizeFailedScenario(false)
                .iterations(iterations * FACTOR)
                .invocationsPerIteration(invocations);
    }

    /**
     * One scenario of two threads that chance would not find soon, in words: the name of an operation and its argument,
     * if it has one.
     *
     * @param before what is done first, by one thread
     */
    public static ExecutionScenario scenario(
            Class<?> subject, List<String> before, List<String> one, List<String> other) {
        List<List<Actor>> threads = List.of(actors(subject, one), actors(subject, other));
        return new ExecutionScenario(actors(subject, before), threads, List.of(), null);
    }

    private static List<Actor> actors(Class<?> subject, List<String> calls) {
        return calls.stream().map(call -> actor(subject, call)).toList();
    }

    private static Actor actor(Class<?> subject, String call) {
        String[] words = call.split(" ", -1);
        Method method = Arrays.stream(subject.getMethods())
                .filter(one -> one.getName().equals(words[0]))
                .findFirst()
                .orElseThrow(() -> new NoSuchElementException(call));
        return new Actor(method, words.length == 1 ? List.of() : List.of(Integer.valueOf(words[1])));
    }
}
