/** Damage that keeps to JSON, or nearly: other types, other numbers, other keys. */

import { NASTY, type Random } from './mutate-bytes.js';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Stands for text that is put in as it is, since no value of JavaScript would be written that way. */
const RAW_MARK = '@raw@';

const RAW: readonly (() => string)[] = [
  () => 'NaN',
  () => '-Infinity',
  () => '1e999',
  () => '-0',
  () => '0x10',
  () => '1e400',
  () => '9007199254740993',
  () => '123456789012345678901234567890',
  () => '"\\ud800"',
  () => '"\\u001b[31m\\u202e\\u009b"',
  () => `${'['.repeat(3_000)}${']'.repeat(3_000)}`,
  () => `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`,
  () => '['.repeat(100_000),
  () => `"${'y'.repeat(100_000)}"`,
  () => '{"__proto__": {"format": "x"}}',
  () => 'undefined',
  () => '/* a comment */ 1',
  () => "'single'",
  () => '1,',
];

const VALUES: readonly Json[] = [
  ...[
    null,
    true,
    false,
    0,
    1,
    -1,
    2,
    3,
    5,
    6,
    16,
    17,
    63,
    64,
    255,
    256,
    257,
    1.5,
    1e6,
    5_000_000,
    2 ** 30,
    2 ** 31,
    2 ** 32,
  ],
  ...[2 ** 53, 1e300, [], {}, [[]], [null], '0', 'tso', 'sc'],
];

/** One to three changes anywhere in the document. */
export function mutateJson(text: string, random: Random): string {
  const document = JSON.parse(text) as Json;
  const raws: string[] = [];
  for (let changes = 1 + random(3); changes > 0; changes--) change(document, random, raws);
  const written = random(4) === 0 ? JSON.stringify(document) : JSON.stringify(document, null, random(5));
  return written.replaceAll(new RegExp(`"${RAW_MARK}(\\d+)"`, 'g'), (_, index) => raws[Number(index)] ?? '0');
}

function change(document: Json, random: Random, raws: string[]): void {
  const places = placesOf(document);
  if (places.length === 0) return;
  const [holder, key] = places[random(places.length)];
  const set = (value: Json): void => {
    (holder as Record<string | number, Json>)[key] = value;
  };
  const old = (holder as Record<string | number, Json>)[key];
  switch (random(10)) {
    case 0:
      set(VALUES[random(VALUES.length)] ?? null);
      break;
    case 1:
      raws.push((RAW[random(RAW.length)] ?? RAW[0])());
      set(`${RAW_MARK}${raws.length - 1}`);
      break;
    case 2:
      if (Array.isArray(holder)) holder.splice(Number(key), 1);
      else delete holder[key];
      break;
    case 3:
      if (Array.isArray(holder)) holder.splice(Number(key), 0, old);
      else holder[NASTY[random(NASTY.length)] ?? 'more'] = old;
      break;
    case 4:
      set(
        typeof old === 'number'
          ? old + random(5) - 2
          : typeof old === 'string'
            ? old + NASTY[random(NASTY.length)]
            : old,
      );
      break;
    case 5:
      set(
        typeof old === 'string'
          ? (NASTY[random(NASTY.length)] ?? '')
          : typeof old === 'number'
            ? String(old)
            : [old],
      );
      break;
    case 6: {
      // A value from elsewhere in the document.
      const [other, otherKey] = places[random(places.length)];
      set(structuredClone((other as Record<string | number, Json>)[otherKey]));
      break;
    }
    case 7: // The same key twice, the second time with something else.
      if (Array.isArray(holder)) holder.push(old);
      else {
        raws.push(
          `${JSON.stringify(old)}, ${JSON.stringify(key)}: ${JSON.stringify(VALUES[random(VALUES.length)])}`,
        );
        set(`${RAW_MARK}${raws.length - 1}`);
      }
      break;
    case 8:
      if (Array.isArray(old))
        for (let i = random(2_000); i > 0 && old.length > 0; i--) old.push(old[random(old.length)] ?? null);
      else if (typeof old === 'boolean') set(!old);
      break;
    default:
      if (typeof old === 'number') set(random(300));
      else if (typeof old === 'string') set(old.slice(random(old.length + 1)));
  }
}

function placesOf(value: Json): [Json[] | { [key: string]: Json }, string | number][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.keys(value).flatMap((key) => [
    [value, Array.isArray(value) ? Number(key) : key] as [Json[] | { [key: string]: Json }, string | number],
    ...placesOf((value as { [key: string]: Json })[key]),
  ]);
}
