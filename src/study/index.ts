import { backends } from './backends.js';
import { concurrentFlush } from './concurrent-flush.js';
import { cpumask } from './cpumask.js';
import { lazy } from './lazy.js';
import { partial } from './partial.js';
import { remoteTlbGen } from './remote-tlb-gen.js';
import type { Study } from './study.js';

/** Every study, in the order of `study` without a name. */
export const studies: readonly Study[] = [remoteTlbGen, concurrentFlush, lazy, backends, cpumask, partial];

export { runStudy, type StudyOutcome, type StudyRequest } from './run-study.js';
export type { Column, RowResult, Study, StudyRow } from './study.js';
