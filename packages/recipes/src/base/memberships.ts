import {
  type ErrorCode,
  type GroupDefinition,
  type GroupServices,
  GroupServicesError,
  type GroupTypes,
  type JoinOptions,
  keepJoined,
  type Membership,
  type Provider,
} from '@group-services/client';
import { pause, whenAborted } from './waiting.js';
import { isServices, type Where } from './where.js';

/** How the members of a recipe join. */
export interface MemberOptions<G extends GroupTypes>
  extends Pick<JoinOptions<G>, 'vote' | 'onError' | 'signal'> {
  /** A new name for each membership: one that is still being removed is in nobody's way. */
  readonly instance?: (() => string) | undefined;
  /** A join that is voted down is tried again. */
  readonly insist?: boolean | undefined;
}

const FIRST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 2_000;

/** Failures that pass: the next attempt may succeed without anybody's doing. */
const PASSING: ReadonlySet<ErrorCode> = new Set([
  'COLLISION',
  'OVERLOADED',
  'REMOVED',
  'TIMEOUT',
  'UNAVAILABLE',
]);

/**
 * The memberships of a recipe, one after the other. The next one begins when it is asked for, which is
 * when the one before has ended; leaving the loop ends the present one.
 *
 * In a connection of the program there are memberships for as long as that connection lives, otherwise
 * until the signal aborts. Ends normally then; what does not pass by itself (a wrong name, attributes that
 * differ) is an error.
 */
export function memberships<G extends GroupTypes>(
  where: Where,
  group: GroupDefinition<G>,
  options: MemberOptions<G>,
): AsyncGenerator<Membership<G>, void, undefined> {
  return isServices(where) ? within(where, group, options) : kept(where, group, options);
}

async function* within<G extends GroupTypes>(
  services: GroupServices,
  group: GroupDefinition<G>,
  { insist = false, instance, ...options }: MemberOptions<G>,
): AsyncGenerator<Membership<G>, void, undefined> {
  const { signal } = options;
  let wait = FIRST_WAIT_MS;
  while (signal?.aborted !== true) {
    try {
      const provider = await services.join(group, { ...options, instance: instance?.() });
      wait = FIRST_WAIT_MS;
      const leave = (): void => void provider.goodbye().catch(() => {});
      const forget = whenAborted(signal, leave);
      try {
        yield { provider };
      } finally {
        forget();
        leave();
      }
    } catch (error) {
      if (signal?.aborted) return;
      if (!(error instanceof GroupServicesError)) throw error;
      if (error.code === 'CONNECTION_LOST') return;
      if (!PASSING.has(error.code) && !(insist && error.code === 'REJECTED')) throw error;
    }
    await pause(wait, signal);
    wait = Math.min(2 * wait, LONGEST_WAIT_MS);
  }
}

async function* kept<G extends GroupTypes>(
  where: Exclude<Where, GroupServices>,
  group: GroupDefinition<G>,
  { insist = false, instance, ...options }: MemberOptions<G>,
): AsyncGenerator<Membership<G>, void, undefined> {
  for (;;) {
    try {
      yield* keepJoined(group, { ...options, instance: instance?.(), connect: where });
    } catch (error) {
      const votedDown = error instanceof GroupServicesError && error.code === 'REJECTED';
      if (!insist || !votedDown) throw error;
    }
    // It ends without an error by the signal, or because the recipe left to come again.
    if (options.signal?.aborted) return;
    await pause(FIRST_WAIT_MS, options.signal);
  }
}

/** Resolves when a membership has ended. */
export async function endOf(provider: Provider<GroupTypes>): Promise<void> {
  for await (const event of provider) if (event.type === 'removed') return;
}
