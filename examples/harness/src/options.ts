import { parseArgs } from 'node:util';
import { checkDaemons, endpointsOf, ProgramError } from './program.js';

/** What is given to every example that starts workers, and the options it has beside that. */
export interface Options<Name extends string> {
  readonly workers: number;
  readonly endpoints: readonly string[];
  /** `WORKER@MOMENT`, as often as it was given. */
  readonly kills: readonly string[];
  readonly others: Readonly<Record<Name, string>>;
}

const COMMON_USAGE = `
  --workers N              how many processes (4)
  --endpoint ADDR          a daemon's client socket; give several, processes are spread over them
                           (default: $GROUP_SERVICES_ENDPOINT, else unix:///run/group-services/gsd.sock)
  --kill WORKER@MOMENT     kill a process when it comes there; can be given several times
`;

/** The options of the command line, or nothing if the user wanted to read about them. */
export async function optionsOf<Name extends string>(
  usage: { readonly before: string; readonly after: string },
  defaults: Readonly<Record<Name, string>>,
): Promise<Options<Name> | undefined> {
  const others = Object.entries<string>(defaults).map(
    ([name, byDefault]) => [name, { type: 'string', default: byDefault }] as const,
  );
  const { values } = parseArgs({
    options: {
      ...Object.fromEntries(others),
      workers: { type: 'string', default: '4' },
      endpoint: { type: 'string', multiple: true },
      kill: { type: 'string', multiple: true, default: [] },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(`${usage.before}${COMMON_USAGE}${usage.after}`);
    return undefined;
  }
  const workers = Number(values.workers);
  if (!(workers >= 2)) throw new ProgramError('it takes two workers at least');
  const endpoints = endpointsOf(values.endpoint);
  await checkDaemons(endpoints);
  // Each of them is a string: it has a default.
  const given = { ...values } as unknown as Readonly<Record<Name, string>>;
  return { workers, endpoints, kills: values.kill, others: given };
}

/** Prints what is wrong, or that nothing is; gives the exit status. */
export function printVerdict(problems: readonly string[], right: string): number {
  for (const problem of problems) process.stdout.write(`WRONG: ${problem}\n`);
  if (problems.length > 0) return 1;
  process.stdout.write(`${right}\n`);
  return 0;
}
