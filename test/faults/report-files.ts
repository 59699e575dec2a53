/** Reports of a command, each in a file whose ending says how a whole one is told from half of one. */

const ENDINGS = { blob: 'blob.json', json: 'json', junit: 'xml', sarif: 'sarif.json' } as const;
type InFile = keyof typeof ENDINGS;

export const PAGE = ['report/index.html', 'report/results.json'];
export const OLD_PAGE = {
  'report/index.html': '<!doctype html><p>old</p></html>',
  'report/results.json': '{}\n',
};

/** Files of a page and of these reports. */
export const reportFiles = (...names: readonly InFile[]): string[] => [
  ...PAGE,
  ...names.map((name) => `reports/a.${ENDINGS[name]}`),
];

/** Flags for a page and these reports, which go to `reportFiles`. */
export function reports(at: (name: string) => string, ...names: readonly InFile[]): string[] {
  return [
    ...['--reporter', ['html', ...names].join(','), '--report-dir', at('report')],
    ...names.flatMap((name) => ['--reporter-file', `${name}=${at(`reports/a.${ENDINGS[name]}`)}`]),
  ];
}
