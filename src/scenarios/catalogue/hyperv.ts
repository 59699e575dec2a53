import type { Scenario } from '../../vocabulary/scenario.js';
import {
  A,
  B,
  dontneed,
  kthread,
  migrate,
  munmap,
  protectRo,
  read,
  repeat,
  run,
  script,
  write,
} from '../steps.js';

/**
 * Guests of Hyper-V by what their host shows them: numbers of virtual processors on both sides of 64, one
 * that is not known yet, lists that do not fit, a host that refuses. A number above 63 needs no 64 CPUs.
 */

const machine = { pages: 4, slots: 2, pcid: true, lazy: true, walks: 1 } as const;
/** Strides that are more than the ceiling: a flush of everything. */
const MANY = 64;

export const hyperv: readonly Scenario[] = [
  {
    ...machine,
    name: 'hyperv-sparse',
    summary:
      'three CPUs whose virtual processors lie in three banks flush by range, in full and with tables, one ' +
      'of them going lazy between two mms',
    cpus: 3,
    hyperv: { vpNumbers: [3, 70, 200] },
    mms: [{}, {}],
    start: [{ loadedMm: A }, { loadedMm: A }, { loadedMm: A }],
    scripts: [
      script(write(0, 1), repeat(2, dontneed(0, 2), write(0), dontneed(0, 1, MANY), write(0)), munmap(1, 3)),
      script(read(0, 1), repeat(2, kthread, run(A), read(0, 1), run(B), read(0), run(A), read(0))),
      script(write(2, 3), protectRo(2, 3), read(0, 2), munmap(2, 4)),
    ],
  },
  {
    ...machine,
    name: 'hyperv-unknown-processor',
    summary: 'a CPU whose virtual processor has no number yet runs an mm that another one flushes',
    cpus: 3,
    hyperv: { vpNumbers: [0, null, 2] },
    mms: [{}, {}],
    scripts: [
      script(run(A), write(0), repeat(3, dontneed(0, 1), write(0)), munmap(0, 2)),
      script(run(A), repeat(4, read(0, 1), write(0))),
      script(run(B), write(0), dontneed(0, 1)),
    ],
  },
  {
    ...machine,
    name: 'hyperv-short-lists',
    summary:
      'ranges of one entry of an address list, of several, and of more than there is room for, up to the ' +
      'end of the addresses',
    cpus: 2,
    hyperv: { entryPages: 2, listEntries: 1, addressPages: 4 },
    mms: [{}],
    scripts: [
      script(
        run(A),
        write(0, 1, 2, 3),
        dontneed(0, 1),
        dontneed(1, 3),
        write(3),
        dontneed(3, 4),
        dontneed(0, 4),
      ),
      script(run(A), repeat(2, write(0, 1, 2, 3), read(3, 1))),
    ],
  },
  {
    ...machine,
    name: 'hyperv-list-at-the-end',
    summary: 'ranges that end where the addresses end, shorter than an entry of an address list',
    cpus: 2,
    hyperv: { entryPages: 4, listEntries: 3, addressPages: 4 },
    mms: [{}],
    scripts: [
      script(run(A), write(2, 3), dontneed(2, 4), write(1, 2, 3), dontneed(1, 4), munmap(3, 4)),
      script(run(A), repeat(3, write(1, 2, 3))),
    ],
  },
  {
    ...machine,
    name: 'hyperv-refusals',
    summary:
      'a host that refuses hypercalls, so that the same flush goes by IPI, lazy CPUs among the targets',
    cpus: 3,
    hyperv: { vpNumbers: [0, 1, 64], refuses: true },
    mms: [{}, {}],
    start: [{ loadedMm: A }, { loadedMm: A }, { loadedMm: A }],
    scripts: [
      script(write(0, 1), repeat(2, dontneed(0, 1), write(0)), munmap(0, 2)),
      script(read(0, 1), repeat(2, kthread, run(A), read(0, 1), run(B), run(A), read(0))),
      script(read(1), dontneed(1, 2, MANY), read(0, 1)),
    ],
  },
  {
    ...machine,
    name: 'hyperv-no-sparse-sets',
    summary: 'virtual processors above 63 on a host without sparse sets, and a mask in front of them',
    cpus: 3,
    hyperv: { vpNumbers: [0, 65, 1], sparseSets: false },
    mms: [{}, {}],
    scripts: [
      script(run(A), write(0, 1), repeat(2, dontneed(0, 1), write(0)), munmap(1, 2)),
      script(run(B), write(0), run(A), read(0, 1), run(B), dontneed(0, 1), run(A), read(0, 1)),
      script(run(A), read(0, 1), dontneed(1, 2), read(0, 1)),
    ],
  },
  {
    ...machine,
    name: 'hyperv-no-page',
    summary: 'a guest without a hypercall page, which flushes by IPI as on bare metal',
    cpus: 2,
    hyperv: { hypercallPage: false },
    mms: [{}, {}],
    scripts: [
      script(run(A), write(0, 1), repeat(2, dontneed(0, 1), write(0)), munmap(0, 2)),
      script(run(A), read(0, 1), run(B), kthread, run(A), read(0, 1)),
    ],
  },
  {
    ...machine,
    name: 'hyperv-mask-empties',
    summary:
      'pages of an mm are unmapped for migration from outside, while the only CPU that runs it leaves it',
    cpus: 3,
    pages: 8,
    walks: 0,
    hyperv: {},
    mms: [{ mapped: [0, 1, 2, 3, 4, 5, 6, 7].map((page) => ({ page, write: true })) }, {}],
    start: [{ loadedMm: A }, {}, {}],
    scripts: [
      script(repeat(10, run(B), run(A)), read(0, 7)),
      script(migrate(A, 0), migrate(A, 1), migrate(A, 2), migrate(A, 3)),
      script(migrate(A, 4), migrate(A, 5), migrate(A, 6), migrate(A, 7)),
    ],
  },
];
