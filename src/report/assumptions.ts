/**
 * What every verdict rests on: which behaviour of the hardware is modelled, and what is not. The modelled
 * part is the contract that Linux's flush protocol itself relies on; where processors differ, the model does
 * the worst that the contract allows unless an entry says otherwise.
 */

export interface Assumption {
  readonly name: string;
  readonly modelled: boolean;
  readonly summary: string;
  /** Of C text as the optimiser leaves it (--c-opt 2): what is modelled there of what else is not. */
  readonly optimised?: string;
}

const modelled = (name: string, summary: string): Assumption => ({ name, modelled: true, summary });
const notModelled = (name: string, summary: string): Assumption => ({ name, modelled: false, summary });

export const assumptions: readonly Assumption[] = [
  modelled(
    'tlb-tags',
    'A TLB entry is used only under the PCID it was filled under. With PCIDs off every CR3 write drops ' +
      'everything.',
  ),
  modelled(
    'paging-structure-cache',
    'Upper-level entries are cached too, by PCID: a later walk may read a page table that was ' +
      'unlinked since.',
  ),
  modelled(
    'speculative-fills',
    'A walk may begin at any instruction, for any page that CR3 reaches, in a kernel thread too; never ' +
      'from a non-present entry.',
  ),
  modelled(
    'walks-are-not-atomic',
    'A walk reads one level per step, from memory and not from the store buffer; entries may change ' +
      'in between.',
  ),
  modelled(
    'accessed-and-dirty',
    'A fill sets A, and D for a store, with a locked step that starts the walk again where the entry ' +
      'has changed.',
  ),
  modelled(
    'silent-stores',
    'A cached writable and dirty entry stores without a walk; a clean one walks again first.',
  ),
  modelled(
    'flushes-are-exact',
    'An invalidation drops what the instruction must drop and no more; only a full TLB drops its ' +
      'oldest entry.',
  ),
  modelled(
    'invlpg',
    'Drops the page in the current PCID and every upper-level entry of that PCID, whatever the address.',
  ),
  modelled(
    'invpcid',
    'Type 0 drops what translates one address of one PCID, no other upper-level entry; 1 a PCID; ' +
      '2 and 3 all.',
  ),
  modelled(
    'page-fault',
    'Drops what translates its address in the current PCID, the upper-level entry included, before ' +
      'the handler.',
  ),
  modelled(
    'cr3',
    'A write without the no-flush bit drops everything of the new PCID; with it, nothing. Either ends ' +
      'the walks in flight.',
  ),
  modelled(
    'serialising',
    'CR3 writes, INVLPG, INVPCID, interrupts and IRET drain the store buffer, and later fills come ' +
      'after them.',
  ),
  modelled(
    'x86-tso',
    'Stores of a CPU become visible in order and possibly late; loads are in order; locked operations ' +
      'drain (--memory sc: no delay).',
  ),
  modelled(
    'interrupts',
    'An IPI is delivered between two instructions while IF=1, arbitrarily late; what was queued before ' +
      'it was sent is visible then.',
  ),
  modelled(
    'word-sized-steps',
    'A kernel word of any width is read or written in one step; a cpumask one 32-bit word at a time.',
  ),
  modelled(
    'kvm-preemption',
    'A vCPU may be taken off at any boundary; its stores drain, its walks end, its preempted byte is ' +
      'set. At entry the host takes byte and request in one step, and flushes every PCID if asked.',
  ),
  modelled(
    'vcpu-placement',
    'Under kvm-host a vCPU comes back on any physical CPU, whose TLB is tagged by VPID; under other ' +
      'backends it stays on its own.',
  ),
  modelled(
    'flush-hypercall',
    'The host flushes each vCPU of the mask at a boundary of its own, or where it lies if it is out; ' +
      'the caller returns after the last one.',
  ),
  modelled(
    'broadcast-invalidations',
    'INVLPGB waits for nothing; each MMU carries it out at a step of its own, and answers when its ' +
      'own user ' +
      "stores through what goes are in memory; TLBSYNC waits for its CPU's broadcasts.",
  ),
  modelled(
    'remote-actions',
    'A target that was signalled carries out a PENDING payload at a step of its own, interrupts off too, ' +
      'and answers when its own user stores through what goes are in memory; the signal waits for no stores.',
  ),
  notModelled(
    'pti',
    'Page-table isolation: user PCIDs, the deferred flush on return to user mode, invalidate_other.',
  ),
  notModelled('global-pages', 'Global entries, kernel mappings and flushes of kernel ranges.'),
  notModelled('nmi-handlers', 'What code an NMI runs (uaccess from NMI, perf, text poking).'),
  notModelled('gup', 'get_user_pages and its fast path, which rely on IPIs or RCU to hold page tables.'),
  notModelled('hugepages', 'Large pages, their splitting and collapsing, and strides other than one page.'),
  notModelled('hotplug', 'CPUs that come, go or sleep so deep that they lose their TLB.'),
  notModelled('migration', 'Tasks move between CPUs only between script steps; kernel code never migrates.'),
  notModelled('secondary-tlbs', 'IOMMU and other MMU-notifier users.'),
  notModelled(
    'keys-and-nx',
    'Protection keys, NX, LAM: an entry is present, writable, user, accessed, dirty.',
  ),
  notModelled(
    'vendor-differences',
    'Differences between processors, errata, EFER.TCE where nothing is broadcast, five levels ' +
      '(tables have two).',
  ),
  notModelled(
    'kernel-range-broadcasts',
    'Flushes of kernel ranges by INVLPGB or RAR, RAR of other types than INVPCID.',
  ),
  notModelled(
    'nested-guests',
    'Nested guests, hosts that run out of ASIDs, directed yield, what an IPI to a halted vCPU takes.',
  ),
  {
    ...notModelled(
      'compiler',
      'The compiler: each operation is taken as the kernel source orders it (C text: --c-opt 2).',
    ),
    optimised: "the accesses that clang -O2 leaves of the C text; the lab's own code as it is written",
  },
];
