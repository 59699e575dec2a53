import type { MemoryModel, ViolationClass } from '../vocabulary/violation.js';

/** What a verification is asked and what it answers. */

export interface VerifyRequest {
  /** Name of a program of the loaded modules. */
  readonly program: string;
  readonly memory: MemoryModel;
  /** What the search may take for its tables, in bytes. */
  readonly memoryLimit: number;
  /** Wall time; absent: no limit. */
  readonly budgetMs?: number;
  /** Aborting ends it early; what is known by then is answered. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: VerifyProgress) => void;
}

export interface VerifyProgress {
  readonly states: number;
  /** Of them expanded. */
  readonly expanded: number;
  readonly depth: number;
  readonly elapsedMs: number;
}

/** `verify --json` has these. */
export interface VerifyVerdict {
  /** The program's name. */
  readonly variant: string;
  readonly program: true;
  /** "plain program". */
  readonly scenario: string;
  readonly memory: MemoryModel;
  /** Whether every state that any execution reaches was looked at; false too where a violation ended it. */
  readonly complete: boolean;
  /** Why neither: `memory`, `time` or `interrupted`; else null. */
  readonly ended: 'memory' | 'time' | 'interrupted' | null;
  readonly violation: ViolationClass | null;
  readonly message: string | null;
  readonly states: number;
  /** States whose every step was taken. */
  readonly expanded: number;
  readonly transitions: number;
  /** Steps to the states farthest from the start; of a violation its number of steps. */
  readonly depth: number;
  readonly seconds: number;
  /** Of the search's tables. */
  readonly peakMemoryBytes: number;
  /** What limits "all executions". */
  readonly bounds: { readonly storeBufferDepth: number };
  /** Names of reductions that were on. */
  readonly reductions: readonly string[];
  /** Path of the finding file, once saved. */
  readonly finding: string | null;
}
