import { describe, expect, it } from 'vitest';
import type { Cpu } from '../../src/machine/cpu.js';
import * as H from '../../src/machine/hardware.js';
import { OperandError } from '../../src/machine/operands.js';
import type { Protocol } from '../../src/machine/protocol.js';
import {
  headerFields,
  NOTHING_PENDING,
  PAYLOAD_WORDS,
  payloadHeader,
  RAR_FAILURE,
  RAR_INVPCID_ADDR,
  RAR_INVPCID_ALL,
  RAR_INVPCID_ALL_NO_GLOBAL,
  RAR_INVPCID_PCID,
  RAR_PAGE_2M,
  RAR_PAGE_4K,
  RAR_PENDING,
  RAR_SUCCESS,
  RAR_TYPE_INVPCID,
  type RemoteActionBehaviour,
  type RemoteActionLayout,
  remoteActionLayout,
} from '../../src/machine/remote-actions.js';
import { userAccess } from '../../src/machine/user-access.js';
import { Drive, mmuProgram, ROOT, SECOND_ROOT } from './drive.js';

/** A25: payloads, action vectors, signals, and what microcode makes of them. */

type Body = (cpu: Cpu) => Protocol<void>;
type Send = (header: number, pcid: number, page: number, target?: number, slot?: number) => Body;
const DOCUMENTED: RemoteActionBehaviour = { waitsForAccesses: true, ignoresIf: true, actsOnSelf: true };

/**
 * CPU 0 sends request after request; CPU 1 fills its TLB with pages 0, 1 and 8 of PCID 1 and page 0 of PCID 2
 * before, and then does `after`.
 */
class Sent {
  readonly drive: Drive;
  readonly layout: RemoteActionLayout;

  constructor(
    body: (send: Send, layout: () => RemoteActionLayout) => Body,
    behaviour: Partial<RemoteActionBehaviour> = {},
    after: Body = nothing,
  ) {
    const found: RemoteActionLayout[] = [];
    const send =
      (header: number, pcid: number, page: number, target = 1, slot = 0): Body =>
      (cpu) =>
        request(cpu, found[0], header, pcid, page, target, slot);
    const { mmu, ...program } = mmuProgram([
      body(send, () => found[0]),
      function* (cpu) {
        for (const page of [0, 1, 8]) yield* userAccess(cpu, page, true);
        yield* cpu.writeCr3(SECOND_ROOT, 2, true);
        yield* userAccess(cpu, 0, false);
        yield* cpu.writeCr3(ROOT, 1, true);
        yield* after(cpu);
      },
    ]);
    this.layout = remoteActionLayout(program.layout, 2, 2, { ...DOCUMENTED, ...behaviour });
    found.push(this.layout);
    const image = new Int32Array(program.layout.size);
    image.set(program.image);
    const words = { ...program.words, end: program.layout.size };
    this.drive = new Drive({ ...program, mmu, image, words, remoteActions: this.layout });
    this.drive.runAll(1);
  }

  get cached(): string[] {
    const { drive } = this;
    return Array.from({ length: drive.hardware(1, H.TLB_COUNT) }, (_, i) => {
      const key = drive.hardware(1, H.TLB_BASE + i * H.TLB_WORDS + H.TLB_KEY);
      return `${key >> 8}:${key & 0xff}`;
    });
  }

  entry(cpu = 1, slot = 0): number {
    return this.drive.machine.mem[this.layout.actions[cpu] + slot];
  }
}

function* nothing(): Protocol<void> {}

function* request(
  cpu: Cpu,
  { payloads, actions }: RemoteActionLayout,
  header: number,
  pcid: number,
  page: number,
  target: number,
  slot: number,
): Protocol<void> {
  const payload = payloads + slot * PAYLOAD_WORDS;
  yield* cpu.writeOnce(payload, header);
  yield* cpu.writeOnce(payload + 1, pcid);
  yield* cpu.writeOnce(payload + 2, page);
  yield* cpu.writeOnce(actions[target] + slot, RAR_PENDING);
  yield* cpu.smpMb();
  yield* cpu.sendRar(target, slot);
  yield* cpu.condLoadAcquireNot(actions[target] + slot, -1, RAR_PENDING);
}

