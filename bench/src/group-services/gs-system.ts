import type { ChildProcess } from 'node:child_process';
import type { MemberCalls } from '../member/member-calls.js';
import { RemoteCaller } from '../remote-calls.js';
import { CLUSTER_SIZE, type KillableCluster, type StartContext, type System } from '../system.js';
import { type GsDomain, startDomain } from './gs-domain.js';

/** Group Services itself: a name server and three daemons, members on the SDK. */
export const groupServices: System & {
  start(context: StartContext, size: number): Promise<KillableCluster>;
} = { name: 'group-services', start };

async function start(context: StartContext, size: number): Promise<KillableCluster> {
  const { processes } = context;
  const domain = await startDomain(context);
  const members = await startMembers(context, domain, size);
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

interface Member {
  readonly child: ChildProcess;
  readonly caller: RemoteCaller<MemberCalls>;
}

/**
 * Member i is on daemon (i + 1) mod 3. The first to join makes its daemon the leader: that is member
 * 2, on daemon 0.
 */
async function startMembers(
  context: StartContext,
  { prefix, sockets }: GsDomain,
  size: number,
): Promise<Member[]> {
  const members: Member[] = [];
  for (let index = 0; index < size; index += 1) {
    const label = `${prefix} member ${index}`;
    const child = context.processes.fork(context.memberEntry, label);
    members.push({ child, caller: new RemoteCaller<MemberCalls>(child, label) });
  }
  const first = CLUSTER_SIZE - 1;
  const later = [...members.keys()].filter((index) => index !== first);
  for (const index of [first, ...later]) {
    const endpoint = sockets[(index + 1) % CLUSTER_SIZE] ?? '';
    const link = { system: 'group-services', endpoint, group: 'bench' } as const;
    await members[index]?.caller.call('connect', link);
  }
  await Promise.all(members.map(({ caller }) => caller.call('view', size)));
  return members;
}
