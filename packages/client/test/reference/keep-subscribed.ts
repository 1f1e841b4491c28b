import { connect, keepSubscribed } from '@group-services/client';

const services = await connect();
await services.join('weather');

const stop = new AbortController();
for await (const { subscription, gap } of keepSubscribed('weather', { signal: stop.signal })) {
  if (gap) console.log(`blind for ${Math.round(gap.milliseconds)} ms: ${gap.reason}`);
  await subscription.when(({ view }) => view.providers.length > 0);
  console.log('somebody is there:', subscription.view.providers);
  stop.abort();
}
await services.close();
