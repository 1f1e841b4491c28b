import { keepJoined } from '@group-services/client';

const stop = new AbortController();
for await (const { provider, gap } of keepJoined('crew', { signal: stop.signal })) {
  console.log(provider.id, gap === undefined ? 'is in' : `is in again, after ${gap.reason}`);
  const result = await provider.send(new TextEncoder().encode('here I am'));
  // The membership ends with the signal, and the loop with it.
  if (result.outcome === 'approved') stop.abort();
}
