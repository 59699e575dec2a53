import type { Feature } from './feature.js';

/** Features of the KVM host. */
export const kvmHostFeatures: readonly Feature[] = [
  {
    name: 'hostAtomicClear',
    summary: 'the KVM host takes the preempted byte with its flush request by one exchange',
    commit: 'b043138246a4',
    since: '5.6 (CVE-2019-3016)',
    host: true,
  },
  {
    name: 'hostMarksAtBoundary',
    summary: 'the KVM host marks only vCPUs that stopped at an instruction boundary as preempted',
    commit: '6cd88243c7e0',
    since: '5.19',
    host: true,
  },
  {
    name: 'hostRemembersMark',
    summary: 'the KVM host does not mark a vCPU twice, over a flush request',
    commit: '8c6de56a42e0',
    since: '5.6',
    host: true,
  },
  {
    name: 'hostFollowsPage',
    summary: 'the KVM host reaches the preempted byte through its user address, wherever the page is now',
    commit: '7e2175ebd695',
    since: '5.16',
    host: true,
  },
  {
    name: 'hostMarksPreemptedOnly',
    summary: 'the KVM host does not mark a vCPU that has left for its user space as preempted',
    commit: '54aa83c90198',
    since: '5.19',
    host: true,
  },
  {
    name: 'hostMarksHalted',
    summary: 'the KVM host marks idle vCPUs that have halted as preempted too: they get no IPI to flush',
    commit: '6cd88243c7e0',
    since: 'until 5.18',
    host: true,
  },
];
