import { keepJoined } from '@group-services/client';

const stop = new AbortController();
process.once('SIGTERM', () => stop.abort());

for await (const { provider, gap } of keepJoined('billing', { signal: stop.signal })) {
  if (gap) console.log(`out for ${Math.round(gap.milliseconds)} ms: ${gap.reason}`);
  for await (const event of provider) {
    if (event.type === 'membership') console.log('oldest:', provider.isOldest);
  }
}
