/** What the projects of a configuration hunt: their names looked up before anything is hunted. */

import { isAbsolute, join, relative } from 'node:path';
import type { Project } from '../../../config/config-schema.js';
import type { LoadedConfig } from '../../../config/load-config.js';
import { unknownName } from '../../../report/near-names.js';
import type { Engine, OwnDefinitions } from '../../engine-api.js';
import { loadOwn, named } from '../../own-modules.js';
import { selectStrategies, TRACE_PREFIX } from '../../select.js';
import { selectTargets, type Targets } from '../hunt/hunt-targets.js';

export interface ProjectTargets {
  readonly project: Project;
  readonly targets: Targets;
  readonly strategies: readonly string[];
}

/** A path of a configuration, from the working directory. */
export function fromConfig({ directory }: LoadedConfig, path: string): string {
  return isAbsolute(path) ? path : relative(process.cwd(), join(directory, path));
}

export function modulesOf(loaded: LoadedConfig, projects: readonly Project[]): string[] {
  const files = projects.flatMap(({ modules = [] }) => modules.map((file) => fromConfig(loaded, file)));
  return [...new Set(files)];
}

/** `strategy`: instead of what the configuration says. Throws InputError, with the project's line. */
export async function projectTargets(
  engine: Engine,
  loaded: LoadedConfig,
  projects: readonly Project[],
  { typeCheck, strategy }: { readonly typeCheck: boolean; readonly strategy: readonly string[] | undefined },
): Promise<ProjectTargets[]> {
  const own = await ownOfProjects(engine, loaded, projects, typeCheck);
  const all: ProjectTargets[] = [];
  for (const [index, project] of projects.entries())
    all.push(
      await named(`${loaded.place(project.name)}: project ${project.name}`, async () => {
        await requireOpenFinding(engine, project);
        const { variant, program } = project;
        const scenario = project.scenario?.map((name) => scenarioName(loaded, name));
        const given = strategy ?? project.strategy ?? loaded.config.strategy;
        return {
          project,
          targets: await selectTargets(engine, { variant, program, scenario }, own[index]),
          strategies: await selectStrategies(engine, given),
        };
      }),
    );
  return all;
}

/** A recording lies where the configuration says. */
function scenarioName(loaded: LoadedConfig, name: string): string {
  return name.startsWith(TRACE_PREFIX)
    ? TRACE_PREFIX + fromConfig(loaded, name.slice(TRACE_PREFIX.length))
    : name;
}

/**
 * What the modules of each project define. All modules are known at once when it hunts, so that one pool does
 * for all projects; where projects have different ones, each set is read by itself before, to see whose what
 * is.
 */
async function ownOfProjects(
  engine: Engine,
  loaded: LoadedConfig,
  projects: readonly Project[],
  typeCheck: boolean,
): Promise<OwnDefinitions[]> {
  const all = modulesOf(loaded, projects);
  const whole = await loadOwn(engine, all, typeCheck);
  const sets = projects.map((project) => modulesOf(loaded, [project]));
  const isWhole = (files: readonly string[]): boolean => files.length === all.length;
  const own: OwnDefinitions[] = [];
  for (const files of sets)
    own.push(isWhole(files) ? whole : among(whole, await loadOwn(engine, files, false)));
  if (!sets.every(isWhole)) await loadOwn(engine, all, false);
  return own;
}

/** Those of `whole` that `part` has too. */
function among(whole: OwnDefinitions, part: OwnDefinitions): OwnDefinitions {
  const has = <T extends { readonly name: string }>(all: readonly T[], some: readonly T[]): T[] =>
    all.filter(({ name }) => some.some((one) => one.name === name));
  return {
    variants: whole.variants.filter((name) => part.variants.includes(name)),
    programs: has(whole.programs, part.programs),
    scenarios: has(whole.scenarios, part.scenarios),
  };
}

async function requireOpenFinding(engine: Engine, { expect = 'clean' }: Project): Promise<void> {
  if (!expect.startsWith(KNOWN)) return;
  const known = (await engine.openFindings()).map(({ name }) => name);
  const name = expect.slice(KNOWN.length);
  if (!known.includes(name)) throw unknownName('open finding', name, known, 'findings');
}

/** What stands before the name of an open finding that is expected. */
export const KNOWN = 'known:';
