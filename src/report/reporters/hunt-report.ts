/** What a report of a hunt is made from, whatever its format. */

import type { TraceStep } from '../../explain/trace-step.js';
import type { Verdict } from '../../explore/api.js';
import type { Shard } from '../../explore/shard.js';
import type { Finding, MemoryModel } from '../../vocabulary/finding.js';

/** One subject of the hunt, and its witness, replayed. */
export interface HuntResult {
  readonly verdict: Verdict;
  readonly witness: Witness | null;
}

export interface Witness {
  readonly finding: Finding;
  readonly trace: readonly TraceStep[];
  /** The command that shows it again, or null where the finding could not be saved. */
  readonly replay: string | null;
}

export interface HuntReport {
  /** Version of shootdown. */
  readonly version: string;
  readonly seed: number;
  readonly memory: MemoryModel;
  readonly strategies: readonly string[];
  readonly shard: Shard | undefined;
  /** A variant that changed nothing is taken as one that was asked for. */
  readonly allowNoEffect?: boolean;
  readonly results: readonly HuntResult[];
  /** Subjects whose turn did not come before an interruption. */
  readonly notReached: readonly string[];
}
