/**
 * Changes of single places of a JSON document: all that there are, or each place once, in a way that comes
 * round from place to place; then documents of one kind that begin with another `turn` have their places
 * changed in other ways.
 */

export interface Lie {
  /** As messages name it: `scenario.scripts[0][3].page`. */
  readonly path: string;
  readonly how: string;
  readonly document: unknown;
}

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export interface Thoroughness {
  /** Of a longer list so many places are tried, evenly. */
  readonly placesMax: number;
  /** Every change of a place, not one. */
  readonly everyWay: boolean;
  /** Of all lies one in so many is told; which, `turn` says. */
  readonly every: number;
  /** The fields that are changed. Default: all. */
  readonly fields?: RegExp;
}

export function lies(document: Json, turn: number, thoroughness: Thoroughness): Lie[] {
  const { every } = thoroughness;
  const all = new Liar(turn, thoroughness).liesOf(document, '');
  return all.filter((_, index) => index % every === turn % every);
}

class Liar {
  constructor(
    private turn: number,
    private readonly thoroughness: Thoroughness,
  ) {}

  liesOf(document: Json, path: string): Lie[] {
    if (Array.isArray(document)) return this.inList(document, path);
    if (typeof document === 'object' && document !== null)
      return this.inObject(document as Readonly<Record<string, Json>>, path);
    const values = otherValues(document as null | boolean | number | string);
    return this.one(values).map(([how, value]) => ({ path, how, document: value }));
  }

  /** What is tried of what there is: the one whose turn it is, or all. */
  private one<T>(all: readonly T[]): T[] {
    if (this.thoroughness.everyWay) return [...all];
    return all.length === 0 ? [] : [all[this.turn++ % all.length]];
  }

  private inList(list: readonly Json[], path: string): Lie[] {
    const stride = Math.max(1, Math.ceil(list.length / this.thoroughness.placesMax));
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
    const { fields } = this.thoroughness;
    return Object.entries(object).flatMap(([key, value]) => {
      if (path === '' && fields?.test(key) === false) return [];
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
