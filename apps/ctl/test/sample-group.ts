import type { GroupHere } from '../src/admin-answers.js';

/** A group as the daemon of its leader n1 reports it. */
export const sampleGroup: GroupHere = {
  group: 'billing',
  role: 'leader',
  generation: 4,
  version: 7,
  since: 2,
  leader: 'n1',
  daemons: [
    { node: 'n1', membership: 'n1.10.1', joinVersion: 1, full: true },
    { node: 'n2', membership: 'n2.20.5', joinVersion: 7, full: false },
  ],
  providers: ['n1/a', 'n1/b'],
  labels: { 'n1/b': { zone: 'eu', port: '80' } },
  viewVersion: 3,
  fence: '0000000000000004-0000000000000119',
  stateBytes: 12,
  attributes: { joinPhases: 1, defaultVote: 'reject', failurePhases: { exactly: 2 } },
  local: { providers: 2, subscriptions: 1, waitingJoins: 0, waitingProposals: 3, queued: 2 },
  stream: {
    delivered: 120,
    stable: 118,
    retained: 2,
    retainedBytes: 1536,
    requests: 0,
    frozen: false,
  },
};
