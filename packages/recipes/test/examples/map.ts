import { connect } from '@group-services/client';
import { map } from '@group-services/recipes';

const services = await connect();
const sessions = await map<{ user: string }>(services, 'sessions');
await sessions.set('s1', { user: 'ada' }, { ttl: 60_000 });
console.log('here', sessions.get('s1'));
console.log('everywhere', await sessions.get('s1', { fresh: true }));
// Only if nobody has changed it meanwhile.
const changed = await sessions.cas('s1', { user: 'ada' }, { user: 'grace' });
console.log(changed, [...sessions.entries()]);
await services.close();
