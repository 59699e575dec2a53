import assert from 'node:assert/strict';
import {
  EV_CSD_QUEUED,
  EV_CSD_RAN,
  EV_CSD_UNLOCKED,
  EV_DECIDED,
  EV_IPI_SERVED,
  EV_TLB_FLUSH,
} from '../../src/kernel/events.js';
import { kernelProgram } from '../../src/kernel/kernel-program.js';
import type { Ghost } from '../../src/machine/ghost.js';
import * as H from '../../src/machine/hardware.js';
import { Machine } from '../../src/machine/machine.js';
import { makePte, PTE_PRESENT, PTE_SWAP, PTE_USER, PTE_WRITE, withVersion } from '../../src/machine/pte.js';
import { oracles } from '../../src/oracles/index.js';
import type { Oracle } from '../../src/oracles/oracle.js';
import { findVariant } from '../../src/variants/index.js';
import type { Scenario } from '../../src/vocabulary/scenario.js';
import { personally, violationWords } from '../../src/vocabulary/violation-facts.js';

/**
 * What each oracle says of a machine whose words are put by hand, on both sides of each of its conditions.
 * Plain functions, for they run in two places: as tests, and against every mutant of the oracles
 * (mutants.test.ts).
 */

const mm = 3;
const other = 4;
const page = 1;
const frame = 2;
const rights = PTE_PRESENT | PTE_USER | PTE_WRITE;

class Stand {
  readonly machine: Machine;
  readonly oracle: Oracle;
  readonly said: string[] = [];
  readonly messages: string[] = [];
  readonly kernel;

  constructor(
    name: string,
    change: Partial<Scenario> & {
      readonly replace?: object;
      readonly packedTagBits?: number;
      readonly broadcasts?: boolean;
    } = {},
  ) {
    const { replace, packedTagBits, broadcasts, ...scenario } = change;
    const shape = {
      name: 's',
      summary: '',
      cpus: 2,
      mms: [{}, {}],
      pages: 3,
      slots: 3,
      pcid: true,
      lazy: true,
      walks: 0,
    };
    const variant = findVariant(broadcasts === true ? 'invlpgb' : '6.18')!;
    const program = kernelProgram(
      { ...shape, scripts: [[], []], ...scenario },
      { ...variant, packedTagBits, replace: { ...variant.replace, ...replace } },
    );
    this.machine = new Machine(program, 'tso');
    this.machine.reset();
    for (const cpu of [0, 1]) this.mem[this.machine.block(cpu) + H.IF] = 1;
    this.kernel = program.config;
    this.machine.report = (facts) => {
      this.said.push(`${facts.class} CPU${facts.cpu}`);
      this.messages.push(violationWords(facts, personally(this.machine.program.layout)));
    };
    this.oracle = oracles.find((oracle) => oracle.name === name)!.create!(this.machine, this.kernel);
    this.oracle.begin?.();
  }

  get mem(): Int32Array {
    return this.machine.mem;
  }
  get ghost(): Ghost {
    return this.machine.ghost;
  }

  /** Puts a translation, or an entry of the structure cache, into a CPU's lists; answers its word. */
  entry(
    cpu: number,
    at: {
      key?: number;
      pte?: number;
      owner?: number;
      alloc?: number;
      structure?: boolean;
      index?: number;
    } = {},
  ): number {
    const block = this.machine.block(cpu);
    const [count, base] = at.structure === true ? [H.PSC_COUNT, H.PSC_BASE] : [H.TLB_COUNT, H.TLB_BASE];
    const index = at.index ?? 0;
    const word = block + base + index * H.TLB_WORDS;
    this.mem[block + count] = index + 1;
    this.mem[word + H.TLB_KEY] = at.key ?? (1 << 8) | page;
    this.mem[word + H.TLB_PTE] = at.pte ?? withVersion(makePte(frame, rights), 5);
    this.mem[word + H.TLB_OWNER] = at.owner ?? this.ghost.addressSpace(mm);
    this.mem[word + H.TLB_ALLOC] = at.alloc ?? this.mem[this.ghost.allocOf(frame)];
    return word;
  }

