import { expectTypeOf, it } from 'vitest';
import {
  approve,
  type Bytes,
  type Cause,
  type GroupDefinition,
  type GroupServices,
  keepJoined,
  type Membership,
  type Provider,
} from '../../src/index.js';

// What a program's compiler makes of the signatures; nothing of it is run.

interface Texts {
  readonly state: number;
  readonly stateInput: number;
  readonly message: string;
  readonly messageInput: string;
}

declare const services: GroupServices;
declare const typed: GroupDefinition<Texts>;

const joins = {
  byName: () => services.join('g'),
  byDefinition: () => services.join(typed),
  // @ts-expect-error: the compiler names the option that does not exist.
  misspelt: () => services.join('g', { instanc: 'a' }),
  // @ts-expect-error: the same for watchers.
  misspeltWatcher: () => services.subscribe('g', { persistant: true }),
  // @ts-expect-error: and for those who stay.
  misspeltKeeper: () => keepJoined('g', { onRety: () => {} }),
};

it('tells the types of a group by what is joined', () => {
  expectTypeOf(joins.byName).returns.resolves.toEqualTypeOf<Provider<Bytes>>();
  expectTypeOf(joins.byDefinition).returns.resolves.toEqualTypeOf<Provider<Texts>>();
  expectTypeOf(keepJoined<Texts>).returns.toEqualTypeOf<AsyncIterable<Membership<Texts>>>();
});

const votes = {
  plain: () => services.join('g', { vote: () => 'approve' }),
  async: () => services.join('g', { vote: async () => 'approve' }),
  asyncTyped: () => services.join(typed, { vote: async () => 'approve' }),
  asyncWithBallot: () =>
    services.join(typed, {
      vote: async ({ stateValue }) => {
        expectTypeOf(stateValue).toEqualTypeOf<number | undefined>();
        return 'reject';
      },
    }),
  riders: () =>
    services.join(typed, {
      vote: async ({ phase }) => (phase === 1 ? 'continue' : approve({ message: 'done' })),
    }),
  mixed: () =>
    services.join('g', { vote: async ({ phase }) => (phase > 1 ? approve() : 'approve') }),
  mixedByReturns: () =>
    services.join('g', {
      vote: async ({ phase }) => {
        if (phase > 1) return approve();
        return 'approve';
      },
    }),
  never: () => services.join('g', { vote: () => new Promise(() => {}) }),
  // @ts-expect-error: a vote is no number.
  number: () => services.join('g', { vote: () => 4 }),
  // @ts-expect-error: nor another text, where the compiler knows it.
  misspelt: () => services.join('g', { vote: () => 'aprove' }),
};

it('takes every form of a vote handler', () => {
  expectTypeOf(votes.async).returns.resolves.toEqualTypeOf<Provider<Bytes>>();
  expectTypeOf(votes.asyncTyped).returns.resolves.toEqualTypeOf<Provider<Texts>>();
});

it('types every event by its name', () => {
  const handlers = (provider: Provider<Texts>): void => {
    provider.on('snapshot', ({ stateValue }) =>
      expectTypeOf(stateValue).toEqualTypeOf<number | undefined>(),
    );
    provider.on('attributes', ({ attributes }) => expectTypeOf(attributes).toBeObject());
    provider.on('membership', ({ joined }) =>
      expectTypeOf(joined).toEqualTypeOf<readonly string[]>(),
    );
    provider.on('state', ({ previous }) =>
      expectTypeOf(previous).toEqualTypeOf<number | undefined>(),
    );
    provider.on('message', ({ message }) => expectTypeOf(message).toEqualTypeOf<string>());
    provider.on('barrier', ({ phases }) => expectTypeOf(phases).toEqualTypeOf<number>());
    provider.on('rejected', ({ causes }) => expectTypeOf(causes).toEqualTypeOf<readonly Cause[]>());
    provider.on('announcement', ({ providers }) =>
      expectTypeOf(providers).toEqualTypeOf<readonly string[]>(),
    );
    provider.on('removed', ({ reason }) => expectTypeOf(reason).toExtend<string>());
    // @ts-expect-error: of a provider there is no such event.
    provider.on('dissolved', () => {});
    void provider.when((self) => {
      expectTypeOf(self).toEqualTypeOf<Provider<Texts>>();
      return self.isOldest;
    });
  };
  expectTypeOf(handlers).toBeFunction();
});
