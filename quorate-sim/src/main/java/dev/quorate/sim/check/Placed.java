package dev.quorate.sim.check;

/**
 * A place in an order of operations.
 *
 * @param operation its position in the history
 * @param held whether its conditions held there
 */
record Placed(int operation, boolean held) {}
