import { describe, expect, it } from 'vitest';
import { parseBaseline } from '../../src/findings/baseline.js';
import { isWhole, oldReport, Place } from './command.js';
import { Disk, type Remains } from './disk.js';

/**
 * The power goes after any file operation or printed line of a hunt; what was not synced is there, or not, or
 * half.
 */

/**
 * What is wrong with what remains, once `told` has been printed; `ended`: the exit code has been told too.
 */
function wrongs(place: Place, remains: Remains, told: string, ended: boolean): string[] {
  const wrong: string[] = [];
  const text = (name: string): string | undefined => remains.get(place.at(name))?.toString('utf8');
  for (const [path, bytes] of remains)
    if (
      path.endsWith('.json') &&
      path.startsWith(place.at('out')) &&
      !place.isFinding(bytes.toString('utf8'))
    )
      wrong.push(`${path} is half`);
  for (const [path] of told.matchAll(/\/\S+\.json(?=\s|$|;)/g))
    if (path.startsWith(place.at('out')) && !remains.has(path)) wrong.push(`${path} was told and is gone`);
  const report = text('report.xml');
  if (!place.isFresh && report === undefined) wrong.push('the report is gone');
  if (report !== undefined && report !== oldReport && !isWhole(report)) wrong.push('the report is half');
  if (ended && (report === undefined || !isWhole(report)))
    wrong.push('the command ended well, and its report is not there');
  const baseline = text('known.json');
  const entries = baseline === undefined ? [] : parseBaseline(baseline, 'known.json').violations;
  if (!place.isFresh && !entries.some(({ cause }) => cause === 'known'))
    wrong.push('an entry of the baseline is gone');
  const added = /(\d+) new ones? added/.exec(told);
  if (added !== null && entries.filter(({ cause }) => cause !== 'known').length < Number(added[1]))
    wrong.push('entries were told and are gone');
  return wrong;
}

describe.each([
  [true, false],
  [false, false],
  [true, true],
  [false, true],
])('a power cut (fresh directory: %s, baseline updated: %s)', (fresh, updated) => {
  it('takes nothing that was told, and leaves nothing half', async () => {
    const place = new Place(fresh, updated);
    try {
      const disk = new Disk(place.root);
      const seen = new Set<string>();
      let told = '';
      let states = 0;
      const cut = (what: string, ended = false): void => {
        for (const remains of disk.remains()) {
          states++;
          for (const wrong of wrongs(place, remains, told, ended)) seen.add(`${what}: ${wrong}`);
        }
      };
      const run = await place.run(
        {
          before: () => null,
          after: (call, result) => {
            disk.after(call, result);
            if (
              !['stat', 'lstat', 'read', 'readdir', 'access', 'fstat', 'realpath', 'readFile'].includes(
                call.op,
              )
            )
              cut(`${call.n} ${call.op}`);
          },
        },
        (text) => {
          told += text;
          cut('a line');
        },
      );
      cut('the end', true);
      expect([...seen]).toEqual([]);
      expect(run.exitCode).toBe(updated ? 0 : 1);
      expect(states).toBeGreaterThan(500);
    } finally {
      place.remove();
    }
  });
});
