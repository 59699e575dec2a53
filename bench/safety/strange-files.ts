import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

/** What may be found in the place of a file, by what it is or by what is in it. */

export interface StrangeFile {
  readonly name: string;
  /** Puts it at `path`, where there is nothing; `whole`: the bytes of a right file. What it leaves beside goes with its directory. */
  make(path: string, whole: Buffer): unknown;
}

const text = (change: (whole: string) => string | Buffer) => (path: string, whole: Buffer) =>
  writeFileSync(path, change(whole.toString('utf8')));
const link = (target: string) => (path: string) => symlinkSync(target, path);
const hole = (bytes: number) => (path: string) => {
  writeFileSync(path, '');
  truncateSync(path, bytes);
};
/** JSON with one place changed: what stands behind its first colon. */
const firstValue = (value: string) =>
  text((whole) => whole.replace(/:\s*(?:"[^"]*"|[^,{[\]}]+)/, `:${value}`));
const firstField = (field: string) => text((whole) => whole.replace('{', `{${field},`));
/** Every number of more than one digit; of long ones only so many that the file stays one of megabytes. */
const numbers = (value: string) => {
  const most = Math.ceil(10_000_000 / value.length);
  return text((whole) => {
    let count = 0;
    return whole.replaceAll(/(?<![\w.])\d{2,}(?![\w.])/g, (digits) => (count++ < most ? value : digits));
  });
};

/** Not what a file holds, but what it is. */
export const NO_FILES: readonly StrangeFile[] = [
  { name: 'nothing', make: () => undefined },
  { name: 'a directory', make: (path) => mkdirSync(path) },
  { name: 'a pipe that nobody writes to', make: (path) => execFileSync('mkfifo', [path]) },
  {
    name: 'a socket',
    make: (path) => {
      // Left behind by a server that was killed.
      const server = "net.createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))";
      spawnSync(process.execPath, ['-e', server, path]);
    },
  },
  { name: 'a link to itself', make: (path) => symlinkSync(path, path) },
  { name: 'a link that leads nowhere', make: link('/nowhere/at/all') },
  { name: 'a link to a directory', make: link('/usr') },
  {
    name: 'a link to a pipe',
    make: (path) => {
      execFileSync('mkfifo', [`${path}.pipe`]);
      symlinkSync(`${path}.pipe`, path);
    },
  },
  { name: '/dev/full', make: link('/dev/full') },
  { name: '/dev/zero', make: link('/dev/zero') },
  { name: '/dev/null', make: link('/dev/null') },
  { name: 'a terminal that is none', make: link('/dev/tty') },
  { name: "the process's memory", make: link('/proc/self/mem') },
  { name: 'a file of the system that says it is empty', make: link('/proc/self/maps') },
  { name: 'a file of the system that nobody writes', make: link('/sys/kernel/uevent_seqnum') },
  { name: 'a name in a directory of the system', make: link('/proc/shootdown-of-nobody') },
  {
    name: 'a hole of a terabyte',
    make: hole(2 ** 40),
  },
  {
    name: 'a hole of 60 MB',
    make: hole(60 * 2 ** 20),
  },
];

/** A regular file, with something in it. */
export const CONTENTS: readonly StrangeFile[] = [
  { name: 'empty', make: text(() => '') },
  { name: 'a byte order mark alone', make: text(() => '\ufeff') },
  { name: 'a byte order mark before it', make: text((whole) => `\ufeff${whole}`) },
  { name: 'a byte order mark twice', make: text((whole) => `\ufeff\ufeff${whole}`) },
  { name: 'lines that end with CR LF', make: text((whole) => whole.replaceAll('\n', '\r\n')) },
  { name: 'lines that end with CR', make: text((whole) => whole.replaceAll('\n', '\r')) },
  { name: 'UTF-16', make: text((whole) => Buffer.from(`\ufeff${whole}`, 'utf16le')) },
  { name: 'a NUL in the middle', make: text((whole) => `${whole.slice(0, 40)}\0${whole.slice(40)}`) },
  { name: 'NULs', make: text(() => '\0'.repeat(100_000)) },
  { name: 'NULs behind it', make: text((whole) => whole + '\0'.repeat(4_096)) },
  { name: 'bytes that are no UTF-8', make: (path) => writeFileSync(path, Buffer.alloc(10_000, 0xff)) },
  { name: 'half of a surrogate, as it is', make: firstValue('"\\ud800"') },
  { name: 'half of a surrogate as a name', make: firstField('"\\udfff":1') },
  { name: '__proto__', make: firstField('"__proto__":{"format":"x","toString":1}') },
  { name: 'constructor', make: firstField('"constructor":{"prototype":{"a":1}},"hasOwnProperty":1') },
  { name: 'a field twice', make: text((whole) => whole.replace(/\{\s*("[^"]*":\s*[^,{[]+,)/, '{$1$1')) },
  { name: 'numbers without end', make: numbers('1e999') },
  { name: 'numbers beyond what is exact', make: numbers('9007199254740993') },
  { name: 'numbers below nothing', make: numbers('-0') },
  { name: 'numbers that are almost nothing', make: numbers('5e-324') },
  { name: 'numbers of 100,000 digits', make: numbers('9'.repeat(100_000)) },
  { name: 'deep', make: firstField(`"x":${'['.repeat(20_000)}${']'.repeat(20_000)}`) },
  { name: 'objects in objects', make: firstField(`"x":${'{"x":'.repeat(20_000)}1${'}'.repeat(20_000)}`) },
  { name: 'something behind it', make: text((whole) => `${whole}${whole}`) },
  { name: 'half of it', make: text((whole) => whole.slice(0, whole.length / 2)) },
  { name: 'null', make: text(() => 'null') },
  { name: 'a text', make: text(() => '"text"') },
  { name: 'control sequences', make: text((whole) => `\u001b]0;title\u0007\u001b[2J::error::x\n${whole}`) },
  { name: 'a program', make: text(() => '#!/bin/sh\nexit 0\n') },
  { name: 'packed', make: (path, whole) => writeFileSync(path, gzipSync(whole)) },
  { name: 'packed twice', make: (path, whole) => writeFileSync(path, gzipSync(gzipSync(whole))) },
  { name: 'zeros, packed', make: (path) => writeFileSync(path, gzipSync(Buffer.alloc(60 * 2 ** 20))) },
  { name: 'the head of packed data', make: (path) => writeFileSync(path, Buffer.from([0x1f, 0x8b])) },
  {
    name: 'an archive',
    make: (path) => writeFileSync(path, Buffer.from('PK\u0003\u0004'.padEnd(5_000, 'x'))),
  },
  { name: 'a page', make: text(() => '<!doctype html><script>alert(1)</script>\n') },
];
