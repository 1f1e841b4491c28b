import { keepJoined } from '@group-services/client';

const stop = new AbortController();
const patient = keepJoined('fleet', {
  signal: stop.signal,
  // A tenth of a second after the first loss, then longer and longer, at most half a minute.
  backoff: { first: 100, max: 30_000 },
  connect: { keepAlive: 5_000 },
  onRetry: ({ error, in: wait }) => console.log(`${error.message}; again in ${wait} ms`),
});
for await (const { provider } of patient) {
  console.log(provider.id, 'is in');
  stop.abort();
}
