import { invariant } from '@group-services/core';
import type { Bytes, GroupDefinition, GroupTypes } from '../api/group-types.js';
import type { Subscription, Watch } from '../api/handles.js';
import type { KeepSubscribedOptions } from '../api/keep-options.js';
import { optionsOf } from '../arguments/arguments.js';
import { KEEP_SUBSCRIBED_OPTIONS } from '../arguments/option-names.js';
import { CallSite } from '../values/call-site.js';
import { connect } from './connect.js';
import { Keeper, type KeeperPorts, type Keeping } from './keeper.js';
import { GroupSubscription } from './subscription.js';

/**
 * Connects and subscribes, and after a loss does so again, with back-off, until the signal aborts: what
 * `keepJoined` is for members. The subscription waits for its group and outlives it, unless `persistent` is
 * false. A subscription that the program closed ends the iteration.
 *
 * @example
 * ```ts
 * import { connect, keepSubscribed } from '@group-services/client';
 *
 * const services = await connect();
 * await services.join('weather');
 *
 * const stop = new AbortController();
 * for await (const { subscription, gap } of keepSubscribed('weather', { signal: stop.signal })) {
 *   if (gap) console.log(`blind for ${Math.round(gap.milliseconds)} ms: ${gap.reason}`);
 *   await subscription.when(({ view }) => view.providers.length > 0);
 *   console.log('somebody is there:', subscription.view.providers);
 *   stop.abort();
 * }
 * await services.close();
 * ```
 */
export function keepSubscribed<G extends GroupTypes = Bytes>(
  group: string | GroupDefinition<G>,
  options?: KeepSubscribedOptions<G>,
): AsyncIterable<Watch<G>> {
  return keepSubscribedThrough({ connect, now: () => performance.now() }, group, options);
}

/** The same by other ports, for tests. */
export function keepSubscribedThrough<G extends GroupTypes = Bytes>(
  ports: KeeperPorts,
  group: string | GroupDefinition<G>,
  options?: KeepSubscribedOptions<G>,
): AsyncIterable<Watch<G>> {
  const site = new CallSite(keepSubscribedThrough);
  return { [Symbol.asyncIterator]: () => watches({ ports, group, options, site }) };
}

interface Asked<G extends GroupTypes> {
  readonly ports: KeeperPorts;
  readonly group: string | GroupDefinition<G>;
  readonly options: KeepSubscribedOptions<G> | undefined;
  readonly site: CallSite;
}

async function* watches<G extends GroupTypes>({
  ports,
  group,
  options,
  site,
}: Asked<G>): AsyncGenerator<Watch<G>, void, undefined> {
  let keeper: Keeper<Subscription<G>> | undefined;
  try {
    const given = optionsOf<KeepSubscribedOptions<G>>(options, KEEP_SUBSCRIBED_OPTIONS);
    keeper = new Keeper(ports, keepingOf(group, given), given);
    for (;;) {
      const kept = await keeper.next();
      if (kept === undefined) return;
      const { handle: subscription, gap } = kept;
      yield gap === undefined ? { subscription } : { subscription, gap };
    }
  } catch (error) {
    throw site.placed(error);
  } finally {
    await keeper?.close();
  }
}

function keepingOf<G extends GroupTypes>(
  group: string | GroupDefinition<G>,
  options: KeepSubscribedOptions<G>,
): Keeping<Subscription<G>> {
  const { connect: _connect, services: _services, backoff, onRetry, ...subscribeOptions } = options;
  return {
    what: 'subscription',
    open: (services) => services.subscribe(group, { persistent: true, ...subscribeOptions }),
    endOf: (subscription) => ownOf(subscription).ending,
    settled: () => Promise.resolve(),
    leave: (subscription) => subscription.close(),
  };
}

function ownOf(subscription: unknown): GroupSubscription {
  invariant(
    subscription instanceof GroupSubscription,
    'every subscription is made by this package',
  );
  return subscription;
}
