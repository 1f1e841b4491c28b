import * as z from 'zod';
import { CommandFailure, EXIT_STATUS } from './exit-status.js';
import type { Report } from './report.js';
import { table } from './table.js';

/** What a name server says of itself. One that shares its table with others says who is active. */
export const nameServerStatus = z.object({
  domain: z.string(),
  version: z.string(),
  /** Of the active one alone. */
  epoch: z.number().optional(),
  groups: z.number().optional(),
  nodesAlive: z.number().optional(),
  recoveringForMs: z.number().nullable().optional(),
  lead: z
    .object({
      role: z.string(),
      /** ISO 8601. */
      since: z.string(),
      active: z.object({ address: z.string(), admin: z.string() }).nullable(),
      etcd: z.object({
        member: z.string().nullable(),
        latencyMs: z.number().nullable(),
        trouble: z.string().nullable(),
      }),
    })
    .optional(),
});

export type NameServerStatus = z.output<typeof nameServerStatus>;

/** What became of the question at one admin endpoint. */
export type NameServerAnswer =
  | { readonly admin: string; readonly status: NameServerStatus }
  | { readonly admin: string; readonly unreached: string };

/** Asks these name servers, and the active one of which they say that it is. */
export async function askNameServers(
  admins: readonly string[],
  ask: (admin: string) => Promise<NameServerStatus>,
): Promise<readonly NameServerAnswer[]> {
  const answers = await Promise.all(admins.map((admin) => answerOf(admin, ask)));
  const named = answers.flatMap((it) =>
    'status' in it ? (it.status.lead?.active?.admin ?? []) : [],
  );
  const more = [...new Set(named)].filter((admin) => !admins.includes(admin));
  return [...answers, ...(await Promise.all(more.map((admin) => answerOf(admin, ask))))];
}

async function answerOf(
  admin: string,
  ask: (admin: string) => Promise<NameServerStatus>,
): Promise<NameServerAnswer> {
  try {
    return { admin, status: await ask(admin) };
  } catch (error) {
    if (!(error instanceof CommandFailure)) throw error;
    return { admin, unreached: error.message };
  }
}

/** The endpoint of the active one, for whoever wants something of it. */
export function activeAdmin(answers: readonly NameServerAnswer[]): string {
  const active = answers.find((it) => 'status' in it && roleOf(it.status) === 'active');
  if (active !== undefined) return active.admin;
  const [first] = answers.flatMap((it) => ('unreached' in it ? it.unreached : []));
  const why =
    first === undefined
      ? 'no name server is active'
      : `no name server is active that answers: ${first}`;
  throw new CommandFailure(EXIT_STATUS.unreachable, why);
}

/** `gsctl name-server status` */
export function nameServersReport(answers: readonly NameServerAnswer[]): Report {
  const rows = answers.map((it) =>
    'status' in it ? row(it.admin, it.status) : notReached(it.admin),
  );
  const head = ['admin', 'role', 'since', 'domain', 'groups', 'nodes', 'etcd'];
  const remarks = answers.flatMap((it) => ('unreached' in it ? it.unreached : []));
  const active = answers.filter((it) => 'status' in it && roleOf(it.status) === 'active').length;
  if (active === 0) remarks.push('none of them is active: new groups wait, running ones go on');
  return { json: answers, text: [table(head, rows), ...remarks].join('\n\n') };
}

/** One that is alone on its table is always the active one. */
function roleOf({ lead }: NameServerStatus): string {
  return lead?.role ?? 'active';
}

function row(admin: string, status: NameServerStatus): (string | number | undefined)[] {
  const { lead, domain, groups, nodesAlive } = status;
  return [admin, roleOf(status), lead?.since, domain, groups, nodesAlive, etcdText(lead)];
}

function notReached(admin: string): (string | undefined)[] {
  return [admin, 'not reached', ...Array.from({ length: 5 }, () => undefined)];
}

function etcdText(lead: NameServerStatus['lead']): string | undefined {
  if (lead === undefined) return undefined;
  const { trouble, latencyMs } = lead.etcd;
  if (trouble !== null) return trouble;
  return latencyMs === null ? 'not asked yet' : `${latencyMs} ms`;
}
