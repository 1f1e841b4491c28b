import { connect } from '@group-services/client';

const services = await connect();
for (const { node, address, alive } of await services.nodes()) {
  console.log(`${node} at ${address}: ${alive ? 'there' : 'away'}`);
}
await services.close();
