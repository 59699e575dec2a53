import { InputError, systemReason } from '../../vocabulary/errors.js';
import { isThere } from '../../vocabulary/is-there.js';
import type { ThrownError } from '../../vocabulary/told.js';
import type { Deepened } from '../deepening.js';
import type { LatentMet } from '../searches.js';
import { type CheckpointKey, writeCheckpoint } from './checkpoint-file.js';
import { CheckpointReader } from './checkpoint-reader.js';
import type { RecordReader, RecordWriter } from './records.js';

/**
 * Keeps a search in its file now and then, so that a run that is killed, or has no more time, can be gone on
 * with; its answer at the end.
 */

export interface KeptSearch {
  readonly file: string;
  readonly key: CheckpointKey;
  /** How often it is written. */
  readonly everyMs: number;
  /** What the file has is gone on with. */
  readonly isResumed: boolean;
}

/** What there is to tell of it. */
export type KeptNews =
  | { readonly kind: 'resumed'; readonly states: number; readonly seconds: number }
  | { readonly kind: 'kept'; readonly states: number; readonly bytes: number }
  /** Why it could not be written; the search goes on, and what was written before stands. */
  | { readonly kind: 'failed'; readonly reason: string };

/** What a search comes to. */
export interface SearchAnswer {
  readonly found: Deepened;
  readonly latent: readonly LatentMet[];
  readonly seconds: number;
  /** See SubjectSpace. */
  readonly changedKept: ThrownError | null;
}

/** The first record. */
type First =
  | { readonly answer: SearchAnswer }
  | {
      readonly answer: null;
      readonly states: number;
      readonly seconds: number;
      readonly latent: readonly LatentMet[];
    };

/** What a search that goes on is given. */
export interface Before {
  readonly seconds: number;
  readonly latent: readonly LatentMet[];
  /** The search itself; `close` it when it has been read. */
  readonly search: RecordReader & { close(): void };
}

/** Writing takes at most a tenth of the time. */
const WRITING_FACTOR = 10;

export class SearchKeeper {
  private nextAt: number;
  /** How far the search was that the file has; -1: it has none. */
  private expanded = -1;

  constructor(
    private readonly kept: KeptSearch,
    private readonly tell: (news: KeptNews) => void,
  ) {
    this.nextAt = performance.now() + kept.everyMs;
  }

  /**
   * What the file has: an answer, or a search to go on with; null where it is to be begun. Throws InputError
   * for a file that is damaged or of another search.
   */
  read(): SearchAnswer | Before | null {
    const { file, key, isResumed } = this.kept;
    if (!isResumed || !isThere(file)) return null;
    const reader = CheckpointReader.open(file);
    try {
      requireSame(file, reader.key, key);
      const first = reader.value<First>();
      if (first.answer !== null) {
        reader.close();
        return first.answer;
      }
      const { states, seconds, latent } = first;
      this.tell({ kind: 'resumed', states, seconds });
      return { seconds, latent, search: reader };
    } catch (error) {
      reader.close();
      throw error;
    }
  }

  /**
   * The search can be kept as it stands: it is where that is due, or it will be ended. `told`: what its first
   * record says.
   */
  rest(
    isEnding: boolean,
    expanded: number,
    told: () => Omit<Before, 'search'> & { readonly states: number },
    search: (to: RecordWriter) => void,
  ): void {
    const now = performance.now();
    if ((!isEnding && now < this.nextAt) || expanded === this.expanded) return;
    const first = told();
    const isWritten = this.write({ answer: null, ...first }, search, first.states);
    if (isWritten) this.expanded = expanded;
    const took = performance.now() - now;
    this.nextAt = now + Math.max(this.kept.everyMs, took * WRITING_FACTOR);
  }

  /** The answer takes the place of the search; but not where more time or memory would give another one. */
  end(answer: SearchAnswer): void {
    if (answer.found.ended === null) this.write({ answer }, () => undefined, answer.found.result.states);
  }

  private write(first: First, search: (to: RecordWriter) => void, states: number): boolean {
    try {
      const bytes = writeCheckpoint(this.kept.file, this.kept.key, (to) => {
        to.value(first);
        search(to);
      });
      this.tell({ kind: 'kept', states, bytes });
      return true;
    } catch (error) {
      this.tell({ kind: 'failed', reason: systemReason(error) });
      return false;
    }
  }
}

function requireSame(file: string, has: CheckpointKey, wanted: CheckpointKey): void {
  const refuse = (what: string): InputError =>
    new InputError(`${file}: the search that is kept ${what}`, 'begin anew with another --state');
  if (has.subject !== wanted.subject) throw refuse('is of another program, variant or scenario');
  if (has.code !== wanted.code) throw refuse('is of other code: of shootdown, or of the modules');
  for (const [name, value] of Object.entries(wanted.options))
    if (has.options[name] !== value)
      throw refuse(`was asked with ${name} ${has.options[name] ?? 'not given'}, and not ${value}`);
}
