import { parentPort } from 'node:worker_threads';
import { LoweringError } from '../src/lowering/lowering-error.js';
import { allExecutions } from '../src/orderings/all-executions.js';
import type { OrderedAnswer, OrderedTask } from '../src/orderings/worker-api.js';
import type { Definitions } from '../src/programs/definitions.js';
import { programOf } from '../src/programs/subject.js';
import { settled } from '../src/seal/settled.js';
import { thrownOf } from '../src/seal/thrown.js';

/** Entry of a thread that searches all executions which keep some orderings: a task, then its answers. */

/** `own`: what the users' modules in its bundle define. */
export function start(own: Definitions): void {
  parentPort?.on('message', (task: OrderedTask) => void search(own, task));
}

async function search(own: Definitions, { subject, search: asked }: OrderedTask): Promise<void> {
  const send = (message: OrderedAnswer): void => parentPort?.postMessage(message);
  try {
    const { kernel } = programOf(subject, own);
    if (kernel === null) throw new Error('orderings of a plain program are not searched');
    const told = (states: number): void => send({ kind: 'progress', states });
    send({ kind: 'result', result: await settled(() => allExecutions(kernel, asked, told)) });
  } catch (error) {
    if (error instanceof LoweringError) send({ kind: 'refused', what: error.what });
    else send({ kind: 'thrown', thrown: thrownOf(error) });
  }
}
