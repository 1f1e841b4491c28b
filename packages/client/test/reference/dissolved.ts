import { connect } from '@group-services/client';

const services = await connect();
const provider = await services.join('meeting');
const watching = await services.subscribe('meeting');
await provider.leave();

for await (const event of watching) {
  // The last event, unless the subscription is persistent and waits for another life.
  if (event.type === 'dissolved') console.log('over; left are', watching.view.providers.length);
}
await services.close();
