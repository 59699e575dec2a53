import type { Backend } from '../kernel/backend.js';
import { placedHost } from '../machine/placed-host.js';
import { kvmFlushTlbMulti } from './kvm-pv.js';

/**
 * The guest of `kvm` over a host whose steps are protocol code (kernel/kvm-host.ts), replaceable like the
 * kernel's, and which places vCPUs on physical CPUs (machine/placed-host.ts).
 */
export const kvmHostBackend: Backend = {
  name: 'kvm-host',
  summary:
    "KVM's paravirtual flush over a host in protocol code: vCPUs move between physical CPUs, whose TLBs " +
    'are tagged by VPID',
  has: { ipis: true, virtualCpus: true, preemptedByte: true },
  profile: '6.18',
  features: { rcuTableFree: true },
  onlyRules: {
    names: [],
    because: "the guest is kvm's: what rules do there they do here",
  },
  unit: placedHost,
  flushTlbMulti: kvmFlushTlbMulti,
};
