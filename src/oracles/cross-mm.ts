import { FIRST_USER_MM } from '../kernel/constants.js';
import { Ghost } from '../machine/ghost.js';
import * as H from '../machine/hardware.js';
import type { OracleInfo } from './oracle.js';

/**
 * `cross-mm`: an entry filled under one address space (the owner of the root in CR3, never loaded_mm) is used
 * under another.
 */
export const crossMm: OracleInfo = {
  name: 'cross-mm',
  latent: false,
  summary: 'an access used a translation that was filled under another address space',
  create: (machine) => ({
    userAccess(cpu: number, entry: number): void {
      const owner = machine.mem[entry + H.TLB_OWNER];
      const current = machine.mem[machine.block(cpu) + H.CR3_OWNER];
      if (owner === current) return;
      const mm = (space: number): number => Ghost.mmOf(space) - FIRST_USER_MM;
      const page = machine.mem[entry + H.TLB_KEY] & 0xff;
      machine.report({ class: 'cross-mm', cpu, page, filledUnder: mm(owner), running: mm(current) });
    },
  }),
};
