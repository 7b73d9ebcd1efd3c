package dev.quorate.sim.node;

/** Lets one process of the world at a time be paused in the middle of a step, in which the world goes on. */
public final class PauseGate {
    private boolean taken;

    boolean enter() {
        boolean free = !taken;
        taken = true;
        return free;
    }

    void leave() {
        taken = false;
    }
}
