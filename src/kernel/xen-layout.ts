import type { Layout } from '../machine/layout.js';
import type { Scenario, ScenarioCpu } from '../vocabulary/scenario.js';

/** What a Xen PV guest has beside the kernel's words; of no words for other guests. */
export interface XenLayout {
  /** `xen_current_cr3` of each CPU: the root that its last carried-out hypercall has loaded. */
  readonly currentCr3: readonly number[];
  /** Per CPU: 1 in lazy MMU mode. */
  readonly lazyMmu: readonly number[];
  /** Per CPU: page-table updates of its multicall batch; how many, then each {mm, page, address}. */
  readonly queue: readonly number[];
  /** Per CPU: whether a flush is queued behind them. */
  readonly flushQueued: readonly number[];
  /** Per CPU: the vCPU mask of its flush. */
  readonly mask: readonly number[];
}

/** Words of a queued update. */
export const UPDATE_WORDS = 3;

export function xenLayout(layout: Layout, scenario: Scenario, isGuest: boolean): XenLayout {
  const { cpus, pages } = scenario;
  const maskWords = Math.ceil(cpus / 32);
  const perCpu = (name: string, words = 1, format: Parameters<Layout['alloc']>[2] = 'number'): number[] =>
    isGuest ? Array.from({ length: cpus }, (_, cpu) => layout.allocOf(cpu, name, words, format)) : [];
  return {
    currentCr3: perCpu('xen_current_cr3'),
    lazyMmu: perCpu('xen_lazy_mmu', 1, 'bool'),
    queue: perCpu('multicalls', 1 + UPDATE_WORDS * pages),
    flushQueued: perCpu('multicall_flush', 1, 'bool'),
    mask: perCpu('vcpumask', maskWords, 'mask'),
  };
}

/**
 * A scenario as a Xen PV guest has it: no PCIDs, so that a CPU begins with the one slot that it uses, and
 * nothing cached of other mms.
 */
export function withoutPcids(scenario: Scenario): Scenario {
  const { start } = scenario;
  const plain = { ...scenario, pcid: false };
  return start === undefined ? plain : { ...plain, start: start.map(ofOneSlot) };
}

function ofOneSlot({ loadedMm, lazy, slots, cached }: ScenarioCpu): ScenarioCpu {
  if (loadedMm === undefined) return {};
  const slot = slots?.find((held) => held?.mm === loadedMm);
  return {
    loadedMm,
    ...(lazy === undefined ? {} : { lazy }),
    ...(slot == null ? {} : { slots: [slot] }),
    ...(cached === undefined ? {} : { cached: cached.filter(({ mm }) => mm === loadedMm) }),
  };
}
