import { daemonId, type NodeName } from '@group-services/core';
import { createLogger } from '@group-services/runtime';
import { expect, it, onTestFinished } from 'vitest';

import { Schemes } from './schemes.js';

function schemes(options: { isProtected?: boolean; tlsOptional?: boolean } = {}) {
  const said: string[] = [];
  const destination = { write: (line: string) => void said.push(String(JSON.parse(line).msg)) };
  const logger = createLogger({ name: 'gsns', pretty: false, destination });
  const of = new Schemes({ logger, isProtected: false, tlsOptional: false, ...options });
  onTestFinished(() => of.close());
  return { of, said };
}

const n1 = daemonId('n1' as NodeName, 1);

it('refuses who differs from the others, whichever came first', () => {
  for (const [first, second] of [
    ['tls://a:1', 'tcp://b:1'],
    ['tcp://a:1', 'tls://b:1'],
  ] as const) {
    const { of } = schemes();
    expect(of.problem('n1', first)).toBeUndefined();
    of.add(n1, first);
    expect(of.problem('n2', second)).toMatch(/node n2 .* and node n1 at .* gsns --tls-optional/u);
    expect(of.problem('n1', second)).toBeUndefined();
    expect(of.problem('n2', 'unix:///a')).toBeUndefined();
    of.remove(n1);
    expect(of.problem('n2', second)).toBeUndefined();
  }
});

it('refuses a daemon without TLS where the name server has it', () => {
  const { of } = schemes({ isProtected: true });
  expect(of.problem('n1', 'tcp://a:1')).toMatch(/this name server by tls/u);
  expect(of.problem('n1', 'tls://a:1')).toBeUndefined();
});

it('takes both during a change-over, says so, and again while it lasts', () => {
  const { of, said } = schemes({ tlsOptional: true });
  of.add(n1, 'tls://a:1');
  expect(of.problem('n2', 'tcp://b:1')).toBeUndefined();
  of.add(daemonId('n2' as NodeName, 1), 'tcp://b:1');
  expect(said).toEqual([expect.stringMatching(/not all of this domain is protected/u)]);
  of.remind();
  expect(said).toHaveLength(2);
  of.remove(n1);
  of.remind();
  expect(said).toHaveLength(2);
});
