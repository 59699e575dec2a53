/**
 * Changes of single places of a JSON document: each place once, in a way that comes round from place to
 * place. Documents of one kind that begin with another `turn` have their places changed in other ways.
 */

export interface Lie {
  /** As messages name it: `scenario.scripts[0][3].page`. */
  readonly path: string;
  readonly how: string;
  readonly document: unknown;
}

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Of a longer list so many places are tried, evenly. */
const PLACES_MAX = 8;

export function lies(document: Json, turn: number): Lie[] {
  return new Liar(turn).liesOf(document, '');
}

class Liar {
  constructor(private turn: number) {}

  liesOf(document: Json, path: string): Lie[] {
    if (Array.isArray(document)) return this.inList(document, path);
    if (typeof document === 'object' && document !== null)
      return this.inObject(document as Readonly<Record<string, Json>>, path);
    const values = otherValues(document as null | boolean | number | string);
    return this.one(values).map(([how, value]) => ({ path, how, document: value }));
  }

  /** The one whose turn it is, of what there is. */
  private one<T>(all: readonly T[]): T[] {
    return all.length === 0 ? [] : [all[this.turn++ % all.length]];
  }

  private inList(list: readonly Json[], path: string): Lie[] {
    const stride = Math.max(1, Math.ceil(list.length / PLACES_MAX));
    return list.flatMap((item, index) => {
      if (index % stride !== 0 && index !== list.length - 1) return [];
      const at = `${path}[${index}]`;
      const whole = (other: Json[]): Json[] => [...list.slice(0, index), ...other, ...list.slice(index + 1)];
      const moved: Lie[] = this.one([
        { path: at, how: 'dropped', document: whole([]) },
        { path: at, how: 'twice', document: whole([item, item]) },
      ]);
      const changed = this.liesOf(item, at).map((lie) => ({
        ...lie,
        document: whole([lie.document as Json]),
      }));
      return [...moved, ...changed];
    });
  }

  private inObject(object: Readonly<Record<string, Json>>, path: string): Lie[] {
    return Object.entries(object).flatMap(([key, value]) => {
      const at = path === '' ? key : `${path}.${key}`;
      const { [key]: _, ...rest } = object;
      return [
        { path: at, how: 'removed', document: rest },
        ...this.liesOf(value, at).map((lie) => ({ ...lie, document: { ...object, [key]: lie.document } })),
      ];
    });
  }
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
