import { connect } from '@group-services/client';

const services = await connect({ name: 'billing worker', connectTimeout: 2_000 });
void services.closed.then((reason) => console.log('ended:', reason?.message ?? 'by close()'));
console.log('served by the daemon of', services.node);
await services.close();
