import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeCheckpoint } from '../../src/verify/checkpoint/checkpoint-file.js';
import { CheckpointReader } from '../../src/verify/checkpoint/checkpoint-reader.js';
import { type Deepened, Deepening, type DeepeningLimits } from '../../src/verify/deepening.js';
import type { SubjectSpace } from '../../src/verify/searches.js';

/** Searches that end in the middle and are gone on with from what their file has; bundled lowered. */

const KEY = { code: '', subject: '', options: {} };

class Killed extends Error {}

/**
 * What `ask` (default: all executions) comes to when the run is killed `restsBetween` rests after it began,
 * and twice as many after each time that it is gone on with; and how often that was.
 */
export function withKills(
  make: (isReduced: boolean) => SubjectSpace,
  limits: DeepeningLimits,
  restsBetween: number,
  ask: (run: Deepening) => Deepened = (run) => run.run(),
): { readonly found: Deepened; readonly kills: number } {
  const directory = mkdtempSync(join(tmpdir(), 'kept-'));
  const file = join(directory, 'search');
  try {
    for (let kills = 0, expanded = -1; ; kills++) {
      let rests = 0;
      const run: Deepening = new Deepening(make, {
        ...limits,
        onRest: () => {
          // Nothing has come to it since: it looks for cycles, which begins anew each time.
          if (run.current?.expanded === expanded || ++rests <= restsBetween * 2 ** kills) return;
          expanded = run.current?.expanded ?? -1;
          writeCheckpoint(file, KEY, (to) => run.keep(to));
          throw new Killed();
        },
      });
      const before = kills === 0 ? null : CheckpointReader.open(file);
      if (before !== null) run.restore(before);
      try {
        return { found: ask(run), kills };
      } catch (error) {
        if (!(error instanceof Killed)) throw error;
      } finally {
        before?.close();
      }
    }
  } finally {
    rmSync(directory, { recursive: true });
  }
}
