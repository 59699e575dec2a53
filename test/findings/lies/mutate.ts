/** Every change of a single place of a JSON document. */

export interface Lie {
  /** As messages name it: `scenario.scripts[0][3].page`. */
  readonly path: string;
  readonly how: string;
  readonly document: unknown;
}

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Of a longer list so many places are tried, evenly. */
const PLACES_MAX = 8;

export function lies(document: Json, path = ''): Lie[] {
  if (Array.isArray(document)) return liesInList(document, path);
  if (typeof document === 'object' && document !== null)
    return liesInObject(document as Readonly<Record<string, Json>>, path);
  return otherValues(document as null | boolean | number | string).map(([how, value]) => ({
    path,
    how,
    document: value,
  }));
}

function otherValues(value: null | boolean | number | string): [how: string, value: Json][] {
  if (typeof value === 'number') {
    return [
      ['plus one', value + 1],
      ['minus one', value - 1],
    ];
  }
  if (typeof value === 'boolean') return [['flipped', !value]];
  if (value === null) return [['an object', {}]];
  return [
    ['longer', `${value}x`],
    ['a digit more', value.replace(/\d(?=\D*$)/, (digit) => String((Number(digit) + 1) % 10))],
    ['another case', value.toUpperCase()],
    ['empty', ''],
  ].filter(([, other]) => other !== value) as [string, Json][];
}

function liesInList(list: readonly Json[], path: string): Lie[] {
  const stride = Math.max(1, Math.ceil(list.length / PLACES_MAX));
  return list.flatMap((item, index) => {
    if (index % stride !== 0 && index !== list.length - 1) return [];
    const at = `${path}[${index}]`;
    const whole = (other: Json[]): Json[] => [...list.slice(0, index), ...other, ...list.slice(index + 1)];
    return [
      { path: at, how: 'dropped', document: whole([]) },
      { path: at, how: 'twice', document: whole([item, item]) },
      ...lies(item, at).map((lie) => ({ ...lie, document: whole([lie.document as Json]) })),
    ];
  });
}

function liesInObject(object: Readonly<Record<string, Json>>, path: string): Lie[] {
  return Object.entries(object).flatMap(([key, value]) => {
    const at = path === '' ? key : `${path}.${key}`;
    const { [key]: _, ...rest } = object;
    return [
      { path: at, how: 'removed', document: rest },
      ...lies(value, at).map((lie) => ({ ...lie, document: { ...object, [key]: lie.document } })),
    ];
  });
}
