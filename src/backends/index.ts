import type { Backend } from '../kernel/backend.js';
import { hypercallBackend } from './hypercall.js';
import { hypervBackend } from './hyperv.js';
import { invlpgbBackend } from './invlpgb.js';
import { kvmHostBackend } from './kvm-host.js';
import { kvmPvBackend } from './kvm-pv.js';
import { nativeBackend } from './native.js';
import { nativeOthersBackend } from './native-others.js';
import { rarBackend } from './rar.js';
import { xenBackend } from './xen.js';

/** Every backend, in the order of `list`. */
export const backends: readonly Backend[] = [
  nativeBackend,
  nativeOthersBackend,
  kvmPvBackend,
  kvmHostBackend,
  hypercallBackend,
  hypervBackend,
  xenBackend,
  invlpgbBackend,
  rarBackend,
];

export function findBackend(name: string): Backend | undefined {
  return backends.find((backend) => backend.name === name);
}
