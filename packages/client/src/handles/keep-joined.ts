import { invariant } from '@group-services/core';
import type { Bytes, GroupDefinition, GroupTypes } from '../api/group-types.js';
import type { Membership, Provider } from '../api/handles.js';
import type { KeepJoinedOptions } from '../api/keep-options.js';
import { optionsOf } from '../arguments/arguments.js';
import { KEEP_JOINED_OPTIONS } from '../arguments/option-names.js';
import { CallSite } from '../values/call-site.js';
import { connect } from './connect.js';
import { Keeper, type KeeperPorts, type Keeping } from './keeper.js';
import { GroupProvider } from './provider.js';

/**
 * Connects and joins, and after a loss connects and joins again as a new provider, with back-off,
 * until the signal aborts.
 *
 * It begins when it is iterated. A failure that does not pass by itself (a wrong argument, attributes
 * that differ, a join voted down) ends the iteration with that error; a membership that the program
 * itself left, or the signal, ends it normally. Leaving the loop closes the connection; of a connection that
 * the program gave (`services`) only the membership is ended.
 *
 * @example
 * ```ts
 * import { keepJoined } from '@group-services/client';
 *
 * const stop = new AbortController();
 * for await (const { provider, gap } of keepJoined('crew', { signal: stop.signal })) {
 *   console.log(provider.id, gap === undefined ? 'is in' : `is in again, after ${gap.reason}`);
 *   const result = await provider.send(new TextEncoder().encode('here I am'));
 *   // The membership ends with the signal, and the loop with it.
 *   if (result.outcome === 'approved') stop.abort();
 * }
 * ```
 */
export function keepJoined<G extends GroupTypes = Bytes>(
  group: string | GroupDefinition<G>,
  options?: KeepJoinedOptions<G>,
): AsyncIterable<Membership<G>> {
  return keepJoinedThrough({ connect, now: () => performance.now() }, group, options);
}

/** The same by other ports, for tests. */
export function keepJoinedThrough<G extends GroupTypes = Bytes>(
  ports: KeeperPorts,
  group: string | GroupDefinition<G>,
  options?: KeepJoinedOptions<G>,
): AsyncIterable<Membership<G>> {
  const site = new CallSite(keepJoinedThrough);
  return { [Symbol.asyncIterator]: () => memberships({ ports, group, options, site }) };
}

interface Asked<G extends GroupTypes> {
  readonly ports: KeeperPorts;
  readonly group: string | GroupDefinition<G>;
  readonly options: KeepJoinedOptions<G> | undefined;
  readonly site: CallSite;
}

async function* memberships<G extends GroupTypes>({
  ports,
  group,
  options,
  site,
}: Asked<G>): AsyncGenerator<Membership<G>, void, undefined> {
  let keeper: Keeper<Provider<G>> | undefined;
  try {
    const given = optionsOf<KeepJoinedOptions<G>>(options, KEEP_JOINED_OPTIONS);
    keeper = new Keeper(ports, keepingOf(group, given), given);
    for (;;) {
      const kept = await keeper.next();
      if (kept === undefined) return;
      const { handle: provider, gap } = kept;
      yield gap === undefined ? { provider } : { provider, gap };
    }
  } catch (error) {
    throw site.placed(error);
  } finally {
    await keeper?.close();
  }
}

function keepingOf<G extends GroupTypes>(
  group: string | GroupDefinition<G>,
  options: KeepJoinedOptions<G>,
): Keeping<Provider<G>> {
  const {
    connect: _connect,
    services: _services,
    backoff,
    onRetry,
    drain,
    ...joinOptions
  } = options;
  return {
    what: 'membership',
    open: (services) => services.join(group, joinOptions),
    // Not an `on` handler: the removal may have arrived together with the answer to the join.
    endOf: (provider) => ownOf(provider).removal,
    settled: (provider) => ownOf(provider).settled(),
    leave: (provider) => provider.goodbye(),
  };
}

function ownOf(provider: unknown): GroupProvider {
  invariant(provider instanceof GroupProvider, 'every provider is made by this package');
  return provider;
}
