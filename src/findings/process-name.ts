import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { errorCode } from '../vocabulary/errors.js';

/**
 * Which process this is, in a few letters: its number, when it started, and on which system numbers mean
 * that. By them others find out whether it still lives.
 */

export interface ProcessName {
  readonly pid: number;
  /** Clock ticks from the system's start to the process's; 0 where the system does not tell. */
  readonly started: number;
  /** Of the computer, its boot and its table of processes: eight hexadecimal digits. */
  readonly system: string;
}

/** What Linux tells of a process: its state and when it started; null: nothing, or it is not Linux. */
function statusOf(pid: number | 'self'): { readonly state: string; readonly started: number } | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // Its name is in brackets, and may hold anything, brackets too.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0], started: Number(fields[19]) };
  } catch {
    return null;
  }
}

function lineOf(read: () => string): string {
  try {
    return read().trim();
  } catch {
    return '';
  }
}

export function thisProcess(): ProcessName {
  const boot = lineOf(() => readFileSync('/proc/sys/kernel/random/boot_id', 'latin1'));
  // Containers on one computer have tables of their own.
  const table = lineOf(() => readlinkSync('/proc/self/ns/pid'));
  const system = createHash('sha256').update(`${hostname()}\n${boot}\n${table}`).digest('hex').slice(0, 8);
  return { pid: process.pid, started: statusOf('self')?.started ?? 0, system };
}

/** Whether a process of this system lives; one that only waits to be reaped does not. */
export function isAlive({ pid, started }: ProcessName): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it is somebody else's.
    if (errorCode(error) === 'ESRCH') return false;
  }
  const status = statusOf(pid);
  if (status === null) return true;
  // Another one has got the number meanwhile.
  if (started !== 0 && status.started !== started) return false;
  return status.state !== 'Z' && status.state !== 'X';
}