  /** Slot `asid` of a CPU holds `ctxId` at a generation; mms have ctx_id 70 + handle and generation 9. */
  slot(cpu: number, asid: number, ctxId: number, tlbGen: number): void {
    for (const [handle, { ctxId: word, tlbGen: gen }] of this.kernel.layout.mms.entries()) {
      this.mem[word] = 70 + handle;
      this.mem[gen] = 9;
    }
    const ctx = this.kernel.layout.cpus[cpu].tlbstate.ctxs[asid];
    this.mem[ctx.ctxId] = ctxId;
    this.mem[ctx.tlbGen] = tlbGen;
  }

  /**
   * A change of the page's entry (or of its table's) to `version`, which generation `due` of its mm covers.
   */
  changed(version: number, due: number, structure = false): void {
    const index = this.ghost.index(mm, structure ? this.ghost.pages : page);
    this.mem[this.ghost.version + index] = version;
    this.ghost.addChange(0, index, version, makePte(frame, rights), 0);
    this.ghost.generationCommitted(0, this.kernel.layout.mms[mm].tlbGen, due);
  }
}

function put(mem: Int32Array, address: number, value: number): void {
  mem[address] = value;
}

/** One check: what an oracle says, and what it should. */
export interface Condition {
  readonly name: string;
  readonly check: () => void;
}

const says = (stand: Stand, said: readonly string[], word?: RegExp): void => {
  assert.deepEqual(stand.said, said);
  if (word !== undefined) assert.match(stand.messages[0] ?? '', word);
};

function use(write: boolean, put: (stand: Stand, entry: number, index: number) => void): Stand {
  const stand = new Stand('stale-use');
  const entry = stand.entry(1);
  put(stand, entry, stand.ghost.index(mm, page));
  stand.oracle.userAccess!(1, entry, write);
  return stand;
}

function drain(put: (stand: Stand, index: number) => void, version = 5): Stand {
  const stand = new Stand('stale-use');
  const index = stand.ghost.index(mm, page);
  put(stand, index);
  stand.oracle.userStoreDrained!(1, frame, 0, index, version);
  return stand;
}

const staleUse: Condition[] = [
  {
    name: 'a use of what is as it was',
    check: () =>
      says(
        use(true, () => {}),
        [],
      ),
  },
  {
    name: 'a use of a freed frame',
    check: () =>
      says(
        use(false, ({ mem, ghost }) => void mem[ghost.allocOf(frame)]++),
        ['stale-use CPU1'],
        /read .*freed/,
      ),
  },
  {
    name: 'a store to a freed frame, revoked besides: told once',
    check: () => {
      const put = ({ mem, ghost }: Stand, _: number, index: number) => {
        mem[ghost.allocOf(frame)]++;
        mem[ghost.revokedWrite + index] = 9;
      };
      says(use(true, put), ['stale-use CPU1'], /wrote to .*freed/);
    },
  },
  ...[true, false].flatMap((write) =>
    [4, 5, 6].map((revoked) => ({
      name: `a ${write ? 'store' : 'load'} with version 5 after ${revoked} was revoked`,
      check: () => {
        const stand = use(write, ({ mem, ghost }, _, index) => {
          mem[(write ? ghost.revokedWrite : ghost.revokedRead) + index] = revoked;
        });
        says(stand, revoked > 5 ? ['stale-use CPU1'] : [], /revoked|/);
      },
    })),
  ),
  {
    name: 'a load where only stores are revoked, a store where only loads are',
    check: () => {
      says(
        use(false, ({ mem, ghost }, _, index) => put(mem, ghost.revokedWrite + index, 9)),
        [],
      );
      says(
        use(true, ({ mem, ghost }, _, index) => put(mem, ghost.revokedRead + index, 9)),
        [],
      );
    },
  },
  {
    name: 'a store that drains to what is as it was',
    check: () =>
      says(
        drain(() => {}),
        [],
      ),
  },
  {
    name: 'a store that drains to a freed frame',
    check: () =>
      says(
        drain(({ mem, ghost }) => void mem[ghost.allocOf(frame)]++),
        ['stale-use CPU1'],
        /freed .*from its store buffer/,
      ),
  },
  ...[4, 5, 6].map((revoked) => ({
    name: `a store of version 5 that drains after ${revoked} was revoked`,
    check: () =>
      says(
        drain(({ mem, ghost }, index) => put(mem, ghost.revokedWrite + index, revoked)),
        revoked > 5 ? ['stale-use CPU1'] : [],
      ),
  })),
];

