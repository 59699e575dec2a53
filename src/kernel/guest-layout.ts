import { WANTED_WORDS } from '../machine/hypervisor.js';
import type { Layout } from '../machine/layout.js';
import type { HypercallLayout, KvmLayout, RuleLayout } from './structs.js';

/**
 * Words of what only some guests, and some rules, have. They lie behind all others, which keep their
 * addresses.
 */
export interface GuestLayout {
  readonly kvm: KvmLayout;
  readonly hypercall: HypercallLayout;
  readonly rule: RuleLayout;
}

/** Lays them out, word by word, each for all CPUs. */
export function guestLayout(layout: Layout, cpus: number, maskWords: number): GuestLayout {
  const perCpu = (
    name: string,
    words = 1,
    format: Parameters<Layout['alloc']>[2] = 'number',
    align = 1,
  ): number[] => Array.from({ length: cpus }, (_, cpu) => layout.allocOf(cpu, name, words, format, align));
  return {
    kvm: {
      preempted: perCpu('steal_time.preempted'),
      mask: perCpu('__pv_cpu_mask', maskWords, 'mask'),
    },
    hypercall: {
      requests: perCpu('hypercall.requests', maskWords, 'mask'),
      outstanding: perCpu('hypercall.outstanding'),
      wanted: perCpu('hypercall.wanted', WANTED_WORDS),
      parked: perCpu('parked', 1, 'bool'),
    },
    rule: {
      flushed: perCpu('flushed', maskWords, 'mask'),
      held: perCpu('held', maskWords, 'mask'),
      lock: perCpu('remote_gen_lock'),
      seq: perCpu('remote_gen_seq'),
      mailbox: perCpu('remote_gen_mailbox', 2, 'number', 2),
      unlazy: perCpu('please_unlazy', 1, 'bool'),
    },
  };
}
