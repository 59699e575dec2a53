import type { Shard } from '../explore/shard.js';
import type { Subject } from '../programs/subject.js';
import type { Place, ThrownError } from '../vocabulary/told.js';
import type { MemoryModel } from '../vocabulary/violation.js';
import type { VerifyProgress } from './api.js';
import type { KeptNews, KeptSearch, SearchAnswer } from './checkpoint/search-keeper.js';

/** What passes between the thread that asks and the one that searches. */

export interface SearchTask {
  readonly subject: Subject;
  readonly switchesMax: number | null;
  readonly statesMax: number | null;
  readonly isReduced: boolean;
  /** The search explores one shard's part alone; null: all. */
  readonly shard: Shard | null;
  readonly walks: number;
  readonly preemptions: number;
  readonly memory: MemoryModel;
  readonly memoryLimit: number;
  readonly budgetMs: number | null;
  /** Where the search is kept; null: nowhere. */
  readonly kept: KeptSearch | null;
  /** One word; not 0: end. */
  readonly stop: SharedArrayBuffer;
}

export type SearchMessage =
  | { readonly kind: 'progress'; readonly progress: VerifyProgress }
  | ({ readonly kind: 'result' } & SearchAnswer)
  | { readonly kind: 'kept'; readonly news: KeptNews }
  /** What an InputError says. */
  | { readonly kind: 'input'; readonly what: string; readonly remedy: string | null }
  /** What an assertion over memory threw. */
  | { readonly kind: 'thrown'; readonly thrown: ThrownError }
  /** Code that is not seen through. */
  | { readonly kind: 'refused'; readonly what: string; readonly place: Place | null };
