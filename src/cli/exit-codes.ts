/** What the process's exit code says. */

/** Nothing unexpected. */
export const EXIT_OK = 0;
/** A violation was found (by `replay`: reproduced). Latent findings alone are not one. */
export const EXIT_VIOLATION = 1;
/** Usage or bad input. */
export const EXIT_USAGE = 2;
/** An internal error, or the machine refused (full disk, dead worker). */
export const EXIT_FAILURE = 3;
/** Ended by Ctrl-C: 128 + SIGINT, as shells have it. */
export const EXIT_INTERRUPTED = 130;
/**
 * What was to be printed had no reader any more (`| head`): 128 + SIGPIPE, as shells have it for who is ended
 * by that.
 */
export const EXIT_UNREAD = 141;
