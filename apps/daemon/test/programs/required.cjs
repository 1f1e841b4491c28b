// A CommonJS program that requires the built SDK, which is ES modules.
const { connect, ConnectFailedError } = require('@group-services/client');
const { mutex } = require('@group-services/recipes');

async function main() {
  const services = await connect({ endpoint: process.argv[2] });
  const lock = await (await mutex(services, 'required')).acquire();
  process.send({ fence: typeof lock.fence, error: new ConnectFailedError().name });
  await lock.release();
  await services.close();
}

void main();
