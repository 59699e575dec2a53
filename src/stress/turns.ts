/** Boundaries of a CPU's first turn with a run token. */
const QUANTUM_BOUNDARIES = 100;
/**
 * How long a CPU keeps its token while others want it: a few times what passing it on costs. The boundaries
 * follow from it, for code that is not compiled yet takes a hundred times as long.
 */
const QUANTUM_MS = 0.03;
const BOUNDARIES_MIN = 8;
const BOUNDARIES_MAX = 4000;
/** Boundaries that a handler takes. */
const URGENT_BOUNDARIES = 48;
/**
 * Turns in one of a CPU that has waited since its last: it is in the middle of a system call, others may wait
 * for it, and it soon waits again.
 */
const INTERACTIVE_TURNS = 16;
/** The global is a getter, which a turn of microseconds feels. */
const clock = performance;

/** How long a CPU's turns with its run token are, in boundaries. */
export class Turns {
  /** The running turn is for an interrupt: it ends when that is served. */
  urgent = false;
  private quantum = QUANTUM_BOUNDARIES;
  /** When the turn began. */
  private resumed = 0;
  /** The CPU has waited since its last turn began. */
  private hasWaited = false;

  waited(): void {
    this.hasWaited = true;
  }

  /**
   * A turn is over. A CPU that gave its token up by itself has got another meanwhile and may run to its next
   * wait: so many boundaries; 0: it must pass.
   */
  afterWait(): number {
    if (!this.hasWaited) {
      this.measure();
      return 0;
    }
    this.hasWaited = false;
    this.urgent = false;
    this.resumed = 0;
    return this.quantum * INTERACTIVE_TURNS;
  }

  private measure(): void {
    if (this.urgent || this.resumed === 0) return;
    const used = clock.now() - this.resumed;
    this.quantum = Math.max(
      BOUNDARIES_MIN,
      Math.min(BOUNDARIES_MAX, Math.round((this.quantum * QUANTUM_MS) / used)),
    );
  }

  /**
   * A turn begins; `urgent`: with an interrupt to serve, which is soon done, and the next CPU that has one
   * pending should not wait for more. Answers its boundaries.
   */
  begin(urgent: boolean): number {
    this.urgent = urgent;
    if (urgent) return URGENT_BOUNDARIES;
    this.resumed = clock.now();
    return this.quantum;
  }
}
