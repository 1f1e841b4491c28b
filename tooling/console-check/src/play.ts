import { setTimeout as pause } from 'node:timers/promises';
import { Stage } from './stage.js';

/** What looks at the stage. */
export interface Audience {
  readonly open: (url: string) => Promise<unknown>;
  readonly take: (name: string, hash: string) => Promise<void>;
}

const DOMAIN = 'shop';
const GROUP = 'rollout';

/** A small domain at work: a rollout that a voter holds up, a process and then a daemon that are killed. */
export async function play({ open, take }: Audience): Promise<void> {
  await using stage = await Stage.start(DOMAIN, ['berlin', 'lisbon', 'oslo']);
  const rules = { joinPhases: 1, timeLimit: 30_000, defaultVote: 'reject' } as const;
  const join = (node: string, instance: string) =>
    stage.actor(node, GROUP, { instance, attributes: rules });
  const first = await join('berlin', 'api-1');
  const second = await join('lisbon', 'api-2');
  const third = await join('oslo', 'api-3');
  const fourth = await join('berlin', 'api-4');
  const fifth = await join('lisbon', 'api-5');
  const jobs = await stage.actor('berlin', 'jobs', { instance: 'worker-1' });
  await stage.actor('lisbon', 'jobs', { instance: 'worker-2' });
  await stage.actor('lisbon', 'sessions', { instance: 'cache-1' });
  await stage.actor('berlin', 'sessions', { instance: 'cache-2' });
  jobs.tell({ kind: 'send', perSecond: 40 });
  await open(stage.admin('berlin'));
  first.tell({ kind: 'state', isVoted: true, value: '{"version":"2.4.1","replicas":5}' });
  await pause(1_500);
  second.tell({ kind: 'barrier', phases: 3, timeLimit: 30_000 });
  await pause(1_500);
  fourth.tell({ kind: 'vote', value: 'reject' });
  third.tell({ kind: 'state', isVoted: true, value: '{"version":"9.9.9"}' });
  await pause(1_500);
  fourth.tell({ kind: 'vote', value: 'approve' });
  await take('domain', '#/');
  third.tell({ kind: 'vote', value: 'wait' });
  first.tell({ kind: 'barrier', phases: 3, timeLimit: 30_000 });
  await take('group', `#/group/${GROUP}`);
  third.tell({ kind: 'vote', value: 'approve' });
  await pause(1_000);
  await fifth.kill();
  await pause(1_500);
  second.tell({ kind: 'barrier', phases: 2, timeLimit: 30_000 });
  await pause(1_500);
  await stage.killDaemon('oslo');
  await pause(2_500);
  await take('timeline', `#/timeline/${GROUP}`);
  await take('problems', '#/');
  await pause(4_000);
  await take('charts', '#/charts');
  await open(stage.nameServer);
  await take('name-server', '#/');
}
