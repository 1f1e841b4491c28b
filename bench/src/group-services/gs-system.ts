import type { ChildProcess } from 'node:child_process';
import type { MemberCalls } from '../member/member-calls.js';
import { RemoteCaller } from '../remote-calls.js';
import type { KillableCluster, Shape, StartContext, System } from '../system.js';
import { type GsDomain, startDomain } from './gs-domain.js';

/** The group that members of a domain join, unless a work has several. */
export const BENCH_GROUP = 'bench';

/** Group Services itself: a name server and three daemons, members on the SDK. */
export const groupServices: Pick<System, 'name'> & {
  start(
    context: StartContext,
    shape: Shape,
    how?: { readonly secure: boolean },
  ): Promise<KillableCluster>;
} = { name: 'group-services', start };

async function start(
  context: StartContext,
  shape: Shape,
  { secure }: { readonly secure: boolean } = { secure: false },
): Promise<KillableCluster> {
  const { processes } = context;
  const domain = await startDomain(context, { daemons: shape.daemons, secure });
  const members = await membersOf(context, domain, shape);
  return {
    members: members.map(({ caller }) => caller),
    killMember: (index) => processes.kill(members[index]?.child),
    killDaemon: (index) => processes.kill(domain.daemons[index]),
    stop: async () => {
      await Promise.all(members.map(({ child }) => processes.stop(child)));
      await domain.stop();
    },
  };
}

export interface Member {
  readonly child: ChildProcess;
  readonly caller: RemoteCaller<MemberCalls>;
}

/**
 * Member i is on daemon (i + 1) mod their number. The first to join makes its daemon the leader: that is
 * the member on daemon 0.
 */
export async function membersOf(
  context: StartContext,
  { prefix, sockets }: GsDomain,
  { members: size, daemons, groups }: Shape,
  group: string = BENCH_GROUP,
): Promise<Member[]> {
  const members: Member[] = [];
  for (let index = 0; index < size; index += 1) {
    const label = `${prefix} member ${index}`;
    const child = context.processes.fork(context.memberEntry, label);
    members.push({ child, caller: new RemoteCaller<MemberCalls>(child, label) });
  }
  const first = daemons - 1;
  const later = [...members.keys()].filter((index) => index !== first);
  for (const index of [first, ...later]) {
    const endpoint = sockets[(index + 1) % daemons] ?? '';
    const link = { system: 'group-services', endpoint, group, groups } as const;
    await members[index]?.caller.call('connect', link);
  }
  await Promise.all(members.map(({ caller }) => caller.call('view', size)));
  return members;
}
