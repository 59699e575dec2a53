import { type LockstepApi, runLockstep } from '../src/lockstep/lockstep-thread.js';
import type { Definitions } from '../src/programs/definitions.js';
import { answering } from '../src/seal/answered.js';
import { expose } from '../src/stress/expose.js';

/** Entry of a thread of a lockstep run. Bundled with its generators as they are. */
export function start(own: Definitions): void {
  const api: LockstepApi = { run: (setup) => answering(() => runLockstep(setup, own)) };
  expose(api);
}
