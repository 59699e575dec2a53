import { crossMm } from './cross-mm.js';
import { csdReuse, lostAck } from './csd.js';
import { freedTableWalk } from './freed-table-walk.js';
import { genAboveMm } from './gen-above-mm.js';
import { genAhead } from './gen-ahead.js';
import type { OracleInfo } from './oracle.js';
import { splitPage } from './split-page.js';
import { staleUse } from './stale-use.js';
import { unlockOfFree } from './unlock-of-free.js';

/** Every oracle, in the order of `list`. */
export const oracles: readonly OracleInfo[] = [
  staleUse,
  crossMm,
  splitPage,
  freedTableWalk,
  {
    name: 'deadlock',
    latent: false,
    summary: 'no CPU, buffer or interrupt line can move and somebody is unfinished',
    create: null,
  },
  {
    name: 'livelock',
    latent: false,
    summary: 'no end within the step limit, nor in a fair continuation of it',
    create: null,
  },
  csdReuse,
  lostAck,
  unlockOfFree,
  {
    name: 'assertion',
    latent: false,
    summary: "a program's own assertion, over any or the final state, is false",
    create: null,
  },
  genAhead,
  genAboveMm,
];
