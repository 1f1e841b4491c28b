import { daemonId, type NodeName } from '@group-services/core';
import { createLogger } from '@group-services/runtime';
import { expect, it } from 'vitest';

import { Troubles } from './troubles.js';

const peer = daemonId('n2' as NodeName, 1);

function troubles() {
  const said: string[] = [];
  const destination = { write: (line: string) => void said.push(String(JSON.parse(line).msg)) };
  return { said, of: new Troubles(createLogger({ name: 'gsd', pretty: false, destination })) };
}

it('warns of a peer whose heartbeats differ, once, and says when it may be taken for dead', () => {
  const { said, of } = troubles();
  const own = { heartbeat: 250, suspectAfter: 1000 };
  of.heartbeatOf(peer, 250, own);
  of.heartbeatOf(peer, 500, own);
  of.heartbeatOf(peer, 500, own);
  expect(said).toHaveLength(1);
  expect(said[0]).toContain('heartbeats of n2 come every 500ms');
  expect(said[0]).not.toContain('dead');
  of.heartbeatOf(peer, 800, own);
  expect(said[1]).toContain('with --suspect-after 1000ms here it may be taken for dead');
});

it('tells operators what is missing and what is not as it should be', () => {
  const { of } = troubles();
  expect(of.readiness(false, [])).toMatchObject({ ready: false });
  of.nameServerFailed('tcp://ns:1', 'refused');
  expect(of.readiness(true, ['no room'])).toEqual({
    ready: true,
    missing: [],
    degraded: ['no room', 'name server not reached: refused'],
  });
  of.nameServerUp(['tcp://ns:1']);
  of.socketTaken('unix:///s', new Error('taken'));
  expect(of.readiness(true, [])).toEqual({ ready: false, missing: ['taken'] });
  of.socketTaken('unix:///s', undefined);
  expect(of.readiness(true, [])).toEqual({ ready: true, missing: [] });
});
