import type { Continuation, Vector } from '../../machine/continuation.js';
import type { Cpu } from '../../machine/cpu.js';
import type { Refusal } from '../../machine/operands.js';
import type { WatchedWords } from '../../machine/pending-op.js';
import { type Automaton, END, type Role } from '../automaton.js';
import {
  OP_CHOOSE,
  OP_DONE,
  OP_EVENT,
  OP_FAIL,
  OP_NEW_SPACE,
  OP_PEEK,
  OP_POKE,
  OP_PROMISE,
  OP_REGISTER,
  OP_RETURNED,
  OP_THROW,
} from '../local-ops.js';

const ROLES = { ipi: 'interrupt', nmi: 'nmi', exit: 'vmExit' } as const;

/** What a CPU waits for that waits for no several words. */
export const NOTHING_WATCHED: WatchedWords = { words: [], seen: [] };

/**
 * A CPU's code as the automaton of its script and handlers: where it stands is a number and the numbers of
 * what handlers have interrupted, so that it can be put anywhere. The machine drives it as it drives
 * generators; what is no instruction is done on the machine's own CPU.
 */
export class AutomatonCode implements Continuation {
  node = END;
  /** What handlers have interrupted, the script's first. */
  readonly callers: number[] = [];
  /** What begins with the next `resume`; null: nothing does. */
  private begun: Role | null = null;
  /** Is told of words that handlers change without a boundary. */
  onHandlerPoke: (word: number) => void = () => undefined;

  constructor(
    private readonly automaton: Automaton,
    private readonly cpu: Cpu,
  ) {}

  get idle(): boolean {
    return this.node === END && this.callers.length === 0 && this.begun === null;
  }

  /** The local state of the script, whatever handlers run on top. */
  get script(): number {
    return this.callers.length > 0 ? this.callers[0] : this.node;
  }

  start(): void {
    this.callers.length = 0;
    this.begun = 'main';
  }

  interrupt(vector: Vector): void {
    this.callers.push(this.node);
    this.begun = ROLES[vector];
  }

  resume(result: number): boolean {
    const { automaton, cpu, begun } = this;
    this.begun = null;
    let node = begun === null ? automaton.next(this.node, result) : automaton.root(cpu.id, begun);
    for (;;) {
      const kind = automaton.kind[node];
      if (kind === OP_DONE) {
        this.node = this.callers.pop() ?? END;
        return false;
      }
      if (kind < OP_PEEK) {
        this.node = node;
        this.load();
        return true;
      }
      node = automaton.next(node, this.immediate(node, kind));
    }
  }

  /** The CPU's pending registers are those of the local state. */
  load(): void {
    const { automaton, node } = this;
    const { pending, watched, depth } = this.cpu;
    watched[depth] = automaton.watched[node] ?? NOTHING_WATCHED;
    pending.kind = automaton.kind[node];
    pending.a = automaton.a[node];
    pending.b = automaton.b[node];
    pending.c = automaton.c[node];
    pending.d = automaton.d[node];
    pending.e = automaton.e[node];
  }

  refuse(refusal: Refusal): unknown {
    return refusal.error();
  }

  private immediate(node: number, kind: number): number {
    const { automaton, cpu } = this;
    const a = automaton.a[node];
    const b = automaton.b[node];
    switch (kind) {
      case OP_PEEK:
        cpu.peek(a);
        break;
      case OP_POKE:
        cpu.poke(a, b);
        if (this.callers.length > 0) this.onHandlerPoke(a);
        break;
      case OP_REGISTER:
        cpu.ownRegister(a);
        break;
      case OP_CHOOSE:
        cpu.choose(a);
        break;
      case OP_EVENT:
        cpu.event(a, b, automaton.c[node]);
        break;
      case OP_PROMISE:
        cpu.promise(a, b, automaton.c[node]);
        break;
      case OP_RETURNED:
        cpu.operationReturned();
        break;
      case OP_NEW_SPACE:
        cpu.newAddressSpace(a);
        break;
      case OP_FAIL:
        cpu.assert(false, '');
        break;
      case OP_THROW:
        throw automaton.thrown.get(node);
      default:
        throw new Error(`a local state of CPU${cpu.id} has an operation ${kind} that is not known`);
    }
    return cpu.immediate.value;
  }
}