const invpcid = (subtype: number, pages = 0, size = RAR_PAGE_4K): number =>
  payloadHeader(RAR_TYPE_INVPCID, subtype, size, pages);
const ALL = ['1:0', '1:1', '1:8', '2:0'];

/** What CPU 1 has left after one request, and what its entry says. */
function left(header: number, pcid = 1, page = 0): readonly [string[], number] {
  const sent = new Sent((send) => send(header, pcid, page));
  sent.drive.runAll(0);
  expect(sent.drive.act(1)).toBe(0);
  return [sent.cached, sent.entry()];
}

describe('a remote action request', () => {
  it('has its fields in one word', () => {
    const fields = { type: 2, subtype: 1, pageSize: 1, pages: 63 };
    expect(headerFields(payloadHeader(2, 1, 1, 63))).toEqual(fields);
  });

  it('is carried out by a step of the target, and only then waited for no longer', () => {
    const sent = new Sent((send) => send(invpcid(RAR_INVPCID_PCID), 1, 0));
    sent.drive.runAll(0);
    expect([sent.cached, sent.entry(), sent.drive.canRun(0)]).toEqual([ALL, RAR_PENDING, false]);
    expect([sent.drive.canAct(0), sent.drive.canAct(1)]).toEqual([false, true]);
    sent.drive.act(1);
    expect([sent.cached, sent.entry(), sent.drive.canRun(0)]).toEqual([['2:0'], RAR_SUCCESS, true]);
    expect(sent.drive.canAct(1)).toBe(false);
  });

  it('drops what its payload names', () => {
    expect(left(invpcid(RAR_INVPCID_ADDR, 2))).toEqual([['1:8', '2:0'], RAR_SUCCESS]);
    expect(left(invpcid(RAR_INVPCID_ADDR, 2, RAR_PAGE_2M))).toEqual([['1:1', '2:0'], RAR_SUCCESS]);
    expect(left(invpcid(RAR_INVPCID_ADDR, 63), 1, 1)).toEqual([['1:0', '2:0'], RAR_SUCCESS]);
    expect(left(invpcid(RAR_INVPCID_PCID), 2)).toEqual([['1:0', '1:1', '1:8'], RAR_SUCCESS]);
    expect(left(invpcid(RAR_INVPCID_ALL), 0)).toEqual([[], RAR_SUCCESS]);
    expect(left(invpcid(RAR_INVPCID_ALL_NO_GLOBAL), 0)).toEqual([[], RAR_SUCCESS]);
  });

  it('that microcode does not know fails, and drops nothing', () => {
    for (const header of [payloadHeader(0, 0, 0, 1), invpcid(4), invpcid(RAR_INVPCID_ADDR, 1, 2)])
      expect(left(header)).toEqual([ALL, RAR_FAILURE]);
  });

  it('without a signal is not looked at; a signal that finds nothing is gone', () => {
    const sent = new Sent(
      (_, layout) =>
        function* (cpu) {
          yield* cpu.sendRar(1, 0);
          yield* cpu.writeOnce(layout().actions[1], RAR_PENDING);
          yield* cpu.smpMb();
        },
    );
    sent.drive.run(0);
    expect(sent.drive.act(1)).toBe(NOTHING_PENDING);
    sent.drive.runAll(0);
    expect([sent.entry(), sent.drive.canAct(1)]).toEqual([RAR_PENDING, false]);
  });

  it('does not make the signal wait for stores', () => {
    const sent = new Sent(
      (_, layout) =>
        function* (cpu) {
          yield* cpu.writeOnce(layout().actions[1], RAR_PENDING);
          yield* cpu.sendRar(1, 0);
        },
    );
    sent.drive.runAll(0);
    expect([sent.drive.canDrain(0), sent.entry()]).toEqual([true, RAR_SUCCESS]);
    expect(sent.drive.act(1)).toBe(NOTHING_PENDING);
  });

  it('of two payloads is carried out in either order, one a step', () => {
    const sent = new Sent(
      (_, layout) =>
        function* (cpu) {
          for (const slot of [0, 1]) {
            yield* cpu.writeOnce(layout().payloads + slot * PAYLOAD_WORDS, invpcid(RAR_INVPCID_PCID));
            yield* cpu.writeOnce(layout().payloads + slot * PAYLOAD_WORDS + 1, slot + 1);
            yield* cpu.writeOnce(layout().actions[1] + slot, RAR_PENDING);
          }
          yield* cpu.smpMb();
          yield* cpu.sendRar(1, 0);
        },
    );
    sent.drive.runAll(0);
    sent.drive.machine.choose = (n) => n - 1;
    expect([sent.drive.act(1), sent.cached]).toEqual([1, ['1:0', '1:1', '1:8']]);
    expect([sent.drive.act(1), sent.cached]).toEqual([0, []]);
    expect(sent.drive.canAct(1)).toBe(false);
  });

  it('acts with interrupts off where IGNORE_IF is set, and waits for them where not', () => {
    const off: Body = function* (cpu) {
      yield* cpu.localIrqDisable();
      yield* cpu.writeOnce(0, 0x55);
      yield* cpu.condLoadAcquire(1, -1, 1);
    };
    const acts = (ignoresIf: boolean): boolean => {
      const sent = new Sent((send) => send(invpcid(RAR_INVPCID_PCID), 1, 0), { ignoresIf }, off);
      sent.drive.runAll(0);
      return sent.drive.canAct(1);
    };
    expect([acts(true), acts(false)]).toEqual([true, false]);
    // It is no barrier for the target's code.
    const sent = new Sent((send) => send(invpcid(RAR_INVPCID_PCID), 1, 0), {}, off);
    sent.drive.runAll(0);
    sent.drive.act(1);
    expect(sent.drive.canDrain(1)).toBe(true);
  });

  it('is answered after the stores through what goes, unless microcode is made otherwise', () => {
    const isStored = (waitsForAccesses: boolean): boolean => {
      const store: Body = function* (cpu) {
        yield* userAccess(cpu, 0, true);
      };
      const sent = new Sent((send) => send(invpcid(RAR_INVPCID_ALL), 0, 0), { waitsForAccesses }, store);
      sent.drive.runAll(0);
      sent.drive.act(1);
      return !sent.drive.canDrain(1);
    };
    expect([isStored(true), isStored(false)]).toEqual([true, false]);
  });

  it('to the CPU itself is one like any other, unless microcode is made otherwise', () => {
    const entries = (actsOnSelf: boolean): readonly [number, number] => {
      const sent = new Sent(
        (send) =>
          function* (cpu) {
            yield* userAccess(cpu, 0, false);
            yield* send(invpcid(RAR_INVPCID_ALL), 0, 0, 0)(cpu);
          },
        { actsOnSelf },
      );
      sent.drive.runAll(0);
      sent.drive.act(0);
      return [sent.entry(0), sent.drive.hardware(0, H.TLB_COUNT)];
    };
    expect([entries(true), entries(false)]).toEqual([
      [RAR_SUCCESS, 0],
      [RAR_SUCCESS, 1],
    ]);
  });

  it('is refused where CPUs have none, to nobody, and of no payload', () => {
    const signal =
      (target: number, slot: number): Body =>
      (cpu) =>
        (function* (): Protocol<void> {
          yield* cpu.sendRar(target, slot);
        })();
    expect(() => new Drive(mmuProgram([signal(0, 0)])).runAll(0)).toThrow('needs CPUs with remote action');
    for (const [target, slot] of [
      [2, 0],
      [1, 2],
      [1, -1],
    ]) {
      const sent = new Sent(() => signal(target, slot));
      expect(() => sent.drive.runAll(0)).toThrow(OperandError);
    }
  });
});
