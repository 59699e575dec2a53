import type { Protocol } from '../machine/protocol.js';
import type { LayOutUnit } from '../machine/unit.js';
import type { FeatureName, Features } from './features/index.js';
import type { KernelFunctions } from './functions.js';
import type { KernelCpu } from './kernel-cpu.js';

/**
 * The port through which the kernel reaches the other CPUs; `src/backends` has what plugs into it.
 */

/** What there is under a kernel, and what of it a backend's flushes use. */
export interface Capabilities {
  /** It sends IPIs: targets run flush_tlb_func themselves. */
  readonly ipis?: true;
  /** CPUs are virtual: a host takes them off their processors and brings them back. */
  readonly virtualCpus?: true;
  /** The host marks vCPUs that are out, in a byte through which others ask for a flush at their entry. */
  readonly preemptedByte?: true;
  /** A flush is a request to the host, which flushes vCPUs wherever they are. */
  readonly postedRequests?: true;
  /** CPUs broadcast invalidations to the MMUs of all others. */
  readonly broadcasts?: true;
  /** CPUs send the microcode of others remote action requests. */
  readonly remoteActions?: true;
}

const CAPABILITIES: Readonly<Record<keyof Capabilities, string>> = {
  ipis: 'IPIs',
  virtualCpus: 'virtual CPUs',
  preemptedByte: 'preempted byte',
  postedRequests: 'posted requests',
  broadcasts: 'broadcast invalidations',
  remoteActions: 'remote action requests',
};

/** Capabilities in words, always in the same order. */
export function capabilityNames(has: Capabilities): string[] {
  return Object.entries(CAPABILITIES).flatMap(([name, words]) =>
    has[name as keyof Capabilities] === true ? [words] : [],
  );
}

/** A hypervisor whose own interface the kernel uses. */
export type GuestOf = 'hyperv' | 'xen';

/** How a flush reaches the other CPUs. Adding one is adding one file and one line in backends/index.ts. */
export interface Backend {
  readonly name: string;
  readonly summary: string;
  readonly has: Capabilities;
  /** The profile whose variants with this backend have no other profile named. */
  readonly profile: string;
  /**
   * What a kernel on it does whatever its version, e.g. that a paravirtual guest frees page tables through
   * RCU.
   */
  readonly features?: Partial<Features>;
  /** The kernel's feature without which it does not use what the backend has. */
  readonly uses?: FeatureName;
  /** The only rules that are asked of it besides doing nothing, and why no other; absent where all are. */
  readonly onlyRules?: { readonly names: readonly string[]; readonly because: string };
  /** The hypervisor whose guest the kernel is. */
  readonly guestOf?: GuestOf;
  /** What its guests do in the place of the kernel's functions, beside `flushTlbMulti`. */
  readonly functions?: Partial<KernelFunctions>;
  /** Hardware that it brings with it; the words of that are `cpu.layout.unit`. Threads have none. */
  readonly unit?: LayOutUnit;
  /**
   * `flush_tlb_multi`: has the request of `cpu` (its flush_tlb_info) carried out on every CPU of `mask` that
   * needs it, `cpu` included, and returns when that is done. Before 5.13 (feature concurrentFlush off) it is
   * `flush_tlb_others`: `cpu` has been flushed already.
   */
  flushTlbMulti(cpu: KernelCpu, mask: number): Protocol<void>;
}

/** What a backend has in the function table. */
export function functionsOf(backend: Backend): Pick<KernelFunctions, 'flushTlbMulti'> {
  return { ...backend.functions, flushTlbMulti: backend.flushTlbMulti };
}
