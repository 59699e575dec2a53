/** Which reports `run` makes: flags come before what the configuration says. */

import type { LoadedConfig } from '../../../config/load-config.js';
import { blobReporter } from '../../../report/reporters/blob.js';
import type { Reporter } from '../../../report/reporters/reporter.js';
import { InputError } from '../../../vocabulary/errors.js';
import { type ReporterFile, reporterFiles } from '../hunt/reporter-files.js';
import { type ReportingFlags, reporterNames } from '../hunt/reporting.js';
import { fromConfig } from './project-targets.js';
import type { RunFlags } from './run.js';

/** Throws InputError for a reporter that there is not, or that makes no sense here. */
export function reportingFlags(loaded: LoadedConfig, flags: RunFlags): ReportingFlags {
  const { config } = loaded;
  const reporter =
    flags.reporter ??
    (flags.json ? [] : namesOf(`${loaded.placeOf('reporters')}: reporters`, config.reporters ?? []));
  if (reporter.includes(blobReporter))
    throw new InputError('--reporter: blob is for the shards of a hunt', 'use "shootdown hunt --shard"');
  const own = flags.reporterFile ?? [];
  const given = Object.entries(config.reporterFiles ?? {}).flatMap(([name, path]): ReporterFile[] => {
    const [one] = namesOf(`${loaded.placeOf('reporterFiles')}: reporterFiles`, [name]);
    const isAsked = reporter.includes(one) && !own.some((other) => other.reporter === one);
    return isAsked ? reporterFiles(`${name}=${fromConfig(loaded, path)}`) : [];
  });
  const directory =
    config.reportDir === undefined ? './shootdown-report' : fromConfig(loaded, config.reportDir);
  return {
    ...{ reporter, json: flags.json, reportDir: flags.reportDir ?? directory },
    reporterFile: [...given, ...own],
  };
}

function namesOf(where: string, names: readonly string[]): Reporter[] {
  return names.reduce((all: Reporter[], name) => reporterNames(where)(name, all), []);
}
