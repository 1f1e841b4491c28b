import { connect } from '@group-services/client';

const services = await connect();
// Who joins within 100 ms of another joins with it: one protocol, one vote, one event.
const first = await services.join('swarm', { attributes: { batch: 'joins', batchWindow: 100 } });
first.on('membership', ({ joined }) => console.log(joined.length, 'at once:', ...joined));

await Promise.all([services.join('swarm'), services.join('swarm'), services.join('swarm')]);
console.log(first.view.providers.length, 'are in');
await services.close();
