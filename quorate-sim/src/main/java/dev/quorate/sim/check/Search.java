package dev.quorate.sim.check;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The search for an order of moves in which each takes effect within its time and finds the store as it must (Wing and
 * Gong 1993, with the memoisation of Lowe 2017: of each set of placed moves with the state that they left, only the
 * first way there is followed).
 *
 * <p>What keeps it short, without losing an order:
 *
 * <ul>
 *   <li>a read is placed as soon as it can be, because that hinders nothing;
 *   <li>a way ends as soon as a value is gone that some move still needs and no other can write again, and where what
 *       must be placed first needs a value that none can write before it;
 *   <li>of what may come next, that goes first which the earliest end waits for, directly or through others;
 *   <li>a blind write that nobody sees is placed right before a write that covers it.
 * </ul>
 *
 * <p>One use, one thread.
 */
final class Search {
    /** A configuration in which more moves than that are looked at counts as several, since it takes as long. */
    private static final long LOOKS_OF_A_CONFIGURATION = 500;

    private final Course course;
    private final HashSet128 visited = new HashSet128();
    private final Deque<Frame> frames = new ArrayDeque<>();
    private final long configurationsMax;

    /** How a search ended. */
    enum End {
        /** There is an order. */
        FOUND,
        /** There is none. */
        NONE,
        /** The limit was reached before that was known. */
        LIMIT
    }

    /**
     * What a search found out.
     *
     * @param order when {@link End#FOUND}: the moves in one possible order
     * @param states the states of the store that were found possible at the end, value by key of the problem
     * @param configurations how many configurations were looked at, large ones counted as several
     */
    record Result(End end, List<Placed> order, List<List<Integer>> states, long configurations) {}

    /** A point where the way forks: what may come next, and how far that was tried. */
    private static final class Frame {
        private final int placed;
        private final int[] choices;
        private int next;

        Frame(int placed, int[] choices) {
            this.placed = placed;
            this.choices = choices;
        }
    }

    private Search(Problem problem, long configurationsMax) {
        this.course = new Course(problem);
        this.configurationsMax = configurationsMax;
    }

    /** Looks for one order. */
    static Result run(Problem problem, long configurationsMax) {
        return new Search(problem, configurationsMax).run(1);
    }

    /** Looks for orders until that many different final states are known, or all orders are. */
    static Result runForStates(Problem problem, int statesMax, long configurationsMax) {
        return new Search(problem, configurationsMax).run(statesMax);
    }

    private Result run(int statesMax) {
        Set<List<Integer>> states = new LinkedHashSet<>();
        List<Placed> order = List.of();
        if (course.isHopeless()) {
            return new Result(End.NONE, order, List.of(), 0);
        }
        boolean arrived = enter();
        while (true) {
            if (arrived && course.isComplete()) {
                order = states.isEmpty() ? course.order() : order;
                states.add(course.state());
            }
            long configurations = visited.size() + course.looks() / LOOKS_OF_A_CONFIGURATION;
            boolean limited = configurations >= configurationsMax;
            if (states.size() >= statesMax || frames.isEmpty() || limited) {
                End unfound = frames.isEmpty() ? End.NONE : End.LIMIT;
                return new Result(states.isEmpty() ? unfound : End.FOUND, order, List.copyOf(states), configurations);
            }
            Frame frame = frames.getLast();
            course.backTo(frame.placed);
            arrived = false;
            if (frame.next == frame.choices.length) {
                frames.removeLast();
            } else {
                int choice = frame.choices[frame.next];
                frame.next++;
                arrived = course.take(choice) && enter();
            }
        }
    }

    /** Goes on as far as there is no choice; opens a fork unless this configuration was there before. */
    private boolean enter() {
        course.placeReads();
        if (!visited.add(course.hashLow(), course.hashHigh())) {
            return false;
        }
        frames.addLast(new Frame(course.placedCount(), course.choices()));
        return true;
    }
}
