import { readFileSync } from 'node:fs';
import { Rng } from '@group-services/core';
import { expect, test } from 'vitest';
import { planOf, told } from '../src/chaos/campaign.js';
import { faults } from '../src/chaos/faults.js';
import { shuffled } from '../src/chaos/scene.js';

test('one seed is one plan, and seeds differ', () => {
  const plans = Array.from({ length: 50 }, (_, seed) => told(planOf(seed, true)));
  expect(Array.from({ length: 50 }, (_, seed) => told(planOf(seed, true)))).toEqual(plans);
  expect(new Set(plans).size).toBeGreaterThan(25);
  for (const store of ['memory', 'file', 'etcd']) expect(plans.join()).toContain(store);
});

test('without etcd no plan asks for it', () => {
  const plans = Array.from({ length: 50 }, (_, seed) => planOf(seed, false));
  expect(plans.filter(({ store }) => store === 'etcd')).toEqual([]);
});

test('another order has the same in it', () => {
  const list = ['a', 'b', 'c', 'd', 'e'];
  const orders = Array.from({ length: 20 }, (_, seed) => shuffled(new Rng(seed), list));
  for (const order of orders) expect([...order].sort()).toEqual(list);
  expect(new Set(orders.map(String)).size).toBeGreaterThan(10);
});

test('the README names every fault, and no other', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const table = readme.slice(
    readme.indexOf('| fault | what it is |'),
    readme.indexOf('One seed gives'),
  );
  const named = [...table.matchAll(/`([a-z ]+)`/g)].map(([, name]) => name);
  const own = faults.map(({ name }) => name);
  expect(named.filter((name) => name !== 'file' && name !== 'faketime').sort()).toEqual(own.sort());
});
