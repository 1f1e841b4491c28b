import * as z from 'zod';
import { connectedProcesses, groupsHere } from '../admin-answers.js';
import type { AdminClient } from '../admin-client.js';

const count = z.int().nonnegative();

const groupsWithVoting = z.array(
  groupsHere.element.extend({
    voting: z
      .object({
        kind: z.string(),
        phase: count,
        waitedMs: z.number(),
        timeLeftMs: z.number().optional(),
        waitingFor: z.array(z.string()),
      })
      .nullish(),
  }),
);

/** What a daemon says at one moment. */
export interface Sample {
  readonly atMs: number;
  readonly groups: z.output<typeof groupsWithVoting>;
  readonly clients: z.output<typeof connectedProcesses>;
}

export async function sample(api: AdminClient): Promise<Sample> {
  const [groups, clients] = await Promise.all([
    api.get('/api/groups', groupsWithVoting),
    api.get('/api/clients', connectedProcesses),
  ]);
  return { atMs: performance.now(), groups, clients };
}

export const topFindings = z.object({
  node: z.string(),
  /** Of this node, the busiest first. */
  groups: z.array(
    z.object({
      group: z.string(),
      role: z.string(),
      leader: z.string().optional(),
      providers: count,
      /** Messages and changes delivered here. */
      perSecond: z.number(),
      retainedBytes: count,
    }),
  ),
  /** With the most unread first. */
  processes: z.array(
    z.object({
      client: count,
      name: z.string(),
      queuedBytes: count,
      handles: count,
      pressing: z.array(z.string()),
      responsiveness: z.string().optional(),
    }),
  ),
  /** Votes that somebody is waited for, longest first. */
  votes: z.array(
    z.object({
      group: z.string(),
      kind: z.string(),
      phase: count,
      waitedMs: z.number(),
      timeLeftMs: z.number().optional(),
      waitingFor: z.array(z.string()),
    }),
  ),
});
export type TopFindings = z.output<typeof topFindings>;

/** What has happened between two looks, in the order in which it matters. */
export function findingsOf(node: string, before: Sample, after: Sample): TopFindings {
  const seconds = Math.max(0.001, (after.atMs - before.atMs) / 1000);
  const earlier = new Map(before.groups.map((one) => [one.group, one]));
  const groups = after.groups.map((one) => {
    const known = earlier.get(one.group);
    // A group that has begun anew counts from its beginning.
    const base = known?.generation === one.generation ? (known.stream?.delivered ?? 0) : 0;
    const delivered = Math.max(0, (one.stream?.delivered ?? 0) - base);
    return {
      group: one.group,
      role: one.role,
      leader: one.leader,
      providers: one.providers.length,
      perSecond: Math.round(delivered / seconds),
      retainedBytes: one.stream?.retainedBytes ?? 0,
    };
  });
  const processes = after.clients.map(({ client, name, queuedBytes, handles, ...one }) => ({
    client,
    name,
    queuedBytes,
    handles,
    pressing: one.pressing.map(({ group }) => group),
    ...(typeof one.responsiveness === 'string' && { responsiveness: one.responsiveness }),
  }));
  const votes = after.groups.flatMap(({ group, voting }) =>
    voting == null || voting.waitingFor.length === 0 ? [] : [{ group, ...voting }],
  );
  return {
    node,
    groups: groups.sort((a, b) => b.perSecond - a.perSecond || (a.group < b.group ? -1 : 1)),
    processes: processes.sort((a, b) => b.queuedBytes - a.queuedBytes || a.client - b.client),
    votes: votes.sort((a, b) => b.waitedMs - a.waitedMs),
  };
}
