import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { bundled, type OwnBundle } from '../bundle/kept.js';
import type { Modules } from '../bundle/modules.js';
import { makeTemporary, removeTemporary } from '../bundle/temporary.js';
import { decodeSchedule } from '../drive/schedule.js';
import { workerFailure } from '../explore/worker-failure.js';
import { loweringPlugin } from '../lowering/plugin.js';
import { programOf, type Subject } from '../programs/subject.js';
import { type Finding, type FindingOrdering, isProgramFinding } from '../vocabulary/finding.js';
import { received } from '../vocabulary/told.js';
import type { AllExecutions, OrderedSearch } from './all-executions.js';
import { premiseOf } from './forced-executions.js';
import { orderingsNamed } from './named.js';
import type { OrderedAnswer, OrderedTask } from './worker-api.js';

/**
 * All executions that keep a finding's orderings, in at most so many states. Null where they are not
 * searched: of a plain program, of a witness in which the environment does something, of code that is not
 * seen through.
 */
export async function searchOrderings(
  finding: Finding,
  named: readonly FindingOrdering[],
  statesMax: number,
  modules: Modules,
  onStates: (states: number) => void = () => undefined,
): Promise<AllExecutions | null> {
  const { memory, steps, violation } = finding;
  const decisions = decodeSchedule(finding.schedule);
  const { environment, choices } = premiseOf(decisions);
  if (isProgramFinding(finding) || environment.size > 0) return null;
  const { layout } = programOf(finding, modules).program;
  const orderings = orderingsNamed(named, layout);
  if (orderings === null || !SEARCHED.has(memory)) return null;
  const { variant, scenario } = finding;
  const search = { orderings, choices, steps, violation: violation.class, memory, statesMax };
  return inThread({ variant, scenario }, search, modules, onStates);
}

/** Memory models that the search has stores for (see verify/verify.ts). */
const SEARCHED: ReadonlySet<string> = new Set(['sc', 'tso']);

/** What the thread runs, but for users' modules. */
export function orderedSearchBundle(): OwnBundle {
  return {
    entry: '../workers/orderings',
    plain: true,
    delegating: true,
    plugins: [loweringPlugin()],
    translation: 'lowered',
  };
}

type LastAnswer = Exclude<OrderedAnswer, { readonly kind: 'progress' }>;

/** Searches in a thread, over lowered code. Null: the code is not seen through. */
async function inThread(
  subject: Subject,
  search: OrderedSearch,
  modules: Modules,
  onStates: (states: number) => void,
): Promise<AllExecutions | null> {
  const directory = makeTemporary();
  try {
    const outfile = join(directory, 'orderings.mjs');
    const worker = new Worker(await bundled({ ...orderedSearchBundle(), outfile, modules }), {
      execArgv: [],
    });
    try {
      const answer = await new Promise<LastAnswer>((resolve, reject) => {
        const failed = (error: unknown): void => reject(workerFailure(error, 'while it searched orderings'));
        worker.on('message', (message: OrderedAnswer) =>
          message.kind === 'progress' ? onStates(message.states) : resolve(message),
        );
        worker.on('error', failed);
        worker.on('exit', (code) => failed(new Error(`worker exited with code: ${code}`)));
        const task: OrderedTask = { subject, search };
        worker.postMessage(task);
      });
      if (answer.kind === 'thrown') throw received(answer.thrown);
      return answer.kind === 'result' ? answer.result : null;
    } finally {
      await worker.terminate();
    }
  } finally {
    removeTemporary(directory);
  }
}
