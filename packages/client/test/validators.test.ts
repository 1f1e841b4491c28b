import * as v from 'valibot';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import { defineGroup, InvalidArgumentError, type Provider } from '../src/index.js';
import { bytes, FakeDaemon, joinedProvider, snapshot, textOf } from './fake-daemon.js';

/** The same group by two validators: a text of digits goes in, a number comes out. */
const DIGITS = /^\d+$/;
const definitions = {
  zod: defineGroup({
    name: 'tally',
    state: z.object({
      count: z.string().regex(DIGITS).transform(Number),
      by: z.string().default('?'),
    }),
    message: z.object({ at: z.iso.datetime() }),
  }),
  valibot: defineGroup({
    name: 'tally',
    state: v.object({
      count: v.pipe(v.string(), v.regex(DIGITS), v.transform(Number)),
      by: v.optional(v.string(), '?'),
    }),
    message: v.object({ at: v.pipe(v.string(), v.isoTimestamp()) }),
  }),
};

async function joined(
  definition: (typeof definitions)['zod'],
  stateValue: Uint8Array | null = null,
) {
  const daemon = await FakeDaemon.start();
  const services = await daemon.connect();
  const errors: Error[] = [];
  const onError = (error: Error) => errors.push(error);
  const more = { onError, snapshot: snapshot({ stateValue }) };
  return { daemon, errors, ...(await joinedProvider(daemon, services, definition, more)) };
}

describe.each(Object.entries(definitions))('a group that %s describes', (_, definition) => {
  it('hands out the output of what was sent as input', async () => {
    const { provider, daemon, errors } = await joined(definition, bytes('{"count":"41"}'));
    expect(provider.stateValue).toEqual({ count: 41, by: '?' });
    void provider.changeState({ count: '42' }, { ifState: provider.stateValue }).catch(() => {});
    const { proposed } = await daemon.next('propose');
    const texts = proposed.kind === 'state' ? [proposed.value, proposed.ifState] : [];
    expect(texts.map((it) => it && textOf(it))).toEqual(['{"count":"42"}', '{"count":"41"}']);
    expect(errors).toEqual([]);
  });

  it('rejects an input that does not fit, naming the place, before anything is sent', async () => {
    const { provider, daemon } = await joined(definition);
    const error = await provider.changeState({ count: 'many' }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(InvalidArgumentError);
    expect(error).toMatchObject({ argument: 'stateValue' });
    expect(String(error)).toContain('count: Invalid');
    await expect(provider.send({ at: 'noon' })).rejects.toMatchObject({ argument: 'message' });
    expect(daemon.inbox).toEqual([]);
  });

  it('reports what arrives and does not fit', async () => {
    const { provider, errors } = await joined(definition, bytes('{"count":7}'));
    expect(provider.stateValue).toBeUndefined();
    expect(errors).toMatchObject([{ code: 'INVALID_ARGUMENT', bytes: bytes('{"count":7}') }]);
  });
});

it('has the types that the validators infer', () => {
  for (const definition of Object.values(definitions)) {
    type Types = NonNullable<(typeof definition)['~types']>;
    expectTypeOf<Types['stateInput']>().toEqualTypeOf<{ count: string; by?: string | undefined }>();
    expectTypeOf<Types['state']>().toEqualTypeOf<{ count: number; by: string }>();
    expectTypeOf<Provider<Types>['stateValue']>().toEqualTypeOf<
      { count: number; by: string } | undefined
    >();
  }
});
