import type { Feature } from './feature.js';

/** Features of Hyper-V's and Xen's guests, and of Xen. */
export const guestFeatures: readonly Feature[] = [
  {
    name: 'hypervSkipsLazy',
    summary: 'Hyper-V guests leave lazy CPUs out of the flush hypercall when no tables were freed',
    commit: '493cc07385cf',
    since: '6.4',
    guestOf: 'hyperv',
  },
  {
    name: 'hypervSeesEmptyMask',
    summary: 'Hyper-V guests take a mask that becomes empty meanwhile for what it is (B32)',
    commit: '51500b71d500',
    since: '5.17, and stable trees of then',
    guestOf: 'hyperv',
  },
  {
    name: 'hypervChecksVpNumber',
    summary: 'Hyper-V guests flush by IPI where a virtual processor has no number yet (B33)',
    commit: '110d2a7fc397',
    since: '4.19',
    guestOf: 'hyperv',
  },
  {
    name: 'hypervListEndsAtEnd',
    summary: "Hyper-V guests end an address list at the range's end, wherever that is (B34)",
    commit: '4030b4c585c4',
    since: '5.4',
    guestOf: 'hyperv',
  },
  {
    name: 'xenCr3Purges',
    summary: 'Xen drops what was cached before a load of CR3 (B23: with PCIDs it did not, XSA-292)',
    commit: null,
    since: 'Xen of March 2019',
    guestOf: 'xen',
  },
  {
    name: 'xenKeepsOrder',
    summary: 'Xen PV guests queue a flush behind the page-table updates that lazy MMU mode has queued (C12)',
    commit: null,
    since: 'every kernel with xen_flush_tlb_others',
    guestOf: 'xen',
  },
  {
    name: 'xenDropsLazyRefs',
    summary: 'Xen PV guests push lazy CPUs off an mm before they unpin its page tables',
    commit: null,
    since: 'every kernel with xen_exit_mmap',
    guestOf: 'xen',
  },
];
