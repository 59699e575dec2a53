import { randomBytes } from 'node:crypto';
import { closeSync, lstatSync, openSync, readdirSync, rmdirSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Protocol } from '../machine/protocol.js';
import type { ClaimOps } from '../programs/claims.js';
import { makeDirectory } from '../vocabulary/directories.js';
import { errorCode, InfrastructureError } from '../vocabulary/errors.js';
import { isAlive, type ProcessName, thisProcess } from './process-name.js';

/**
 * A claim of a process on another system cannot be asked for. One that is so much older than our own, by the
 * file system's clock, is left by a dead one: who has the lock has it for less than a second.
 */
const FOREIGN_MS = 3_600_000;
/** How often a directory that others take away under us is made again. */
const ATTEMPTS = 100;

const CLAIM = /^(\d{1,10})\.(\d{1,20})\.([0-9a-f]{8})\.[0-9a-f]{16}$/;

/** A claim that somebody waits for. */
export interface Claim {
  readonly owner: ProcessName;
  readonly path: string;
  /** When it was put up, as ISO 8601; null: it is gone meanwhile. */
  readonly since: string | null;
}

/**
 * The system calls of programs/claims.ts: a claim is an empty file in the lock's directory, whose name says
 * whose it is, and is nobody else's. The directory is there while there are claims. Operations act at once,
 * but for the wait, which yields.
 */
export class ClaimFiles implements ClaimOps {
  private readonly own: string;
  private readonly self = thisProcess();
  /** Of the last look, in order; the own one is among them. */
  private seen: readonly string[] = [];
  /** What is waited for now. */
  waitsFor: Claim | null = null;

  constructor(private readonly directory: string) {
    const { pid, started, system } = this.self;
    this.own = `${pid}.${started}.${system}.${randomBytes(8).toString('hex')}`;
  }

  *claim(): Protocol<void> {
    for (let attempt = 1; ; attempt++) {
      this.make();
      try {
        closeSync(openSync(join(this.directory, this.own), 'wx'));
        return;
      } catch (error) {
        // Who withdrew the last claim has taken the directory away.
        if (errorCode(error) !== 'ENOENT' || attempt === ATTEMPTS) throw error;
      }
    }
  }
  *withdraw(): Protocol<void> {
    this.take(this.own);
    this.end();
  }
  *next(after: number): Protocol<number> {
    if (after === 0) this.seen = this.look();
    const index = this.seen.findIndex((name, i) => i >= after && name !== this.own);
    return index + 1;
  }
  *isLiving(claim: number): Protocol<number> {
    return this.lives(this.seen[claim - 1]) ? 1 : 0;
  }
  *remove(claim: number): Protocol<void> {
    this.take(this.seen[claim - 1]);
  }
  *isBefore(claim: number): Protocol<number> {
    return this.seen[claim - 1] < this.own ? 1 : 0;
  }
  *untilGone(claim: number): Protocol<void> {
    const name = this.seen[claim - 1];
    const path = join(this.directory, name);
    for (;;) {
      const stats = lstatSync(path, { throwIfNoEntry: false });
      if (stats === undefined || !this.lives(name)) break;
      this.waitsFor = { owner: ownerOf(name), path, since: stats.mtime.toISOString() };
      yield undefined;
    }
    this.waitsFor = null;
  }

  /** Throws InfrastructureError where something else has the lock's name. */
  private make(): void {
    try {
      makeDirectory(this.directory);
    } catch (error) {
      const stats = lstatSync(this.directory, { throwIfNoEntry: false });
      if (stats === undefined || stats.isDirectory()) throw error;
      throw new InfrastructureError(
        `${this.directory}: is no directory, and is where a lock has to be`,
        'take it away',
      );
    }
  }

  /** Takes the directory away, unless somebody has a claim in it. */
  end(): void {
    try {
      rmdirSync(this.directory);
    } catch {
      // Others have claims, or have taken it away.
    }
  }

  private look(): string[] {
    try {
      return readdirSync(this.directory)
        .filter((name) => CLAIM.test(name))
        .sort();
    } catch (error) {
      // Before this process has put its own up.
      if (errorCode(error) === 'ENOENT') return [];
      throw error;
    }
  }

  private take(name: string): void {
    try {
      unlinkSync(join(this.directory, name));
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') throw error;
    }
  }

  private lives(name: string): boolean {
    const owner = ownerOf(name);
    if (owner.system === this.self.system) return isAlive(owner);
    const age = (of: string): number | undefined =>
      lstatSync(join(this.directory, of), { throwIfNoEntry: false })?.mtimeMs;
    const [theirs, ours] = [age(name), age(this.own)];
    return theirs === undefined || ours === undefined || ours - theirs < FOREIGN_MS;
  }
}

function ownerOf(name: string): ProcessName {
  const [, pid, started, system] = CLAIM.exec(name) ?? [];
  return { pid: Number(pid), started: Number(started), system };
}
