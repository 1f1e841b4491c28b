import type { Applied } from './configuration-files.js';
import type { Configuration } from './group.js';
import type { Veto } from './job.js';

/** What is left of one member when everything is over. */
export interface MemberRecord {
  readonly id: string;
  /** It was killed, or lost its daemon. */
  readonly lost: boolean;
  readonly connectionsMax: number;
  readonly applied: readonly Applied[];
  readonly inForce: Configuration | undefined;
  readonly vetoes: readonly Veto[];
}

/** Everything that is wrong with a rollout; nothing, if it was right. */
export function problemsOf(
  plan: readonly Configuration[],
  records: readonly MemberRecord[],
): readonly string[] {
  const survivors = records.filter(({ lost }) => !lost);
  const [first] = survivors;
  if (first === undefined) return ['nobody was there to the end'];
  return [
    ...records.flatMap((record) => sequenceProblems(record, first)),
    ...records.flatMap((record) => vetoedProblems(record, first.vetoes)),
    ...survivors.flatMap((record) => hostProblems(record)),
    ...plan.flatMap((configuration) => planProblems(configuration, first)),
  ];
}

/** All survivors applied the same at the same positions, the lost ones a beginning of that. */
function sequenceProblems(record: MemberRecord, first: MemberRecord): readonly string[] {
  const expected = record.lost ? first.applied.slice(0, record.applied.length) : first.applied;
  if (JSON.stringify(record.applied) !== JSON.stringify(expected)) {
    return [`${record.id} did not apply what ${first.id} did`];
  }
  if (!record.lost && JSON.stringify(record.vetoes) !== JSON.stringify(first.vetoes)) {
    return [`${record.id} and ${first.id} saw different vetoes`];
  }
  return [];
}

function vetoedProblems(record: MemberRecord, vetoes: readonly Veto[]): readonly string[] {
  return record.applied
    .filter(({ configuration }) => vetoes.some(({ version }) => version === configuration.version))
    .map(({ configuration }) => `${record.id} applied version ${configuration.version}, vetoed`);
}

/** What a host cannot take is not applied there, and the newest of its record is what is in force. */
function hostProblems(record: MemberRecord): readonly string[] {
  const risky = record.applied
    .filter(({ configuration }) => configuration.maxConnections > record.connectionsMax)
    .map(({ configuration }) => `${record.id} cannot take version ${configuration.version}`);
  const newest = record.applied.at(-1)?.configuration;
  if (JSON.stringify(newest) === JSON.stringify(record.inForce)) return risky;
  return [...risky, `the configuration of ${record.id} is not the newest of its record`];
}

/** Each configuration of the plan came to one end. */
function planProblems(configuration: Configuration, first: MemberRecord): readonly string[] {
  const { version } = configuration;
  const entry = first.applied.find((applied) => applied.configuration.version === version);
  if (entry === undefined) {
    const vetoed = first.vetoes.some((veto) => veto.version === version);
    return vetoed ? [] : [`version ${version} came to no end`];
  }
  if (JSON.stringify(entry.configuration) === JSON.stringify(configuration)) return [];
  return [`version ${version} was applied with other contents`];
}
