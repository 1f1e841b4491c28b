import { connect } from '@group-services/client';

const services = await connect(); // The daemon on this host.
const billing = await services.join('billing');

for await (const event of billing) {
  if (event.type === 'snapshot' || event.type === 'membership') {
    console.log(event.view.providers, billing.isOldest ? 'I lead' : 'I follow');
  }
}
