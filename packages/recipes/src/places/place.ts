import type { Bytes, GroupView, Provider } from '@group-services/client';

// Locks and elections need nothing but the list of a group, which is ordered by age: who joined first has
// the first place, a member that dies makes room, and everybody sees the same lists in the same order.

/** Whether a provider has what it wants, in a list. */
export type Holds = (view: GroupView, id: string) => boolean;

export interface Place {
  /** The fence of the list in which it got what it wants; undefined: it was removed before. */
  readonly got: Promise<string | undefined>;
  /** Settled when it is no member any more, with the reason. */
  readonly gone: Promise<string>;
}

/** Follows the list until the provider is removed. */
export function watchPlace(provider: Provider<Bytes>, holds: Holds): Place {
  let settle: (fence: string | undefined) => void = () => {};
  const got = new Promise<string | undefined>((resolve) => {
    settle = resolve;
  });
  const look = (): void => {
    if (holds(provider.view, provider.id)) settle(provider.view.fence);
  };
  const follow = async (): Promise<string> => {
    for await (const event of provider) {
      if (event.type === 'snapshot' || event.type === 'membership') look();
      if (event.type === 'removed') return event.reason;
    }
    return 'quit';
  };
  const gone = follow();
  void gone.then(() => settle(undefined));
  return { got, gone };
}

/** The first so many of the list. */
export function among(count: number): Holds {
  return (view, id) => {
    const index = view.providers.indexOf(id);
    return index >= 0 && index < count;
  };
}
