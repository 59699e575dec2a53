/**
 * The site of the documentation: README, every page of docs/, and the API by its docstrings, with a search
 * that needs no server; and on top of the front page a kernel to move by hand. Nothing is fetched.
 *
 *     npm run site [-- DIRECTORY]
 *
 * DIRECTORY: default `site`. Ends with 1 where a page or a docstring links to what there is not, or where the
 * front page has not what it is to begin with.
 */

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  Application,
  Converter,
  type DocumentReflection,
  JSX,
  OptionDefaults,
  ReflectionKind,
} from 'typedoc';
import { PLAYGROUND } from '../src/cli/commands/explore.js';
import { playgroundHtml } from '../src/report/page/playground.js';
import { verifyCatalogue } from '../src/scenarios/verify/index.js';
import { VERSION } from '../src/vocabulary/version.js';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
/** What was run at its time, and grows. */
const LEFT_OUT = ['results-log.md'];
const EXPLORE = 'explore.html';
/** Most of a window, so that what follows is seen to follow. */
const FRAME_HEIGHT = '80vh';
const out = process.argv[2] ?? 'site';

const app = await Application.bootstrap({
  entryPoints: ['src/index.ts', 'src/vitest/index.ts'],
  tsconfig: 'tsconfig.json',
  basePath: ROOT,
  name: 'shootdown',
  readme: 'README.md',
  projectDocuments: readdirSync(`${ROOT}docs`)
    .filter((name) => !LEFT_OUT.includes(name))
    .map((name) => `docs/${name}`),
  out,
  // Of the simulated kernel's functions: what they may rely on.
  blockTags: [...OptionDefaults.blockTags, '@assumes'],
  excludePrivate: true,
  // Places would name a commit of a repository, and a site may be of none.
  disableSources: true,
  // `npm run typecheck` does it.
  skipErrorChecking: true,
  searchInComments: true,
  searchInDocuments: true,
  navigation: { includeGroups: true },
  groupOrder: ['Guides', 'Pages', '*'],
  sort: ['kind', 'alphabetical'],
  // What the API's types are made of is told where it is used.
  validation: { notExported: false, invalidLink: true, rewrittenLink: true, notDocumented: false },
});
app.converter.on(Converter.EVENT_RESOLVE_BEGIN, (context) => {
  for (const page of context.project.getReflectionsByKind(ReflectionKind.Document) as DocumentReflection[]) {
    page.frontmatter.group = page.name.startsWith('docs/guide') ? 'Guides' : 'Pages';
    // Its heading, which is on the page already.
    const text = page.content.map((part) => part.text).join('');
    page.name = /^# (.+)$/m.exec(text)?.[1] ?? page.name;
  }
});

app.renderer.hooks.on('sidebar.begin', (context) =>
  JSX.createElement(
    'a',
    { href: context.relativeURL(EXPLORE), class: 'tsd-nav-link' },
    'Move a kernel by hand',
  ),
);

// The front page begins with it; alone it has an address for every step, and room.
app.renderer.hooks.on('content.begin', (context) => {
  if (context.page.url !== 'index.html') return JSX.createElement(JSX.Fragment, null);
  const frame = JSX.createElement('iframe', {
    ...{ src: EXPLORE, title: 'A kernel to move by hand', loading: 'eager' },
    style: `width: 100%; height: ${FRAME_HEIGHT}; border: 1px solid var(--color-accent)`,
  });
  const link = JSX.createElement('a', { href: EXPLORE }, 'In a window of its own');
  const text = ', with a link to every step. What it is that moves here, below.';
  return JSX.createElement('div', null, frame, JSX.createElement('p', null, link, text));
});

const project = await app.convert();
if (project === undefined) process.exit(1);
app.validate(project);
await app.generateOutputs(project);
if (app.logger.hasErrors() || app.logger.hasWarnings()) process.exitCode = 1;
const scenario = verifyCatalogue.find(({ name }) => name === PLAYGROUND.scenario);
if (scenario === undefined) throw new Error(`there is no scenario ${PLAYGROUND.scenario}`);
const { variant } = PLAYGROUND;
writeFileSync(
  join(out, EXPLORE),
  await playgroundHtml(VERSION, { variant, scenario, memory: 'tso', seed: 1 }),
);
if (!readFileSync(join(out, 'index.html'), 'utf8').includes(`<iframe src="${EXPLORE}"`)) {
  console.error('site: the front page does not begin with the kernel to move by hand');
  process.exitCode = 1;
}
