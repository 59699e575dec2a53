import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readFinding } from '../../src/findings/read.js';
import { FINDING_BYTES_MAX } from '../../src/findings/schema.js';
import { serializeFinding } from '../../src/findings/serialize.js';
import { findingName, saveFinding } from '../../src/findings/store.js';
import { InfrastructureError, InputError } from '../../src/vocabulary/errors.js';
import { afterCut } from '../faults/after-cut.js';
import { systemError } from '../faults/faulty-fs.js';
import { sampleFinding, sampleScenario } from './sample.js';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'shootdown-store-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

describe('saving a finding', () => {
  it('writes a file that reads back as the same finding, and leaves nothing else', () => {
    const out = join(directory, 'a', 'b');
    const saved = saveFinding(sampleFinding(), out);
    expect(saved).toEqual({ path: join(out, 'b1--two-mm-switch--stale-use--1a2b3c4d.json'), reused: false });
    expect(readFinding(saved.path)).toEqual(sampleFinding());
    expect(readdirSync(out)).toHaveLength(1);
  });

  it('makes a name safe that a run has left which was ended before it could', async () => {
    const path = join(directory, 'b1--two-mm-switch--stale-use--1a2b3c4d.json');
    const isUnsafe = (op: string, of: string) => op === 'fsync' && of === directory;
    const save = () => saveFinding(sampleFinding(), directory);
    const left = await afterCut(
      directory,
      () => {
        expect(save).toThrow(InfrastructureError);
        expect(save()).toEqual({ path, reused: true });
      },
      (call, n) => (isUnsafe(call.op, call.path) && n === 1 ? systemError('EIO', call) : null),
    );
    const text = serializeFinding(sampleFinding());
    expect(left.map((files) => files.get(path))).toEqual(left.map(() => text));
  });

  it('reuses a file with the same bytes and gives another finding another name', () => {
    const first = saveFinding(sampleFinding(), directory);
    expect(saveFinding(sampleFinding(), directory)).toEqual({ path: first.path, reused: true });
    const second = saveFinding(sampleFinding({ seed: 2 }), directory);
    expect(second).toEqual({ path: first.path.replace('.json', '-2.json'), reused: false });
    expect(saveFinding(sampleFinding({ seed: 2 }), directory)).toEqual({ path: second.path, reused: true });
    expect(readFinding(first.path).seed).toBe(1);
  });

  it('never overwrites what is there, whatever it is', () => {
    const taken = join(directory, `${findingName(sampleFinding())}.json`);
    mkdirSync(taken);
    expect(saveFinding(sampleFinding(), directory).path).toBe(taken.replace('.json', '-2.json'));
    const elsewhere = join(directory, 'elsewhere');
    symlinkSync(elsewhere, join(directory, `${findingName(sampleFinding())}-3.json`));
    expect(saveFinding(sampleFinding({ seed: 3 }), directory).path).toContain('-4.json');
    expect(existsSync(elsewhere)).toBe(false);
  });

  it('makes every name harmless', () => {
    const scenario = sampleScenario({ name: '../../etc/pass wd\u001b[2J' });
    const name = findingName(sampleFinding({ variant: '..', scenario }));
    expect(name).toBe('unnamed--etc-pass-wd-2J--stale-use--1a2b3c4d');
    expect(findingName(sampleFinding({ variant: 'v'.repeat(200) })).length).toBeLessThan(150);
  });

  it('is clear about a directory that cannot be', () => {
    const file = join(directory, 'file');
    writeFileSync(file, '');
    expect(() => saveFinding(sampleFinding(), join(file, 'out'))).toThrow(InfrastructureError);
    expect(() => saveFinding(sampleFinding(), file)).toThrow(
      /cannot save a finding in .*file: .*; give another directory with --out/,
    );
  });

  // Root may write anywhere, so the test has nothing to see there.
  it.skipIf(process.getuid?.() === 0)('is clear about a directory that cannot be written', () => {
    chmodSync(directory, 0o555);
    expect(() => saveFinding(sampleFinding(), directory)).toThrow(/permission denied \(EACCES\)/);
    chmodSync(directory, 0o755);
  });
});

