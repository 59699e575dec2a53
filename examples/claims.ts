import { type PlainCpu, type PlainProgram, type Protocol, plainProgram } from 'shootdown';
import { type ClaimOps, takeClaim } from '../src/programs/claims.js';

/**
 * The lock of a baseline file, as a plain program: processes add an entry each to a file that they read and
 * write anew, and one of them may be killed before any of its system calls. The explorer hunts it for an
 * entry that is lost after its process was told that it is there.
 *
 * `takeClaim` is the very text that updating a baseline runs, with system calls in the place of these
 * operations.
 */

export interface ClaimsShape {
  readonly processes?: number;
  /** Which process may be killed; -1: none. */
  readonly mortal?: number;
  /** That process was killed before the others come, when it had the lock. */
  readonly killed?: boolean;
  /** The text, or a planted fault. */
  readonly take?: (ops: ModelClaims) => Protocol<void>;
  /** How the lock is let go. */
  readonly release?: (ops: ModelClaims) => Protocol<void>;
}

type Addresses = Readonly<Record<string, number>>;

/** Of a process's word: its claim is up; it was killed. */
export const UP = 1;
export const DEAD = 2;

/**
 * One process's system calls. Its claim is a bit of its own word, so others read them one after the other:
 * a list of names that is not made at one moment. Beside them `lock`, one name for all, for planted faults.
 */
export class ModelClaims implements ClaimOps {
  constructor(
    private readonly cpu: PlainCpu,
    private readonly at: Addresses,
    private readonly processes: number,
    private readonly mortal: boolean,
  ) {}

  /**
   * Before each system call: whether the process is dead, or dies now. What it would do then, it does not.
   */
  *dead(): Protocol<number> {
    const own = this.at[`process${this.cpu.id}`];
    const state = yield* this.cpu.peek(own);
    if ((state & DEAD) !== 0) return 1;
    if (!this.mortal) return 0;
    const dies = yield* this.cpu.choose(2);
    if (dies === 1) yield* this.cpu.fetchOr(own, DEAD);
    return dies;
  }

  *claim(): Protocol<void> {
    const dead = yield* this.dead();
    if (dead === 0) yield* this.cpu.fetchOr(this.at[`process${this.cpu.id}`], UP);
  }
  *withdraw(): Protocol<void> {
    const dead = yield* this.dead();
    if (dead === 0) yield* this.cpu.fetchAnd(this.at[`process${this.cpu.id}`], ~UP);
  }
  *next(after: number): Protocol<number> {
    const dead = yield* this.dead();
    if (dead !== 0) return 0;
    for (let claim = after + 1; claim <= this.processes; claim++) {
      if (claim === this.cpu.id + 1) continue;
      const state = yield* this.cpu.readOnce(this.at[`process${claim - 1}`]);
      if ((state & UP) !== 0) return claim;
    }
    return 0;
  }
  *isLiving(claim: number): Protocol<number> {
    const dead = yield* this.dead();
    if (dead !== 0) return 0;
    const state = yield* this.cpu.readOnce(this.at[`process${claim - 1}`]);
    return (state & DEAD) === 0 ? 1 : 0;
  }
  *remove(claim: number): Protocol<void> {
    const dead = yield* this.dead();
    if (dead === 0) yield* this.cpu.fetchAnd(this.at[`process${claim - 1}`], ~UP);
  }
  *isBefore(claim: number): Protocol<number> {
    return claim - 1 < this.cpu.id ? 1 : 0;
  }
  *untilGone(claim: number): Protocol<void> {
    const dead = yield* this.dead();
    if (dead === 0) yield* this.cpu.condLoadAcquireNot(this.at[`process${claim - 1}`], UP | DEAD, UP);
  }

