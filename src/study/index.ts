import { backends } from './backends.js';
import { concurrentFlush } from './concurrent-flush.js';
import { lazy } from './lazy.js';
import { remoteTlbGen } from './remote-tlb-gen.js';
import type { Study } from './study.js';

/** Every study, in the order of `study` without a name. */
export const studies: readonly Study[] = [remoteTlbGen, concurrentFlush, lazy, backends];

export { runStudy, type StudyOutcome, type StudyRequest } from './run-study.js';
export type { Column, RowResult, Study, StudyRow } from './study.js';
