import { connect } from '@group-services/client';

const services = await connect(); // The daemon on this host.
const crew = await services.join('crew');
await crew.send(new TextEncoder().encode('hello'));
await crew.leave();

for await (const event of crew) {
  if (event.type === 'snapshot') console.log('here are', event.view.providers);
  if (event.type === 'message') console.log(event.from, 'says', event.message.length, 'bytes');
  if (event.type === 'removed') console.log('no member any more:', event.reason);
}
await services.close();