const spaces: Condition[] = [
  ...[mm, other].map((running) => ({
    name: `cross-mm: an entry of mm 3 while mm ${running} runs`,
    check: () => {
      const stand = new Stand('cross-mm');
      stand.mem[stand.machine.block(1) + H.CR3_OWNER] = stand.ghost.addressSpace(running);
      stand.oracle.userAccess!(1, stand.entry(1), false);
      says(stand, running === mm ? [] : ['cross-mm CPU1']);
    },
  })),
  ...[false, true].flatMap((speculative) =>
    [0, 1].map((freed) => ({
      name:
        `freed-table-walk: a ${speculative ? 'speculative' : 'demanded'} walk, the table freed ` +
        `${freed} times`,
      check: () => {
        const stand = new Stand('freed-table-walk');
        const alloc = stand.mem[stand.ghost.allocOf(frame)];
        stand.mem[stand.ghost.allocOf(frame)] += freed;
        stand.oracle.tableRead!(1, frame, alloc, speculative);
        says(
          stand,
          freed === 0 ? [] : ['freed-table-walk CPU1'],
          speculative ? /^a speculative walk|^$/ : /^a walk|^$/,
        );
      },
    })),
  ),
  {
    name: 'unlock-of-free',
    check: () => {
      const stand = new Stand('unlock-of-free');
      stand.oracle.unlockOfFree!(1, stand.kernel.layout.rule.lock[1]);
      says(stand, ['unlock-of-free CPU1']);
    },
  },
];

/** An oracle's word on a csd's life. */
function life(name: string, events: readonly number[], replace: object = {}): string[] {
  const stand = new Stand(name, { replace });
  const [csd, another] = [0, 1].map((target) => stand.kernel.layout.cpus[0].cfd.csd[target]);
  stand.oracle.event!(0, EV_CSD_QUEUED, another, 0);
  for (const kind of events) stand.oracle.event!(0, kind, csd, 0);
  return stand.said;
}

function* replaced(): Generator<never, void> {}
const [QUEUED, SERVED, RAN, UNLOCKED] = [EV_CSD_QUEUED, EV_IPI_SERVED, EV_CSD_RAN, EV_CSD_UNLOCKED];
const lives: readonly (readonly [
  what: string,
  events: readonly number[],
  replace: object,
  reuse: boolean,
  lost: boolean,
])[] = [
  ['a whole life, twice', [QUEUED, SERVED, RAN, UNLOCKED, QUEUED, SERVED, RAN, UNLOCKED], {}, false, false],
  ['queued twice', [QUEUED, QUEUED], {}, true, false],
  ['queued again when it was taken', [QUEUED, SERVED, QUEUED], {}, true, false],
  ['queued again when its function had run', [QUEUED, SERVED, RAN, QUEUED], {}, false, false],
  ['unlocked before its function ran', [QUEUED, SERVED, UNLOCKED], {}, false, true],
  ['unlocked before it was taken', [QUEUED, UNLOCKED], {}, false, false],
  ['other notes between', [QUEUED, EV_TLB_FLUSH, SERVED, EV_TLB_FLUSH, RAN, UNLOCKED], {}, false, false],
  ['other notes before it is unlocked too early', [QUEUED, SERVED, EV_TLB_FLUSH, UNLOCKED], {}, false, true],
  [
    'queued twice, its target says nothing of its function',
    [QUEUED, QUEUED],
    { runCsd: replaced },
    false,
    false,
  ],
  [
    'queued twice, its target says nothing of its queue',
    [QUEUED, QUEUED],
    { flushSmpCallFunctionQueue: replaced },
    false,
    false,
  ],
  [
    'queued again when it was taken, its target says little',
    [QUEUED, SERVED, QUEUED],
    { runCsd: replaced },
    true,
    false,
  ],
];
const csds: Condition[] = lives.map(([what, events, replace, reuse, lost]) => ({
  name: `a csd: ${what}`,
  check: () => {
    assert.deepEqual(life('csd-reuse', events, replace), reuse ? ['csd-reuse CPU0'] : []);
    assert.deepEqual(life('lost-ack', events, replace), lost ? ['lost-ack CPU0'] : []);
  },
}));

