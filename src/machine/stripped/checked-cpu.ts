import { Cpu as UncheckedCpu } from './cpu.js';

/**
 * The CPU of threads that run users' code: looks at what each operation is given before it acts, as the
 * explorer does (see operands.ts). Threads that run only the lab's own kernels, whose text the explorer looks
 * at, do without: it is a third of an operation's time.
 */
export class Cpu extends UncheckedCpu {
  // Memory.

  override readOnce(address: number): number {
    this.operands.word('readOnce', address);
    return super.readOnce(address);
  }
  override writeOnce(address: number, value: number): number {
    this.operands.word('writeOnce', address);
    this.operands.value('writeOnce', value);
    return super.writeOnce(address, value);
  }
  override loadAcquire(address: number): number {
    this.operands.word('loadAcquire', address);
    return super.loadAcquire(address);
  }
  override storeRelease(address: number, value: number): number {
    this.operands.word('storeRelease', address);
    this.operands.value('storeRelease', value);
    return super.storeRelease(address, value);
  }
  override xchg(address: number, value: number): number {
    this.operands.word('xchg', address);
    this.operands.value('xchg', value);
    return super.xchg(address, value);
  }
  override cmpxchg(address: number, expected: number, value: number): number {
    this.operands.word('cmpxchg', address);
    this.operands.value('cmpxchg', expected);
    this.operands.value('cmpxchg', value);
    return super.cmpxchg(address, expected, value);
  }
  override cmpxchgPair(
    address: number,
    expectedFirst: number,
    expectedSecond: number,
    first: number,
    second: number,
  ): number {
    this.operands.pair('cmpxchgPair', address);
    for (const value of [expectedFirst, expectedSecond, first, second])
      this.operands.value('cmpxchgPair', value);
    return super.cmpxchgPair(address, expectedFirst, expectedSecond, first, second);
  }
  override fetchAdd(address: number, addend: number): number {
    this.operands.word('fetchAdd', address);
    this.operands.value('fetchAdd', addend);
    return super.fetchAdd(address, addend);
  }
  override incReturn(address: number): number {
    this.operands.word('incReturn', address);
    return super.incReturn(address);
  }
  override decReturn(address: number): number {
    this.operands.word('decReturn', address);
    return super.decReturn(address);
  }
  override fetchOr(address: number, bits: number): number {
    this.operands.word('fetchOr', address);
    this.operands.value('fetchOr', bits);
    return super.fetchOr(address, bits);
  }
  override fetchAnd(address: number, bits: number): number {
    this.operands.word('fetchAnd', address);
    this.operands.value('fetchAnd', bits);
    return super.fetchAnd(address, bits);
  }
  override condLoadAcquire(address: number, mask: number, value: number): number {
    this.operands.word('condLoadAcquire', address);
    this.operands.value('condLoadAcquire', mask);
    this.operands.value('condLoadAcquire', value);
    return super.condLoadAcquire(address, mask, value);
  }
  override condLoadAcquireNot(address: number, mask: number, value: number): number {
    this.operands.word('condLoadAcquireNot', address);
    this.operands.value('condLoadAcquireNot', mask);
    this.operands.value('condLoadAcquireNot', value);
    return super.condLoadAcquireNot(address, mask, value);
  }
  override waitForChange(words: readonly number[], seen: readonly number[]): number {
    this.operands.change({ words, seen });
    return super.waitForChange(words, seen);
  }
  override spinLock(lock: number): number {
    this.operands.word('spinLock', lock);
    return super.spinLock(lock);
  }
  override spinUnlock(lock: number): number {
    this.operands.word('spinUnlock', lock);
    return super.spinUnlock(lock);
  }

  // Interrupts.

  override sendIpi(target: number): number {
    this.operands.target('sendIpi', target);
    return super.sendIpi(target);
  }
  override sendNmi(target: number): number {
    this.operands.target('sendNmi', target);
    return super.sendNmi(target);
  }

  // MMU.

  override writeCr3(root: number, pcid: number, noFlush: boolean): number {
    this.operands.cr3(root, pcid);
    return super.writeCr3(root, pcid, noFlush);
  }
  override invlpg(page: number): number {
    this.operands.page('invlpg', page);
    return super.invlpg(page);
  }
  override invpcid(type: number, pcid: number, page: number): number {
    this.operands.invpcid(type, pcid, page);
    return super.invpcid(type, pcid, page);
  }
  override invlpgb(flags: number, pcid: number, page: number, pages: number): number {
    this.operands.invlpgb(flags, pcid, page, pages);
    return super.invlpgb(flags, pcid, page, pages);
  }
  override tlbsync(): number {
    this.operands.broadcasts('tlbsync');
    return super.tlbsync();
  }
  override sendRar(target: number, slot: number): number {
    this.operands.remoteAction(target, slot);
    return super.sendRar(target, slot);
  }
  override postFlush(target: number): number {
    this.operands.request(target, this.machine);
    return super.postFlush(target);
  }
  override userAccess(page: number, write: boolean): number {
    this.operands.page('userAccess', page);
    return super.userAccess(page, write);
  }
  override walk(page: number, write: boolean): number {
    this.operands.page('walk', page);
    return super.walk(page, write);
  }
  override faultEntry(page: number): number {
    this.operands.page('faultEntry', page);
    return super.faultEntry(page);
  }

  // Page tables and frames.

  override setPte(mm: number, key: number, address: number, value: number): number {
    this.operands.entry('setPte', mm, key, address);
    this.operands.entryValue(value);
    return super.setPte(mm, key, address, value);
  }
  override ptepGetAndClear(mm: number, key: number, address: number): number {
    this.operands.entry('ptepGetAndClear', mm, key, address);
    return super.ptepGetAndClear(mm, key, address);
  }
  override ptepSetWrprotect(mm: number, key: number, address: number): number {
    this.operands.entry('ptepSetWrprotect', mm, key, address);
    return super.ptepSetWrprotect(mm, key, address);
  }
  override allocFrame(owner: number): number {
    this.operands.value('allocFrame', owner);
    return super.allocFrame(owner);
  }
  override freeFrame(frame: number): number {
    this.operands.frame('freeFrame', frame);
    return super.freeFrame(frame);
  }
  override freeFrameRcu(frame: number): number {
    this.operands.frame('freeFrameRcu', frame);
    return super.freeFrameRcu(frame);
  }

  // No instructions.

  override peek(address: number): number {
    this.operands.word('peek', address);
    return super.peek(address);
  }
  override poke(address: number, value: number): number {
    this.operands.word('poke', address);
    this.operands.value('poke', value);
    super.poke(address, value);
    this.runner.stored(this.id, address);
    return 0;
  }
  override ownRegister(register: number): number {
    this.operands.register('ownRegister', register);
    return super.ownRegister(register);
  }
  override choose(n: number): number {
    this.operands.answers(n);
    return super.choose(n);
  }
  override event(kind: number, a: number, b: number): number {
    this.operands.event(kind, a, b);
    return super.event(kind, a, b);
  }
  override promise(mm: number, page: number, rights: number): number {
    this.operands.promise(mm, page, rights);
    return super.promise(mm, page, rights);
  }
  override newAddressSpace(mm: number): number {
    this.operands.mm('newAddressSpace', mm);
    return super.newAddressSpace(mm);
  }
}
