import type { UnitPlan } from './unit.js';

/** What the host's code keeps of a vCPU, a word each. */
export interface VcpuWords {
  /** `st.preempted`: the host has marked it. */
  readonly stPreempted: number;
  /** The host's mapping is of a page that the guest has left. */
  readonly pageMoved: number;
  /** The tag of its translations; 0: none given yet. */
  readonly vpid: number;
  /** Where it was loaded last, + 1; 0: where it began. */
  readonly lastPcpu: number;
  /** What is owed at its entry, bits KVM_REQ_*. */
  readonly requests: number;
}

/** Those of one vCPU; without such a host all are 0, which no code may name. */
export function vcpuWords(words: UnitPlan['words'], id: number): VcpuWords {
  const word = (name: keyof VcpuWords): number => words[name]?.[id] ?? 0;
  return {
    stPreempted: word('stPreempted'),
    pageMoved: word('pageMoved'),
    vpid: word('vpid'),
    lastPcpu: word('lastPcpu'),
    requests: word('requests'),
  };
}