/** What is known of csds, where an execution is taken up in its middle. */
const keptCsds: Condition = {
  name: 'lives of csds are kept, in order, and taken up again',
  check: () => {
    const [stand, later] = [new Stand('csd-reuse'), new Stand('csd-reuse')];
    const [low, high] = [0, 1]
      .map((target) => stand.kernel.layout.cpus[0].cfd.csd[target])
      .sort((a, b) => a - b);
    const note = ({ oracle }: Stand, kind: number, csd: number): void => oracle.event!(0, kind, csd, 0);
    assert.deepEqual(stand.oracle.state!(), []);
    note(stand, QUEUED, high);
    note(stand, QUEUED, low);
    note(stand, SERVED, low);
    const kept = stand.oracle.state!();
    assert.deepEqual(kept, [low, 2, high, 1]);
    note(later, QUEUED, high);
    note(later, UNLOCKED, high);
    assert.deepEqual(later.oracle.state!(), []);
    note(later, SERVED, low);
    later.oracle.restore!(kept);
    assert.deepEqual(later.oracle.state!(), kept);
    note(later, QUEUED, high);
    says(later, ['csd-reuse CPU0']);
    later.oracle.restore!([]);
    assert.deepEqual(later.oracle.state!(), []);
  },
};

/** How the two oracles of slots are asked. */
const asks: readonly [string, (stand: Stand, asid: number) => void][] = [
  ['at a decision', ({ oracle }, asid) => oracle.event!(1, EV_DECIDED, asid, 0)],
  ['when interrupts go on', ({ oracle }) => oracle.interruptsEnabled!(1)],
  ['when a vCPU enters', ({ oracle }) => oracle.vcpuEntered!(1)],
];

/**
 * gen-ahead: entry of version 5 in slot `asid`, a change to 6 that generation 8 covers, the slot at
 * `slotGen`.
 */
function ahead(
  ask: (stand: Stand) => void,
  put: (stand: Stand) => void = () => {},
  scenario: Partial<Scenario> & { readonly broadcasts?: boolean } = {},
  packedTagBits = 0,
): Stand {
  const stand = new Stand('gen-ahead', { ...scenario, packedTagBits });
  stand.slot(1, 0, 70 + mm, 8);
  stand.changed(6, 8);
  stand.entry(1);
  put(stand);
  ask(stand);
  return stand;
}

