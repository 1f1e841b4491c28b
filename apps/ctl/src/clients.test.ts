import { expect, it } from 'vitest';
import { clientsText, otherText } from './clients.js';

const base = { handles: 0, memberships: [], queuedBytes: 0, pressing: [] };

it('says what each process is in, and which one groups wait for', () => {
  const memberships = [
    { group: 'billing', kind: 'provider', provider: 'n1/a' },
    { group: 'jobs', kind: 'provider' },
    { group: 'jobs', kind: 'subscription' },
  ];
  const labelled = [{ group: 'jobs', kind: 'provider', provider: 'n1/c', labels: { zone: 'eu' } }];
  const pressing = [{ group: 'billing', cause: 'unread', bytes: 2_000_000 }];
  const text = clientsText(
    [
      { ...base, client: 1, name: 'worker 77', memberships, queuedBytes: 2048, pressing },
      { ...base, client: 2, name: 'web 78', responsiveness: 'unresponsive' },
      { ...base, client: 3, name: 'db 79', memberships: labelled },
    ],
    'n1',
  );
  expect(text).toMatch(
    /^1 +worker 77 +n1\/a in billing, joining in jobs +1 +2 KiB +slow: unread/mu,
  );
  expect(text).toMatch(/^2 +web 78 +- +0 +0 B +unresponsive$/mu);
  expect(text).toMatch(/^3 +db 79 +n1\/c in jobs \(zone=eu\) /mu);
  expect(clientsText([], 'n1')).toBe('No process is connected to the daemon of n1.');
});

it('says of which node they are, or why that is not known', () => {
  const url = 'http://h2:7491';
  const clients = [{ ...base, client: 1, name: 'worker 77' }];
  expect(otherText({ url, node: 'n2', clients })).toMatch(
    /^On n2:\nNUMBER +PROCESS .*\n1 +worker 77/u,
  );
  expect(otherText({ url, error: 'no answer' })).toBe('Not known of http://h2:7491: no answer');
});
