import { connect } from '@group-services/client';
import { map } from '@group-services/recipes';

const services = await connect();
const routes = await map<string>(services, 'routes');
// A put under a lease; it goes when the time is over.
await routes.set('/api', '10.0.0.7', { ttl: 10_000 });
// A transaction that compares one key.
const won = await routes.cas('/api', '10.0.0.7', '10.0.0.8');
// Linearizable, as a read without --consistency=s.
console.log(won, await routes.get('/api', { fresh: true }));
await services.close();
