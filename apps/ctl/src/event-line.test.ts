import type { GroupEvent, SubscriptionEvent } from '@group-services/client';
import { describe, expect, it } from 'vitest';
import { eventJson, eventLine } from './event-line.js';

const AT = new Date('2031-02-03T04:05:06.789Z');
const value = (text: string): Uint8Array => new TextEncoder().encode(text);
const view = {
  group: 'billing',
  version: 3,
  fence: '7-5',
  providers: ['n1/a', 'n2/b'],
  labels: {},
};

const snapshot: SubscriptionEvent = {
  type: 'snapshot',
  group: 'billing',
  position: 5,
  view,
  stateValue: undefined,
};

const membership: SubscriptionEvent = {
  type: 'membership',
  group: 'billing',
  position: 6,
  protocol: { id: '7.6', kind: 'failure' },
  view,
  joined: ['n2/b'],
  left: [{ provider: 'n3/c', reason: 'node-failure', detail: 'daemon stopped' }],
};

const state: SubscriptionEvent = {
  type: 'state',
  group: 'billing',
  position: 7,
  protocol: { id: '7.7', kind: 'state', proposer: 'n1/a' },
  stateValue: value('{"at":7}'),
  previous: new Uint8Array([0xff]),
};

const dissolved: SubscriptionEvent = { type: 'dissolved', group: 'billing', position: 8 };

const removed: SubscriptionEvent = {
  type: 'removed',
  group: 'billing',
  position: 8,
  reason: 'overloaded',
  detail: 'too \n slow',
};

const message: GroupEvent = {
  type: 'message',
  group: 'billing',
  position: 9,
  protocol: { id: '7.9', kind: 'message', proposer: 'n2/b' },
  from: 'n2/b',
  message: value('go'),
};

const barrier: GroupEvent = { type: 'barrier', group: 'billing', position: 10, phases: 2 };

const rejected: GroupEvent = {
  type: 'rejected',
  group: 'billing',
  position: 11,
  kind: 'state',
  phases: 1,
  causes: [
    { code: 'voted', value: 'reject', provider: 'n2/b' },
    { code: 'time-limit', value: 'reject', provider: 'n3/c' },
  ],
  joining: [],
  leaving: [],
  proposedStateValue: value('{"at":8}'),
};

const announcement: GroupEvent = {
  type: 'announcement',
  group: 'billing',
  position: 12,
  code: 'time-limit',
  providers: ['n3/c'],
};

describe('a line for people', () => {
  it.each([
    [snapshot, '04:05:06.789  #5  snapshot    view 3: n1/a, n2/b; state none'],
    [
      membership,
      '04:05:06.789  #6  membership  +n2/b, -n3/c (node-failure: daemon stopped); view 3: n1/a, n2/b  [failure 7.6]',
    ],
    [
      { ...membership, joined: [], left: [{ provider: 'n3/c', reason: 'goodbye' }] },
      '04:05:06.789  #6  membership  -n3/c (goodbye); view 3: n1/a, n2/b  [goodbye 7.6]',
    ],
    [
      {
        ...removed,
        reason: 'goodbye',
        detail: undefined,
        protocol: { id: '7.8', kind: 'failure' },
      },
      '04:05:06.789  #8  removed     out: goodbye  [goodbye 7.8]',
    ],
    [state, '04:05:06.789  #7  state       {"at":7}  [state 7.7 by n1/a]'],
    [
      dissolved,
      '04:05:06.789  #8  dissolved   nobody provides the group any more; waiting for its next life',
    ],
    [removed, '04:05:06.789  #8  removed     out: overloaded: too \\n slow'],
    [message, '04:05:06.789  #9  message     n2/b: "go"  [message 7.9 by n2/b]'],
    [barrier, '04:05:06.789  #10  barrier     everybody met after 2 voting phases'],
    [
      rejected,
      '04:05:06.789  #11  rejected    state after 1 voting phase; decided by n2/b (reject), n3/c (reject: time-limit)',
    ],
    [announcement, '04:05:06.789  #12  announcement  time-limit: n3/c'],
  ] as const)('tells $type', (event, line) => {
    expect(eventLine(event, AT)).toBe(line);
  });
});

describe('a line for programs', () => {
  it('has the event as it is, with the time', () => {
    expect(JSON.parse(eventJson(membership, AT))).toEqual({
      time: '2031-02-03T04:05:06.789Z',
      ...membership,
    });
  });

  it('has state values as text or base64', () => {
    expect(JSON.parse(eventJson(snapshot, AT))).toMatchObject({ stateValue: null });
    expect(JSON.parse(eventJson(state, AT))).toMatchObject({
      stateValue: { text: '{"at":7}' },
      previous: { base64: '/w==' },
    });
  });

  it('has messages and proposed values as text or base64', () => {
    expect(JSON.parse(eventJson(message, AT))).toMatchObject({ message: { text: 'go' } });
    expect(JSON.parse(eventJson(rejected, AT))).toMatchObject({
      proposedStateValue: { text: '{"at":8}' },
    });
  });

  it('is one line', () => {
    expect(eventJson(removed, AT)).not.toContain('\n');
  });
});
