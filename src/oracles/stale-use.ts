import { FIRST_USER_MM } from '../kernel/constants.js';
import { Ghost } from '../machine/ghost.js';
import * as H from '../machine/hardware.js';
import type { JudgedMachine } from '../machine/ports.js';
import { pteFrame, pteVersion } from '../machine/pte.js';
import type { FactsOf } from '../vocabulary/violation-facts.js';
import type { Oracle, OracleInfo } from './oracle.js';

/**
 * `stale-use`: a retired user access (a) reaches a frame that was released since the entry was linked,
 * whatever was flushed; or (b) uses a right that a client operation took away, with an entry older than that,
 * after the operation returned. A store is judged again when it leaves the store buffer.
 */
class StaleUse implements Oracle {
  private readonly ghost: Ghost;

  constructor(private readonly machine: JudgedMachine) {
    this.ghost = machine.ghost;
  }

  userAccess(cpu: number, entry: number, write: boolean): void {
    const mem = this.machine.mem;
    const pte = mem[entry + H.TLB_PTE];
    const frame = pteFrame(pte);
    const page = mem[entry + H.TLB_KEY] & 0xff;
    const mm = Ghost.mmOf(mem[entry + H.TLB_OWNER]);
    const index = this.ghost.index(mm, page);
    if (this.machine.word(this.ghost.allocOf(frame)) !== mem[entry + H.TLB_ALLOC]) {
      this.report(cpu, mm, page, { isWrite: write, frame, isBuffered: false });
      return;
    }
    const revoked = this.machine.word((write ? this.ghost.revokedWrite : this.ghost.revokedRead) + index);
    if (this.ghost.fullVersion(index, pteVersion(pte)) < revoked)
      this.report(cpu, mm, page, { isWrite: write, frame: null, isBuffered: false });
  }

  userStoreDrained(cpu: number, frame: number, alloc: number, ghostIndex: number, version: number): void {
    const mem = this.machine.mem;
    const mm = (ghostIndex / this.ghost.keys) | 0;
    const page = ghostIndex % this.ghost.keys;
    if (mem[this.ghost.allocOf(frame)] !== alloc)
      this.report(cpu, mm, page, { isWrite: true, frame, isBuffered: true });
    else if (version < mem[this.ghost.revokedWrite + ghostIndex])
      this.report(cpu, mm, page, { isWrite: true, frame: null, isBuffered: true });
  }

  private report(
    cpu: number,
    mm: number,
    page: number,
    use: Pick<FactsOf<'stale-use'>, 'isWrite' | 'frame' | 'isBuffered'>,
  ): void {
    this.machine.report({ class: 'stale-use', cpu, mm: mm - FIRST_USER_MM, page, ...use });
  }
}

export const staleUse: OracleInfo = {
  name: 'stale-use',
  latent: false,
  summary: 'a retired access used a freed frame, or a right revoked by an operation that had returned',
  create: (machine) => new StaleUse(machine),
};