  /** `mkdir` of one name for all: whether this process has made it. */
  *make(): Protocol<number> {
    const dead = yield* this.dead();
    if (dead !== 0) return 1;
    const had = yield* this.cpu.cmpxchg(this.at.lock, 0, this.cpu.id + 1);
    return had === 0 ? 1 : 0;
  }
  /** Whose it is: the number of a process; 0: nobody's. */
  *owner(): Protocol<number> {
    const dead = yield* this.dead();
    if (dead !== 0) return 0;
    return yield* this.cpu.readOnce(this.at.lock);
  }
  /** `rmdir`, whoever made it. */
  *unmake(): Protocol<void> {
    const dead = yield* this.dead();
    if (dead === 0) yield* this.cpu.xchg(this.at.lock, 0);
  }
  *untilUnmade(owner: number): Protocol<void> {
    const dead = yield* this.dead();
    if (dead === 0) yield* this.cpu.condLoadAcquireNot(this.at.lock, -1, owner);
  }

  *read(): Protocol<number> {
    const dead = yield* this.dead();
    if (dead !== 0) return 0;
    return yield* this.cpu.readOnce(this.at.file);
  }
  *write(entries: number): Protocol<void> {
    const dead = yield* this.dead();
    if (dead === 0) yield* this.cpu.xchg(this.at.file, entries);
  }
  /** The process tells that its entry is there. */
  *tell(): Protocol<void> {
    const dead = yield* this.dead();
    if (dead === 0) yield* this.cpu.fetchOr(this.at.told, 1 << this.cpu.id);
  }
}

export function* releaseClaim(ops: ClaimOps): Protocol<void> {
  yield* ops.withdraw();
}

export function claimsProgram(name: string, shape: ClaimsShape = {}): PlainProgram {
  const { processes = 3, mortal = 0, killed = false, take = takeClaim, release = releaseClaim } = shape;
  const ids = Array.from({ length: processes }, (_, id) => id);
  return plainProgram({
    name,
    words: {
      ...Object.fromEntries(ids.map((id) => [`process${id}`, killed && id === mortal ? UP | DEAD : 0])),
      ...{ lock: killed ? mortal + 1 : 0, file: 0, told: 0 },
    } as Record<string, number>,
    cpus: ids.map(
      (id) =>
        function* (cpu: PlainCpu, at: Addresses): Protocol<void> {
          const ops = new ModelClaims(cpu, at, processes, id === mortal);
          yield* take(ops);
          const entries = yield* ops.read();
          yield* ops.write(entries | (1 << id));
          yield* release(ops);
          yield* ops.tell();
        },
    ),
    final: (read, at) => {
      const lost = read(at.told) & ~read(at.file);
      if (lost !== 0) return `the entry of process ${31 - Math.clz32(lost)} is lost`;
      const living = ids.filter((id) => (read(at[`process${id}`]) & DEAD) === 0);
      if (living.some((id) => (read(at.told) & (1 << id)) === 0)) return 'a living process told nothing';
      return living.every((id) => (read(at[`process${id}`]) & UP) === 0) || 'a claim is left';
    },
  }) as unknown as PlainProgram;
}

/**
 * Planted: one name for all, taken over when its owner is found dead. Between that look and the `rmdir`
 * another waiter may have taken it over, and its lock is taken away. Lock libraries do so, by the age of the
 * directory; this file's lock once was one of them.
 */
export function* takeOver(ops: ModelClaims): Protocol<void> {
  for (;;) {
    const made = yield* ops.make();
    if (made !== 0) return;
    const owner = yield* ops.owner();
    if (owner !== 0) {
      const living = yield* ops.isLiving(owner);
      if (living !== 0) yield* ops.untilUnmade(owner);
      else yield* ops.unmake();
    }
  }
}

export function* releaseMade(ops: ModelClaims): Protocol<void> {
  yield* ops.unmake();
}

export const claims = claimsProgram('claims, three processes, one is killed');
export const takenOver = claimsProgram('planted: one name for all, taken over', {
  killed: true,
  take: takeOver,
  release: releaseMade,
});
