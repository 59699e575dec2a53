import { type Explained, reads, stores } from './explained-difference.js';

/** Of kernel/smp.c: see explained.ts. */

const CALLING = ['smp_call_function_many_cond'];
const SERVING = ['flush_smp_call_function_queue'];
const QUEUED = 'cmpxchg call_single_queue of another CPU';
const WAITED = 'smp_cond_load_acquire csd.flags';

export const explainedCalls: readonly Explained[] = [
  {
    names: [...reads('call_single_queue of another CPU'), ...stores('csd.next', 'csd.flags'), QUEUED, WAITED],
    functions: CALLING,
    kinds: ['moved', 'told', 'right'],
    past: stores('csd.flags', 'csd.func', 'csd.info'),
    beside: QUEUED,
    why:
      "up to 5.12 a call for one CPU has its csd on its sender's stack, the lab's own one for itself from " +
      'when it is queued: new each time, so nobody need be waited for, and seen by nobody before',
  },
  {
    names: reads('mm_cpumask', 'tlb_ubc.cpumask'),
    functions: CALLING,
    kinds: ['left'],
    why:
      'whether the mask has anybody is asked before it is copied, and only the copy is worked on: the one ' +
      'look of the transcription comes at either time',
  },
  {
    names: reads('cfd_data.csd', 'cfd_data.pcpu'),
    functions: CALLING,
    kinds: ['left'],
    why: "where a CPU's csds lie never changes",
  },
  {
    names: [...reads('csd.flags'), ...stores('csd.flags')],
    functions: CALLING,
    kinds: ['left', 'told'],
    why:
      'that it is waited for is stored into a csd in a step of its own, before it is queued and anybody ' +
      'looks; the bit is another one in the lab',
  },
  {
    names: [WAITED],
    functions: CALLING,
    kinds: ['left'],
    why: 'in 5.10 and 6.1 CPUs that are not asked are waited for too: their csds are not locked',
  },
  {
    names: reads('csd.flags', 'csd.func'),
    functions: SERVING,
    kinds: ['left'],
    why: 'a csd that is queued stays as it is until its target unlocks it, and all have one function',
  },
  {
    names: stores('trigger_backtrace.counter'),
    functions: SERVING,
    kinds: ['left'],
    why: 'only who waits for too long looks at it',
  },
];
