import { EV_CSD_QUEUED, EV_CSD_RAN, EV_CSD_UNLOCKED } from '../kernel/events.js';
import type { Machine } from '../machine/machine.js';
import type { Oracle, OracleInfo } from './oracle.js';

/** Life of a csd: idle, queued, its function has run. */
const QUEUED = 1;
const RAN = 2;

function follow(machine: Machine, judge: (state: number, cpu: number, kind: number, name: string) => void): Oracle {
  const state = new Map<number, number>();
  return {
    begin: () => state.clear(),
    event(cpu: number, kind: number, csd: number): void {
      if (kind !== EV_CSD_QUEUED && kind !== EV_CSD_RAN && kind !== EV_CSD_UNLOCKED) return;
      judge(state.get(csd) ?? 0, cpu, kind, machine.program.layout.nameOf(csd).replace('.next', ''));
      state.set(csd, kind === EV_CSD_QUEUED ? QUEUED : kind === EV_CSD_RAN ? RAN : 0);
    },
  };
}

/** `csd-reuse`: a csd was queued again before its target had finished with it. */
export const csdReuse: OracleInfo = {
  name: 'csd-reuse',
  latent: false,
  summary: 'a call-function descriptor was queued again before its target had unlocked it',
  create: (machine) =>
    follow(machine, (state, cpu, kind, name) => {
      if (kind === EV_CSD_QUEUED && state !== 0)
        machine.report('csd-reuse', cpu, `CPU${cpu} queued ${name} again while its target still had it`);
    }),
};

/** `lost-ack`: a csd was unlocked, which acknowledges it to its waiter, though its function has not run. */
export const lostAck: OracleInfo = {
  name: 'lost-ack',
  latent: false,
  summary: 'a call-function request was acknowledged before its function had run',
  create: (machine) =>
    follow(machine, (state, cpu, kind, name) => {
      if (kind === EV_CSD_UNLOCKED && state === QUEUED)
        machine.report('lost-ack', cpu, `CPU${cpu} acknowledged ${name} before its function had run`);
    }),
};
