import { execFileSync, type SpawnOptions, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Programs of Debian's slurm-wlm and munge that a cluster is made of. */
const PROGRAMS = ['munged', 'slurmctld', 'slurmd', 'sbatch', 'squeue', 'scontrol', 'scancel'];
const PATH = `${process.env.PATH}:/usr/sbin:/sbin`;

/** Those that are not installed. */
export function missingPrograms(): string[] {
  return PROGRAMS.filter(
    (name) => spawnSync('sh', ['-c', `command -v ${name}`], { env: { PATH } }).status !== 0,
  );
}

/**
 * Slurm on this computer: one node of two CPUs, in a directory of its own, on ports of its own, beside whatever
 * else runs here. Needs root, as slurmd does.
 */
export class Cluster {
  private readonly directory = mkdtempSync(join(tmpdir(), 'slurm-'));
  private readonly daemons: ReturnType<typeof spawn>[] = [];
  readonly env: NodeJS.ProcessEnv;

  constructor(private readonly port: number) {
    this.env = { ...process.env, PATH, SLURM_CONF: join(this.directory, 'slurm.conf') };
  }

  /** Throws where the node does not come up within 30 s. */
  async start(): Promise<void> {
    const { directory } = this;
    for (const name of ['munge', 'state', 'spool']) mkdirSync(join(directory, name), { mode: 0o700 });
    const munge = join(directory, 'munge');
    writeFileSync(join(munge, 'key'), randomBytes(128), { mode: 0o600 });
    writeFileSync(join(directory, 'slurm.conf'), this.configuration());
    this.daemon('munged', [
      '--foreground',
      '--force',
      ...[
        ['key-file', 'key'],
        ['socket', 's'],
        ['pid-file', 'pid'],
        ['log-file', 'log'],
        ['seed-file', 'seed'],
      ].map(([flag, name]) => `--${flag}=${join(munge, name)}`),
    ]);
    await sleep(1_000);
    this.daemon('slurmctld', ['-D', '-c']);
    await sleep(1_000);
    this.daemon('slurmd', ['-D', '-N', 'n1']);
    for (let tries = 0; tries < 60; tries++) {
      await sleep(500);
      const { stdout } = spawnSync('sinfo', ['-h', '-o', '%t'], { env: this.env, encoding: 'utf8' });
      if (stdout?.trim() === 'idle') return;
    }
    throw new Error(`Slurm's node does not come up; its logs are in ${directory}`);
  }

  /** Output of one of Slurm's commands. */
  run(command: string, argv: readonly string[], options: SpawnOptions = {}): string {
    return execFileSync(command, argv, { encoding: 'utf8', env: this.env, ...options }) as string;
  }

  /** State of each job that is not forgotten yet, as `JOB_TASK STATE`. */
  states(): string[] {
    return this.run('squeue', ['-h', '--array', '-t', 'all', '-o', '%i %T'])
      .split('\n')
      .filter((line) => line !== '');
  }

  async stop(): Promise<void> {
    const ended = this.daemons.map((daemon) => new Promise((resolve) => daemon.once('exit', resolve)));
    for (const daemon of this.daemons.reverse()) daemon.kill('SIGTERM');
    await Promise.race([Promise.all(ended), sleep(10_000)]);
    for (const daemon of this.daemons) daemon.kill('SIGKILL');
    rmSync(this.directory, { recursive: true, force: true });
  }

  private daemon(name: string, argv: readonly string[]): void {
    this.daemons.push(spawn(name, argv, { env: this.env, stdio: 'ignore' }));
  }

  private configuration(): string {
    const { directory, port } = this;
    return `ClusterName=lab
SlurmctldHost=localhost(127.0.0.1)
SlurmctldPort=${port}
SlurmdPort=${port + 1}
CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
CryptoType=crypto/munge
AuthInfo=socket=${directory}/munge/s,cred_expire=5
StateSaveLocation=${directory}/state
SlurmdSpoolDir=${directory}/spool
SlurmctldPidFile=${directory}/slurmctld.pid
SlurmdPidFile=${directory}/slurmd.pid
SlurmctldLogFile=${directory}/slurmctld.log
SlurmdLogFile=${directory}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
MpiDefault=none
SwitchType=switch/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerType=sched/backfill
SchedulerParameters=bf_interval=1,sched_min_interval=100000
ReturnToService=2
JobRequeue=1
MinJobAge=300
KillWait=2
InactiveLimit=0
NodeName=n1 NodeHostname=${hostname()} NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN
PartitionName=main Nodes=n1 Default=YES MaxTime=INFINITE State=UP
`;
  }
}
