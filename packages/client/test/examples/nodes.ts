import { connect } from '@group-services/client';

const services = await connect();
const nodes = await services.subscribe('$nodes');
console.log('oldest daemon:', nodes.view.providers[0]);
process.once('SIGTERM', () => void services.close());
for await (const event of nodes) {
  if (event.type !== 'membership') continue;
  for (const id of event.joined) console.log(id, 'at', event.view.labels[id]?.['address']);
  for (const { provider, reason, detail } of event.left) console.log(provider, reason, detail);
}
