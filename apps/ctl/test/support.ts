import { connect, type JoinOptions, type Provider } from '@group-services/client';
import { expect, onTestFinished, test as plain } from 'vitest';
import { outputOf } from '../src/json/outputs.js';
import { built, Child, type Ending } from './child.js';
import { Domain } from './domain.js';

/** The domain is shared: tests differ by the names of their groups. */
export const test = plain.extend<{ domain: Domain }>({
  domain: [
    // biome-ignore lint/correctness/noEmptyPattern: vitest reads the names of what a fixture needs from this pattern.
    async ({}, use) => {
      await using domain = await Domain.start();
      await use(domain);
    },
    { scope: 'file' },
  ],
});

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

export function gsctl(args: readonly string[], env?: Readonly<Record<string, string>>): Child {
  const child = new Child(built('ctl', 'gsctl.js'), args, env);
  onTestFinished(() => child.signal('SIGKILL'));
  return child;
}

export function ran(
  args: readonly string[],
  env?: Readonly<Record<string, string>>,
): Promise<Ending> {
  return gsctl(args, env).ended;
}

export async function jsonOf(args: readonly string[]): Promise<unknown> {
  const { status, output, errors } = await ran([...args, '--json']);
  expect({ status, errors }).toEqual({ status: 0, errors: '' });
  const found: unknown = JSON.parse(output);
  // Whatever is printed is as it is documented, and nothing is left out there.
  expect(outputOf(args)?.parse(found)).toEqual(found);
  return found;
}

/** Joins from this process; leaves when the test is over. */
export async function joined(
  endpoint: string,
  group: string,
  instance: string,
  options: JoinOptions = {},
): Promise<Provider> {
  const services = await connect({ endpoint, name: 'tester' });
  onTestFinished(() => services.close());
  return await services.join(group, { instance, ...options });
}
