import { visible } from '../report/escape.js';
import { pad, wrap } from '../report/text-columns.js';
import type { StudyRow } from './study.js';

/**
 * Rows of a table that make no sense, those of one reason together: a text each, of a line or more.
 * `indent`: where the second column begins.
 */
export function senselessRows(rows: readonly StudyRow[], indent: number, width: number): string[] {
  const labelsOf = new Map<string, string[]>();
  for (const { label, senseless = '' } of rows)
    labelsOf.set(senseless, [...(labelsOf.get(senseless) ?? []), visible(label)]);
  const beside = (lines: readonly string[], label: string): string =>
    lines.map((line, index) => pad(index === 0 ? label : '', indent) + line).join('\n');
  return [...labelsOf].map(([reason, labels]) => {
    if (labels.length === 1)
      return beside(wrap(`makes no sense: ${visible(reason)}`, width - indent), labels[0]);
    const names = wrap(labels.join(', '), width).join('\n');
    return `${names}\n${beside(wrap(`make no sense: ${visible(reason)}`, width - indent), '')}`;
  });
}
