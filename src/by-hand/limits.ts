/** Steps of an execution by hand at most: a recorded one costs 3 kB, and a page has to show them. */
export const HAND_STEPS_MAX = 10_000;