const decided = (asid: number) => (stand: Stand) => stand.oracle.event!(1, EV_DECIDED, asid, 0);
const AHEAD = ['gen-ahead CPU1'];
const genAhead: Condition[] = [
  ...asks.map(([when, ask]) => ({
    name: `gen-ahead ${when}`,
    check: () =>
      says(
        ahead((stand) => ask(stand, 0)),
        AHEAD,
        /translation/,
      ),
  })),
  {
    name: 'gen-ahead at no decision',
    check: () =>
      says(
        ahead(({ oracle }) => oracle.event!(1, EV_TLB_FLUSH, 0, 0)),
        [],
      ),
  },
  {
    name: 'gen-ahead of a vCPU that enters with interrupts off',
    check: () =>
      says(
        ahead(
          ({ oracle }) => oracle.vcpuEntered!(1),
          ({ mem, machine }) => put(mem, machine.block(1) + H.IF, 0),
        ),
        [],
      ),
  },
  ...[7, 8, 9].map((slotGen) => ({
    name: `gen-ahead of a slot at ${slotGen} where 8 is due`,
    check: () =>
      says(
        ahead(decided(0), (stand) => stand.slot(1, 0, 70 + mm, slotGen)),
        slotGen >= 8 ? AHEAD : [],
      ),
  })),
  {
    name: 'gen-ahead of another slot than decided',
    check: () => {
      says(ahead(decided(1)), []);
      const second = (stand: Stand): void => {
        stand.slot(1, 1, 70 + mm, 8);
        stand.entry(1, { key: (2 << 8) | page });
      };
      says(ahead(decided(0), second), []);
      says(ahead(decided(1), second), AHEAD);
    },
  },
  {
    name: 'gen-ahead of packed slots: a tag above the generation is none of it; of pairs every bit is',
    check: () => {
      const tagged = 1 << 20;
      for (const [tagBits, slotGen, said] of [
        [8, tagged | 7, []],
        [8, tagged | 8, AHEAD],
        [0, tagged | 7, AHEAD],
      ] as const)
        says(
          ahead(decided(0), (stand) => stand.slot(1, 0, 70 + mm, slotGen), {}, tagBits),
          said,
        );
    },
  },
  {
    name: 'gen-ahead of a slot whose mm has got a global ASID: at a decision, and while it is loaded',
    check: () => {
      const broadcasts = { broadcasts: true };
      const left = (globalAsid: number, loaded: number) => (stand: Stand) => {
        put(stand.mem, stand.kernel.layout.globalAsids.asid[mm], globalAsid);
        put(stand.mem, stand.kernel.layout.cpus[1].tlbstate.loadedMmAsid, loaded);
      };
      const enabled = ({ oracle }: Stand): void => oracle.interruptsEnabled!(1);
      says(ahead(enabled, left(4, 4), broadcasts), []);
      says(ahead(enabled, left(4, 1), broadcasts), []);
      says(ahead(enabled, left(4, 0), broadcasts), AHEAD);
      says(ahead(enabled, left(0, 4), broadcasts), AHEAD);
      says(ahead(decided(0), left(4, 4), broadcasts), AHEAD);
      const notLoaded = ({ mem, kernel }: Stand): void =>
        put(mem, kernel.layout.cpus[1].tlbstate.loadedMmAsid, 1);
      says(ahead(enabled, notLoaded), AHEAD);
    },
  },
  {
    name: 'gen-ahead of an entry that is the newest',
    check: () => {
      const put = (stand: Stand): void => {
        stand.entry(1, { pte: withVersion(makePte(frame, rights), 6) });
        // A history that would tell otherwise.
        stand.mem[stand.ghost.version + stand.ghost.index(mm, page)] = 6;
      };
      says(ahead(decided(0), put), []);
    },
  },
  {
    name: 'gen-ahead of a change that no generation covers yet',
    check: () => {
      const stand = new Stand('gen-ahead');
      stand.slot(1, 0, 70 + mm, 8);
      stand.mem[stand.ghost.version + stand.ghost.index(mm, page)] = 6;
      stand.entry(1);
      decided(0)(stand);
      says(stand, []);
    },
  },
  {
    name: 'gen-ahead of an entry under a PCID of no slot',
    check: () => {
      for (const pcid of [0, 4, 9]) {
        const put = (stand: Stand): void => void stand.entry(1, { key: (pcid << 8) | page });
        says(
          ahead(({ oracle }) => oracle.interruptsEnabled!(1), put),
          [],
        );
      }
    },
  },
  {
    name: 'gen-ahead of a slot that another mm has now, and of an mm that is gone',
    check: () => {
      says(
        ahead(decided(0), (stand) => stand.slot(1, 0, 70 + other, 8)),
        [],
      );
      says(
        ahead(decided(0), (stand) => void stand.ghost.newAddressSpace(mm)),
        [],
      );
    },
  },
  {
    name: 'gen-ahead of an entry of the structure cache, judged by its table',
    check: () => {
      const put = (stand: Stand): void => {
        stand.mem[stand.machine.block(1) + H.TLB_COUNT] = 0;
        stand.changed(6, 8, true);
        stand.entry(1, { structure: true, key: 1 << 8 });
      };
      says(ahead(decided(0), put), AHEAD, /paging-structure/);
      const fresh = (stand: Stand): void => {
        stand.mem[stand.machine.block(1) + H.TLB_COUNT] = 0;
        stand.entry(1, { structure: true, key: 1 << 8 });
      };
      says(ahead(decided(0), fresh), []);
    },
  },
  {
    name: 'gen-ahead of two entries: told once; of the second where the first is fine',
    check: () => {
      says(
        ahead(decided(0), (stand) => void stand.entry(1, { index: 1 })),
        AHEAD,
      );
      const put = (stand: Stand): void => {
        stand.entry(1, { key: (2 << 8) | page });
        stand.entry(1, { index: 1 });
      };
      says(ahead(decided(0), put), AHEAD);
    },
  },
  {
    name: 'gen-ahead without PCIDs: one slot, whatever the key',
    check: () =>
      says(
        ahead(decided(0), (stand) => void stand.entry(1, { key: page }), { pcid: false, slots: 1 }),
        AHEAD,
      ),
  },
];

