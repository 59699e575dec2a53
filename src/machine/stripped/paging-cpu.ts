import * as H from '../hardware.js';
import * as K from '../op-kinds.js';
import { PTE_PRESENT, PTE_WRITE, pteFrame, pteValue, VERSION_MAX, withVersion } from '../pte.js';
import type { Broadcasts } from './broadcasts.js';
import { MemoryCpu } from './memory-cpu.js';
import type { RemoteActions } from './remote-actions.js';
import type { Vcpu } from './vcpu.js';

/** Operations on TLB, page tables and frames. */
export abstract class PagingCpu extends MemoryCpu {
  // MMU.

  writeCr3(root: number, pcid: number, noFlush: boolean): number {
    this.boundary();
    this.drain();
    this.machine.mmu.writeCr3(this.block, root, pcid, noFlush);
    this.note(K.OP_WRITE_CR3, root, 0);
    return 0;
  }
  invlpg(page: number): number {
    this.boundary();
    this.drain();
    this.machine.mmu.invlpg(this.block, page);
    this.note(K.OP_INVLPG, page, 0);
    return 0;
  }
  invpcid(type: number, pcid: number, page: number): number {
    this.boundary();
    this.drain();
    this.machine.mmu.invpcid(this.block, type, pcid, page);
    this.note(K.OP_INVPCID, type, 0);
    return 0;
  }
  invlpgb(flags: number, pcid: number, page: number, pages: number): number {
    this.boundary();
    (this.invalidations as Broadcasts).issue(flags, pcid, page, pages);
    this.note(K.OP_INVLPGB, flags, pcid);
    return 0;
  }
  tlbsync(): number {
    this.condLoadAcquire((this.invalidations as Broadcasts).outstanding(), -1, 0);
    this.drain();
    this.note(K.OP_TLBSYNC, 0, 0);
    return 0;
  }
  sendRar(target: number, slot: number): number {
    this.boundary();
    (this.remoteActions as RemoteActions).signal(target, slot);
    this.note(K.OP_SEND_RAR, target, slot);
    return 0;
  }
  postFlush(target: number): number {
    this.boundary();
    this.drain();
    const waits = (this.host as Vcpu).post(target);
    this.note(K.OP_POST_FLUSH, target, waits);
    return waits;
  }
  hostOp(_what: number, _vpid?: number, _page?: number): number {
    throw new Error(`CPU${this.id}: a host whose steps are code is not on threads`);
  }
  userAccess(page: number, write: boolean): number {
    if (this.host !== null) return this.virtualAccess(page, write);
    this.boundary();
    const outcome = this.machine.mmu.access(this.id, this.block, page, write);
    this.note(K.OP_USER_ACCESS, page, outcome);
    return outcome;
  }
  /** The same where a host may preempt the CPU in the middle, its address translated. */
  private virtualAccess(page: number, write: boolean): number {
    this.standsBefore = page * 2 + (write ? 1 : 0);
    this.boundary();
    this.standsBefore = -1;
    const done = this.doneByHost;
    this.doneByHost = -1;
    const outcome = done >= 0 ? done : this.machine.mmu.access(this.id, this.block, page, write);
    this.note(K.OP_USER_ACCESS, page, outcome);
    return outcome;
  }
  walk(page: number, write: boolean): number {
    this.boundary();
    const outcome = this.machine.mmu.walkStep(this.id, this.block, H.DEMAND, page, write);
    this.note(K.OP_WALK, page, outcome);
    return outcome;
  }
  faultEntry(page: number): number {
    this.boundary();
    this.drain();
    this.machine.mmu.pageFault(this.block, page);
    this.note(K.OP_FAULT, page, 0);
    return 0;
  }
  /** A level of a speculative walk: the environment's step, begun by the runner between two boundaries. */
  speculate(page: number): void {
    const { mmu } = this.machine;
    const at = mmu.walking(this.block) ? mmu.speculativePage(this.block) : page;
    const outcome = mmu.walkStep(this.id, this.block, H.SPECULATIVE, at, false);
    this.note(K.STEP_WALK, at, outcome);
  }

  // Page tables and frames. Ghost words are stored before the entry, so that whoever sees the entry sees
  // them.

  setPte(mm: number, key: number, address: number, value: number): number {
    this.boundary();
    const { machine } = this;
    const { ghost } = machine;
    const index = ghost.index(mm, key);
    const before = this.locked.load(address);
    const version = ghost.nextVersion(index);
    const after = withVersion(value, version & VERSION_MAX);
    const linked = ghost.linkedAlloc + address - machine.layout.framesBase;
    const alloc = machine.word(ghost.allocOf(pteFrame(value)));
    // The number is there before the entry that it belongs to comes, and goes after that entry has gone.
    if ((value & PTE_PRESENT) !== 0) this.put(linked, alloc);
    this.put(address, after);
    if ((value & PTE_PRESENT) === 0) this.put(linked, alloc);
    ghost.addChange(this.id, index, version, before, after);
    this.note(K.OP_SET_PTE, address, 0);
    this.runner.stored(this.id, address);
    return 0;
  }
  ptepGetAndClear(mm: number, key: number, address: number): number {
    this.boundary();
    const { ghost } = this.machine;
    const index = ghost.index(mm, key);
    const version = ghost.nextVersion(index);
    const before = this.locked.exchange(address, withVersion(0, version & VERSION_MAX));
    ghost.addChange(this.id, index, version, before, 0);
    this.note(K.OP_PTEP_GET_AND_CLEAR, address, pteValue(before));
    this.runner.changed(this.id, address);
    return pteValue(before);
  }
  ptepSetWrprotect(mm: number, key: number, address: number): number {
    this.boundary();
    const { ghost } = this.machine;
    const index = ghost.index(mm, key);
    const version = ghost.nextVersion(index);
    let before = this.locked.load(address);
    for (;;) {
      const seen = this.locked.compareExchange(
        address,
        before,
        withVersion(pteValue(before) & ~PTE_WRITE, version & VERSION_MAX),
      );
      if (seen === before) break;
      before = seen;
    }
    ghost.addChange(this.id, index, version, before, pteValue(before) & ~PTE_WRITE);
    this.note(K.OP_PTEP_SET_WRPROTECT, address, pteValue(before));
    this.runner.changed(this.id, address);
    return pteValue(before);
  }
  /**
   * With no frame left it waits at boundaries: others free some, perhaps only after this CPU has served them.
   */
  allocFrame(owner: number): number {
    for (;;) {
      this.boundary();
      const frame = this.machine.frames.alloc(owner);
      if (frame >= 0) {
        this.note(K.OP_ALLOC_FRAME, owner, frame);
        return frame;
      }
      this.runner.pause(this.id);
    }
  }
  freeFrame(frame: number): number {
    this.boundary();
    this.machine.frames.free(frame);
    this.note(K.OP_FREE_FRAME, frame, 0);
    return 0;
  }
  freeFrameRcu(frame: number): number {
    this.boundary();
    this.drain();
    this.machine.frames.freeAfterGracePeriod(frame);
    this.note(K.OP_FREE_FRAME_RCU, frame, 0);
    return 0;
  }
}