describe('the bytes of a finding', () => {
  it('do not depend on the order in which the object was built', () => {
    const reversed = Object.fromEntries(Object.entries(sampleFinding()).reverse());
    expect(serializeFinding(reversed as never)).toBe(serializeFinding(sampleFinding()));
  });

  it('are these', () => {
    expect(serializeFinding(sampleFinding())).toMatchInlineSnapshot(`
      "{
        "format": "shootdown-finding",
        "version": 1,
        "shootdown": "0.1.0",
        "variant": "b1",
        "scenario": {
          "name": "two-mm-switch",
          "summary": "Two CPUs switch between two mms while one of them flushes.",
          "cpus": 2,
          "mms": [{}, { "alive": true, "tlbGen": 3, "vmas": [[0, 2, true]], "cpumask": [1] }],
          "pages": 2,
          "slots": 2,
          "pcid": true,
          "lazy": true,
          "walks": 4,
          "start": [
            { "loadedMm": 0 },
            { "loadedMm": 1, "slots": [{ "mm": 1, "tlbGen": 3 }, null], "lazy": false, "loadedMmAsid": 0, "nextAsid": 1 }
          ],
          "scripts": [
            [
              { "op": "run", "mm": 0 },
              { "op": "access", "page": 1, "write": true },
              { "op": "munmap", "start": 0, "end": 1, "nominalPages": 40 }
            ],
            [{ "op": "kthread" }, { "op": "idle", "deep": true }, { "op": "run", "mm": 1 }, { "op": "exit" }]
          ]
        },
        "memory": "tso",
        "strategy": "random",
        "seed": 1,
        "execution": 42,
        "schedule": ["0*12", "1b", "=3", "1i", "1w*2"],
        "steps": 17,
        "violation": {
          "class": "stale-use",
          "step": 16,
          "cpu": 1,
          "message": "CPU1 stores through a translation that munmap has revoked."
        },
        "latent": [{ "class": "gen-ahead", "step": 9, "cpu": 1, "message": "slot 0 says 4, its entry is of 3." }],
        "traceHash": "1a2b3c4d"
      }
      "
    `);
  });

  it('wrap a long schedule', () => {
    const schedule = Array.from({ length: 200 }, (_, i) => `${i % 4}*${i + 1}`);
    const text = serializeFinding(sampleFinding({ schedule }));
    expect(JSON.parse(text).schedule).toEqual(schedule);
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(121);
    expect(text.split('\n').length).toBeLessThan(70);
  });
});

describe('reading a finding', () => {
  it.each<[string, (path: string) => void, string]>([
    ['a missing file', () => {}, 'no such file'],
    ['a directory', (path) => mkdirSync(path), 'not a regular file'],
    ['bytes that are not text', (path) => writeFileSync(path, Buffer.from([0x7b, 0xff])), 'not UTF-8 text'],
    ['a link to a device', (path) => symlinkSync('/dev/zero', path), 'not a regular file'],
    [
      'a file beyond all measure',
      (path) => {
        writeFileSync(path, '');
        truncateSync(path, FINDING_BYTES_MAX + 1);
      },
      'too large for a finding',
    ],
  ])('refuses %s', (_, make, message) => {
    const path = join(directory, 'x.json');
    make(path);
    expect(() => readFinding(path)).toThrow(InputError);
    expect(() => readFinding(path)).toThrow(message);
  });

  it('accepts a byte order mark', () => {
    const path = join(directory, 'bom.json');
    writeFileSync(path, `\ufeff${serializeFinding(sampleFinding())}`);
    expect(readFinding(path)).toEqual(sampleFinding());
    expect(readFileSync(path)[0]).toBe(0xef);
  });
});