function above(ask: (stand: Stand) => void, put: (stand: Stand) => void): Stand {
  const stand = new Stand('gen-above-mm');
  put(stand);
  ask(stand);
  return stand;
}
const ABOVE = ['gen-above-mm CPU1'];
const genAbove: Condition[] = [
  ...asks.flatMap(([when, ask]) =>
    [8, 9, 10].map((gen) => ({
      name: `gen-above-mm ${when}: a slot at ${gen}, its mm at 9`,
      check: () =>
        says(
          above(
            (stand) => ask(stand, 0),
            (stand) => stand.slot(1, 1, 70 + mm, gen),
          ),
          gen > 9 ? ABOVE : [],
        ),
    })),
  ),
  {
    name: 'gen-above-mm at no decision, of a vCPU with interrupts off',
    check: () => {
      const put = (stand: Stand): void => stand.slot(1, 1, 70 + mm, 10);
      says(
        above(({ oracle }) => oracle.event!(1, EV_TLB_FLUSH, 0, 0), put),
        [],
      );
      const off = ({ oracle, mem, machine }: Stand): void => {
        mem[machine.block(1) + H.IF] = 0;
        oracle.vcpuEntered!(1);
      };
      says(above(off, put), []);
    },
  },
  {
    name: 'gen-above-mm of an empty slot, of init_mm, of an mm that is gone; of the first user mm',
    check: () => {
      const judged = (ctxId: number, mmCtxId?: number): string[] =>
        above(decided(0), (stand) => {
          stand.slot(1, 1, ctxId, 10);
          if (mmCtxId !== undefined) stand.mem[stand.kernel.layout.mms[mm].ctxId] = mmCtxId;
        }).said;
      // An mm that does not live has ctx_id 0, as an empty slot has.
      assert.deepEqual(judged(0, 0), []);
      assert.deepEqual(judged(72), []);
      assert.deepEqual(judged(99), []);
      assert.deepEqual(judged(70 + mm), ABOVE);
    },
  },
  {
    name: 'gen-above-mm of two slots: told once; of the last where the first is fine',
    check: () => {
      const two = (stand: Stand): void => {
        stand.slot(1, 0, 70 + mm, 10);
        stand.slot(1, 2, 70 + other, 10);
      };
      says(above(decided(0), two), ABOVE, /slot 0/);
      const last = (stand: Stand): void => {
        stand.slot(1, 0, 70 + mm, 9);
        stand.slot(1, 2, 70 + other, 10);
      };
      says(above(decided(0), last), ABOVE, /slot 2/);
    },
  },
];

/**
 * split-page: CPU 0 takes a page out of its entry (version 6) and puts a copy there (version 7); a store
 * drains through the copy; then CPU 1 loads through an entry of version 5. `[before, after]` of each change,
 * by its CPU, can be others.
 */
