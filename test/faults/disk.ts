import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { FileCall } from './faulty-fs.js';

/**
 * What of a run's writes is on the disk when the power goes. POSIX promises bytes after an `fsync` of their
 * file, and names after one of their directory; what was not synced may be there or not, each change of a
 * directory by itself, and of bytes some, none or all.
 */

/** A file's bytes: as they are now, and as they were last synced (null: never). */
interface Node {
  bytes: Buffer;
  synced: Buffer | null;
}

/** A change of names in one directory: those that go, and those that come. */
interface Change {
  readonly directory: string;
  readonly gone: readonly string[];
  readonly come: readonly (readonly [path: string, node: Node | 'directory'])[];
  isSynced: boolean;
}

/** Paths and contents that may be found after a power cut. */
export type Remains = ReadonlyMap<string, Buffer>;

export class Disk {
  private readonly names = new Map<string, Node | 'directory'>();
  private readonly changes: Change[] = [];
  private readonly open = new Map<unknown, string>();
  private readonly openNodes = new Map<unknown, Node>();

  /** All below `root`, safe on the disk. */
  constructor(root: string) {
    const scan = (path: string): void => {
      const node = statSync(path).isDirectory() ? ('directory' as const) : fileNode(path);
      this.change(dirname(path), [], [[path, node]], true);
      if (node === 'directory') for (const name of readdirSync(path)) scan(join(path, name));
    };
    scan(root);
  }

  /** A call that went well. */
  after({ op, path, args }: FileCall, result: unknown): void {
    switch (op) {
      case 'open': {
        let node = this.names.get(path);
        if (node === undefined) {
          node = { bytes: Buffer.alloc(0), synced: null };
          this.change(dirname(path), [], [[path, node]]);
        }
        this.open.set(result, path);
        if (node !== 'directory') this.openNodes.set(result, node);
        return;
      }
      case 'write': {
        const node = this.openNodes.get(args[0]);
        const from = typeof args[2] === 'number' ? args[2] : 0;
        const bytes = Buffer.isBuffer(args[1]) ? args[1] : Buffer.from(String(args[1]));
        if (node !== undefined)
          node.bytes = Buffer.concat([node.bytes, bytes.subarray(from, from + Number(result))]);
        return;
      }
      case 'fsync':
        this.sync(args[0]);
        return;
      case 'link':
        this.link(path, resolve(String(args[1])));
        return;
      case 'rename':
        this.rename(path, resolve(String(args[1])));
        return;
      case 'unlink':
      case 'rmdir':
        this.change(dirname(path), [path], []);
        return;
      case 'rm':
        this.change(dirname(path), [path, ...this.below(path)], []);
        return;
      case 'mkdir':
        this.makeDirectories(path);
        return;
      case 'mkdtemp':
        this.makeDirectories(String(result));
        return;
      case 'writeFile': {
        const bytes = Buffer.from(String(args[1]));
        const isSynced = typeof args[2] === 'object' && args[2] !== null && 'flush' in args[2];
        this.change(dirname(path), [], [[path, { bytes, synced: isSynced ? bytes : null }]]);
        return;
      }
      case 'ftruncate':
      case 'truncate':
      case 'appendFile':
        throw new Error(`the disk does not know ${op}`);
    }
  }

  /**
   * What may be there now: nothing unsynced, all of it, all but one change, one change alone; each with bytes
   * lost, halved or kept.
   */
  *remains(): Generator<Remains> {
    const unsynced = this.changes.filter(({ isSynced }) => !isSynced);
    const chosen: ReadonlySet<Change>[] = [new Set(), new Set(unsynced)];
    for (const one of unsynced)
      chosen.push(new Set([one]), new Set(unsynced.filter((other) => other !== one)));
    for (const kept of chosen)
      for (const bytes of ['lost', 'halved', 'kept'] as const) yield this.remain(kept, bytes);
  }

  private remain(kept: ReadonlySet<Change>, unsyncedBytes: 'lost' | 'halved' | 'kept'): Remains {
    const found = new Map<string, Node | 'directory'>();
    for (const one of this.changes) {
      if (!one.isSynced && !kept.has(one)) continue;
      for (const path of one.gone) found.delete(path);
      for (const [path, node] of one.come) found.set(path, node);
    }
    const files = new Map<string, Buffer>();
    for (const [path, node] of found) {
      // A file in a directory whose own name is lost is lost with it.
      if (node === 'directory' || !(found.get(dirname(path)) === 'directory')) continue;
      const { bytes, synced } = node;
      const part =
        unsyncedBytes === 'lost'
          ? (synced ?? Buffer.alloc(0))
          : unsyncedBytes === 'kept'
            ? bytes
            : halved(bytes, synced);
      files.set(path, part);
    }
    return files;
  }

  private sync(descriptor: unknown): void {
    const node = this.openNodes.get(descriptor);
    if (node !== undefined) node.synced = node.bytes;
    const path = this.open.get(descriptor);
    for (const one of this.changes) if (one.directory === path) one.isSynced = true;
  }

  private link(from: string, to: string): void {
    this.change(dirname(to), [], [[to, this.node(from)]]);
  }

  /** What is in a directory that moves has its own names there, each as safe as a new one. */
  private rename(from: string, to: string): void {
    const inside = this.below(from).map((path) => [to + path.slice(from.length), this.node(path)] as const);
    this.change(dirname(from), [from, ...this.below(from)], [[to, this.node(from)]]);
    for (const [path, node] of inside) this.change(dirname(path), [], [[path, node]]);
  }

  private below(directory: string): string[] {
    return [...this.names.keys()].filter((path) => path.startsWith(`${directory}/`));
  }

  private makeDirectories(path: string): void {
    if (this.names.has(path)) return;
    this.makeDirectories(dirname(path));
    this.change(dirname(path), [], [[path, 'directory']]);
  }

  private node(path: string): Node | 'directory' {
    const node = this.names.get(path);
    if (node === undefined) throw new Error(`the disk has no ${path}`);
    return node;
  }

  private change(directory: string, gone: readonly string[], come: Change['come'], isSynced = false): void {
    for (const path of gone) this.names.delete(path);
    for (const [path, node] of come) this.names.set(path, node);
    this.changes.push({ directory, gone, come, isSynced });
  }
}

function fileNode(path: string): Node {
  const bytes = readFileSync(path);
  return { bytes, synced: bytes };
}

function halved(bytes: Buffer, synced: Buffer | null): Buffer {
  if (synced?.equals(bytes)) return bytes;
  return bytes.subarray(0, (synced?.length ?? 0) + Math.floor((bytes.length - (synced?.length ?? 0)) / 2));
}
