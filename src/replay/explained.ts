import { NO_MODULES } from '../bundle/modules.js';
import type { Verdict } from '../explore/api.js';
import type { Finding } from '../vocabulary/finding.js';
import { type Replay, replayFinding } from './replay-finding.js';

/** What a hunt answers. */
interface Hunted {
  readonly verdict: Verdict;
  readonly finding: Finding | null;
}

/** A hunt's answer with its witness seen again: once, for everybody who has something to tell of it. */
export interface Explained extends Hunted {
  readonly replay: Replay | null;
}

/**
 * Replays the witness, and puts the sentence that this yields in the place of the oracle's: it says why, not
 * only what.
 */
export function explained({ verdict, finding }: Hunted, modules = NO_MODULES): Explained {
  if (finding === null) return { verdict, finding, replay: null };
  const replay = replayFinding(finding, true, modules);
  const { sentence } = replay;
  if (sentence === null) return { verdict, finding, replay };
  return {
    verdict: { ...verdict, message: sentence },
    finding: { ...finding, violation: { ...finding.violation, message: sentence } },
    replay,
  };
}