interface Split {
  readonly changes?: readonly (readonly [cpu: number, version: number, before: number, after: number])[];
  readonly drains?: readonly (readonly [frame: number, version: number])[];
  readonly used?: number;
  readonly write?: boolean;
  readonly reborn?: boolean;
}
const oldPte = makePte(frame, rights);
const copyPte = makePte(frame + 1, rights);
const copied = [
  [0, 6, oldPte, 0],
  [0, 7, 0, copyPte],
] as const;

function split({
  changes = copied,
  drains = [[frame + 1, 7]],
  used,
  write = false,
  reborn = false,
}: Split = {}): Stand {
  const stand = new Stand('split-page');
  const index = stand.ghost.index(mm, page);
  for (const [cpu, version, before, after] of changes)
    stand.oracle.entryChanged!(cpu, index, version, before, after);
  for (const [to, version] of drains) stand.oracle.userStoreDrained!(0, to, 0, index, version);
  const entry = stand.entry(1, { pte: used ?? withVersion(oldPte, 5) });
  if (reborn) stand.ghost.newAddressSpace(mm);
  stand.oracle.userAccess!(1, entry, write);
  return stand;
}

const SPLIT = ['split-page CPU1'];
const swapped = PTE_SWAP;
const splits: readonly (readonly [name: string, split: Split, said: readonly string[]])[] = [
  ['a load of the old page after a store to the copy', {}, SPLIT],
  ['a store to the old page: stale-use judges it', { write: true }, []],
  ['a load before any store to the copy', { drains: [] }, []],
  ['a load through the copy itself, and a newer one', { used: withVersion(oldPte, 7) }, []],
  ['a load through an entry newer than what was stored to', { used: withVersion(oldPte, 8) }, []],
  ['the same frame with other rights', { drains: [[frame, 7]] }, []],
  ['a root of a former life of the handle', { reborn: true }, []],
  [
    'an older store that drains late tells nothing new',
    {
      drains: [
        [frame + 1, 7],
        [frame, 6],
      ],
    },
    SPLIT,
  ],
  [
    'a store to the same version drains again',
    {
      drains: [
        [frame + 1, 7],
        [frame, 7],
      ],
    },
    SPLIT,
  ],
  [
    'a newer store goes to the old frame',
    {
      drains: [
        [frame + 1, 7],
        [frame, 8],
      ],
    },
    [],
  ],
  [
    'a page dropped by one CPU and faulted in afresh by another',
    {
      changes: [
        [0, 6, oldPte, 0],
        [1, 7, 0, copyPte],
      ],
    },
    [],
  ],
  [
    'a fresh page, and a load of the version that began it',
    {
      changes: [
        [1, 5, 0, oldPte],
        [0, 6, oldPte, 0],
        [0, 7, 0, copyPte],
      ],
    },
    SPLIT,
  ],
  [
    'a fresh page, and a load of the version before',
    {
      changes: [
        [1, 6, 0, oldPte],
        [0, 7, oldPte, copyPte],
      ],
    },
    [],
  ],
  [
    'replaced at once by another CPU than had taken it before',
    {
      changes: [
        [0, 4, oldPte, 0],
        [0, 5, 0, oldPte],
        [1, 7, oldPte, copyPte],
      ],
    },
    SPLIT,
  ],
  [
    'swapped out, and in again by who had taken it',
    {
      changes: [
        [0, 4, oldPte, 0],
        [0, 6, 0, swapped],
        [0, 7, swapped, copyPte],
      ],
    },
    [],
  ],
  [
    'taken by one, and emptied once more by another',
    {
      changes: [
        [0, 5, oldPte, 0],
        [1, 6, 0, 0],
        [0, 7, 0, copyPte],
      ],
    },
    SPLIT,
  ],
];
const splitPage: Condition[] = splits.map(([name, put, said]) => ({
  name: `split-page: ${name}`,
  check: () => says(split(put), said),
}));

export const conditions: readonly Condition[] = [
  ...splitPage,
  ...staleUse,
  ...spaces,
  ...csds,
  keptCsds,
  ...genAhead,
  ...genAbove,
];
