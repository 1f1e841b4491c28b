import { connect } from '@group-services/client';

const services = await connect(); // the daemon on this host
const billing = await services.join('billing', { attributes: { version: '1.4' } });

billing.on('membership', (event) => console.log('members', event.view.providers));
await billing.send(new TextEncoder().encode('hello, everybody'));

for await (const event of billing) {
  if (event.type === 'message') console.log(event.from, event.message.length, 'bytes');
  if (event.type === 'removed') console.log('no member any more:', event.reason);
}
await services.close();
