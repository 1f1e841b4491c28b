import { map } from '@group-services/recipes';

const stop = new AbortController();
// With options instead of a connection it makes its own, and comes back after every loss.
const where = { name: 'settings', keepAlive: 5_000 };
const settings = await map<string>(where, 'settings', { signal: stop.signal });
await settings.set('colour', 'blue');
console.log(settings.get('colour'));
stop.abort();
