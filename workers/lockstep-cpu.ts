import { type LockstepApi, runLockstep } from '../src/lockstep/lockstep-cpu.js';
import { answering } from '../src/seal/answered.js';
import { expose } from '../src/stress/expose.js';

/** Entry of a thread of a lockstep run. Bundled with its generators as they are. */
const api: LockstepApi = { run: (setup) => answering(() => runLockstep(setup)) };

expose(api);
