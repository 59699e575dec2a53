import type { Bar } from '../../../src/report/bars.js';

interface Props {
  readonly bars: readonly Bar[];
  /** Where a column of them begins, by its number. */
  readonly left: (slot: number) => number;
  readonly width: number;
  readonly height: number;
  readonly kind: (bar: Bar) => string;
}

const LENGTH_MIN = 3;

/** Bars; each begins in the middle of the step that makes it, and ends in that of the one that ends it. */
export function BarRects({ bars, left, width, height, kind }: Props) {
  return (
    <>
      {bars.map((bar) => {
        const top = Math.max(0, (bar.from + 0.5) * height);
        const length = Math.max(LENGTH_MIN, (bar.to + 0.5) * height - top);
        return (
          <rect
            key={`${bar.from} ${bar.label}`}
            class={kind(bar)}
            x={left(bar.slot)}
            y={top}
            width={width}
            height={length}
            rx={1.5}
          >
            <title>{bar.label}</title>
          </rect>
        );
      })}
    </>
  );
}

const HUES = 6;

/** The same label has the same colour everywhere. */
export function hueOf({ label }: Pick<Bar, 'label'>): string {
  let sum = 0;
  for (const char of label) sum = (sum * 31 + (char.codePointAt(0) ?? 0)) % 9973;
  return `hue-${sum % HUES}`;
}
